//! The Desk's side of assignments: one turn over the ledger each, then whatever it freed or queued is dealt in the same.

use super::Core;
use super::people::take_turn;
use crate::domain::assignment::ledger::{Capacity, Ledger};
use crate::domain::assignment::message::{Granted, NoSlot, Offer, Reservation, Reserve, Settle, Stand};
use crate::domain::assignment::routing::{Colleague, Hand, choose};
use crate::domain::conversation::command::{Actor, Candidate};
use crate::domain::conversation::event::AgentRef;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::state::Place;
use crate::domain::id::{AgentId, ClientId, ConversationId};
use crate::domain::people::member::Member;
use crate::domain::people::settings::AssignmentPolicy;
use crate::effects::handover;
use crate::objects::call::{self, Answer};
use crate::objects::conversation_do;
use crate::objects::conversation_do::protocol::{ConversationRequest, Dealt, Standing};
use crate::platform::clock;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use worker::{Delay, Result};

/// Whoever disables somebody has said by then where his conversations go.
const PLANS_COME_WITHIN: Duration = Duration::from_secs(3);

impl Core {
    /// R3.
    pub(super) async fn reserve(core: &Rc<Self>, request: &Reserve) -> Result<std::result::Result<Granted, NoSlot>> {
        Self::know_people(core).await?;
        if !core.roster()?.colleagues.contains_key(&request.agent) {
            // Hired a moment ago, perhaps.
            core.read_people().await?;
        }
        let capacity = core.capacity(request.agent)?;
        let answer = core.turn(Some(request.conversation), |ledger| ledger.reserve(request, capacity, clock::now()))?;
        if answer.is_ok() {
            core.had_his_turn(request.agent)?;
            core.tell_of([request.agent]);
        }
        Self::afterwards(core).await?;
        Ok(answer)
    }

    /// R8.
    pub(super) async fn cancel(core: &Rc<Self>, conversation: ConversationId, reservation: Reservation) -> Result<()> {
        Self::know_people(core).await?;
        core.turn(Some(conversation), |ledger| ledger.cancel(conversation, reservation))?;
        Self::dispatch(core)?;
        Self::afterwards(core).await
    }

    /// R6.
    pub(super) async fn report(core: &Rc<Self>, conversation: ConversationId, stand: &Stand) -> Result<()> {
        Self::know_people(core).await?;
        Self::heard(core, conversation, None, Some(stand))?;
        Self::afterwards(core).await
    }

    /// R9: deals whatever can be dealt, in the turn that freed a slot or queued a conversation.
    pub(super) fn dispatch(core: &Rc<Self>) -> Result<()> {
        let roster = core.roster()?;
        let nothing = core.with_ledger(|ledger| {
            let automatic = roster.policy != AssignmentPolicy::Off;
            !ledger.needs().any(|(need, ..)| automatic || need.prefers.is_some())
        })?;
        if nothing {
            return Ok(());
        }
        let people: Vec<_> = roster.colleagues.values().map(|one| (one, core.is_available(one.member.id))).collect();
        let turns = RefCell::new(core.known_turns()?);
        let offers = core.turn(None, |ledger| {
            ledger.dispatch(clock::now(), |ledger, need| {
                let hands = people.iter().map(|(colleague, available)| {
                    let (agent, turns) = (colleague.member.id, turns.borrow());
                    let (load, last_dealt) = (ledger.load(agent), turns.get(&agent).copied().unwrap_or_default());
                    Hand { colleague, available: *available, load, last_dealt }
                });
                let chosen = choose(roster.policy, need, hands);
                chosen.inspect(|agent| take_turn(&mut turns.borrow_mut(), *agent))
            })
        })?;
        let turns = turns.into_inner();
        for offer in offers {
            core.write_turn(offer.agent, turns.get(&offer.agent).copied().unwrap_or_default())?;
            core.tell_of([offer.agent]);
            let Some(colleague) = roster.colleagues.get(&offer.agent) else { continue };
            let to = Candidate { agent: AgentRef::from(&colleague.member), assignable: colleague.assignable() };
            let dealt = Dealt { offer, to, asked_by: None };
            // Should it fail, whether it was taken is not known: the lease settles that.
            Self::beside(core, "offer", async move |this| Self::offer(&this, dealt).await.map(drop));
        }
        Ok(())
    }

    /// The Dispenser (specification C20, Z6).
    pub(super) async fn deal(
        core: &Rc<Self>,
        member: &Member,
        client_id: Option<ClientId>,
    ) -> Result<std::result::Result<Option<Box<RawValue>>, NoSlot>> {
        Self::know_people(core).await?;
        if let Some(dealt) = client_id.map(|name| core.tables()?.dealt_before(member.id, name)).transpose()?.flatten()
            && let Some(view) = Self::deal_again(core, member, dealt).await?
        {
            return Ok(Ok(Some(view)));
        }
        loop {
            let Capacity { limit, .. } = core.capacity(member.id)?;
            let open = core.with_ledger(|ledger| ledger.load(member.id))?;
            if open >= limit {
                return Ok(Err(NoSlot::Full { open, limit }));
            }
            let Some(conversation) = core.foremost(member)? else { return Ok(Ok(None)) };
            let offer = core.turn(Some(conversation), |ledger| ledger.deal(conversation, member.id, clock::now()))?;
            let Some(offer) = offer else { continue };
            if let Some(name) = client_id {
                core.tables()?.deals(member.id, name, conversation, clock::now())?;
            }
            core.had_his_turn(member.id)?;
            core.tell_of([member.id]);
            let view = Self::offer(core, asked_for(member, offer)).await?;
            Self::afterwards(core).await?;
            if view.is_some() {
                return Ok(Ok(view));
            }
        }
    }

    /// What was dealt under a name before: once more where its offer has no answer yet, else what became of it.
    async fn deal_again(
        core: &Rc<Self>,
        member: &Member,
        conversation: ConversationId,
    ) -> Result<Option<Box<RawValue>>> {
        let offered = core.turn(Some(conversation), |ledger| ledger.offered(conversation, member.id))?;
        match offered {
            Some(offer) => Self::offer(core, asked_for(member, offer)).await,
            None => core.still_has(member, conversation).await,
        }
    }

    /// What the Dispenser would deal.
    pub(super) fn foremost(&self, member: &Member) -> Result<Option<ConversationId>> {
        self.with_ledger(|ledger| {
            ledger.foremost(|need| Place { assignee: None, folder: need.folder, team: need.team }.is_dealt_to(member))
        })
    }

    /// Somebody leaves: everything of his goes where the plan says, now and should more of it turn up.
    pub(super) async fn hand_over(
        core: &Rc<Self>,
        from: AgentId,
        to: Option<Candidate>,
    ) -> Result<Vec<ConversationId>> {
        core.tables()?.plan(from, to.as_ref())?;
        core.read_people().await?;
        let his: Vec<_> = core.with_ledger(|ledger| ledger.taken_by(from).collect())?;
        for conversation in &his {
            core.pass_on(*conversation, from, to.clone()).await?;
        }
        Self::dispatch(core)?;
        Self::afterwards(core).await?;
        Ok(his)
    }

    /// People, rights, limits or the policy changed: whatever that makes possible is dealt.
    pub(super) async fn people_changed(core: &Rc<Self>) -> Result<()> {
        let changed = core.read_people().await?;
        core.tell_of(changed);
        Self::see_off_later(core)?;
        Self::dispatch(core)?;
        Self::afterwards(core).await
    }

    /// Whoever may not have conversations any more hands them over by somebody's plan; should nobody have come to that,
    /// by none, a moment later.
    fn see_off_later(core: &Rc<Self>) -> Result<()> {
        let roster = core.roster()?;
        let assignable = |agent: AgentId| roster.colleagues.get(&agent).is_some_and(Colleague::assignable);
        let someone = core.with_ledger(|ledger| ledger.holdings().any(|(_, agent)| !assignable(agent)))?;
        if !someone || core.seeing_off.replace(true) {
            return Ok(());
        }
        Self::beside(core, "hand-over", async move |this| {
            Delay::from(PLANS_COME_WITHIN).await;
            this.seeing_off.set(false);
            Self::see_all_off(&this)
        });
        Ok(())
    }

    fn see_all_off(core: &Rc<Self>) -> Result<()> {
        for (conversation, agent) in core.with_ledger(|ledger| ledger.holdings().collect::<Vec<_>>())? {
            Self::see_off(core, conversation, agent)?;
        }
        Ok(())
    }

    /// R7: settles what was reserved and never confirmed.
    pub(super) fn settle_overdue(core: &Rc<Self>) -> Result<()> {
        for settle in core.turn(None, |ledger| ledger.overdue(clock::now()))? {
            Self::beside(core, "settling a reservation", async move |this| Self::settle(&this, settle).await);
        }
        Ok(())
    }

    pub(super) fn with_ledger<T>(&self, read: impl FnOnce(&Ledger) -> T) -> Result<T> {
        if self.ledger.borrow().is_none() {
            *self.ledger.borrow_mut() = Some(self.tables()?.ledger()?);
        }
        let ledger = self.ledger.borrow();
        ledger.as_ref().map(read).ok_or_else(|| worker::Error::RustError("the ledger is not there".to_owned()))
    }

    /// One turn over the ledger: what it changes is written before anything else happens.
    fn turn<T>(&self, about: Option<ConversationId>, act: impl FnOnce(&mut Ledger) -> T) -> Result<T> {
        let tables = self.tables()?;
        let unknown = self.with_ledger(|ledger| about.filter(|conversation| !ledger.knows(*conversation)))?;
        let recalled = unknown.map(|conversation| tables.record(conversation)).transpose()?.flatten();
        let mut held = self.ledger.borrow_mut();
        let Some(ledger) = held.as_mut() else {
            return Err(worker::Error::RustError("the ledger is not there".to_owned()));
        };
        if let (Some(conversation), Some(record)) = (unknown, recalled) {
            ledger.recall(conversation, record);
        }
        let before = ledger.reservations();
        let result = act(ledger);
        let reservations = Some(ledger.reservations()).filter(|after| *after != before);
        if let Err(error) = tables.write_ledger(&ledger.changes(), reservations) {
            *held = None;
            return Err(error);
        }
        Ok(result)
    }

    /// What a conversation said of itself: the slot it does not need, and how it stands.
    fn heard(
        core: &Rc<Self>,
        conversation: ConversationId,
        freed: Option<Reservation>,
        stand: Option<&Stand>,
    ) -> Result<()> {
        let concerned = core.turn(Some(conversation), |ledger| {
            let agents = |ledger: &Ledger| {
                let slots = ledger
                    .record(conversation)
                    .map(|record| record.slots.values().map(|slot| slot.agent).collect::<Vec<_>>());
                slots.unwrap_or_default()
            };
            let mut concerned = agents(ledger);
            if let Some(reservation) = freed {
                ledger.cancel(conversation, reservation);
            }
            if let Some(stand) = stand {
                ledger.report(conversation, stand);
            }
            concerned.extend(agents(ledger));
            concerned
        })?;
        core.tell_of(concerned);
        if let Some(holder) = stand.and_then(|stand| stand.holder) {
            Self::see_off(core, conversation, holder.agent)?;
        }
        Self::dispatch(core)
    }

    /// Who may not have a conversation any more hands it over: it was given to him while he left.
    fn see_off(core: &Rc<Self>, conversation: ConversationId, agent: AgentId) -> Result<()> {
        if core.roster()?.colleagues.get(&agent).is_some_and(Colleague::assignable) {
            return Ok(());
        }
        let to = core.tables()?.planned(agent)?;
        Self::beside(core, "hand-over", async move |this| this.pass_on(conversation, agent, to).await);
        Ok(())
    }

    async fn pass_on(&self, conversation: ConversationId, from: AgentId, to: Option<Candidate>) -> Result<()> {
        handover::pass_on(&self.env, conversation, from, to).await.map_err(worker::Error::RustError)
    }

    /// Makes an offer; the conversation as who asked for it sees it, where it was taken.
    async fn offer(core: &Rc<Self>, dealt: Dealt) -> Result<Option<Box<RawValue>>> {
        let Offer { conversation, reservation, .. } = dealt.offer;
        let request = ConversationRequest::Offer(dealt);
        let standing = Self::ask_standing(core, conversation, reservation, &request).await?;
        Ok(standing.conversation.filter(|_| !standing.cancelled))
    }

    async fn settle(core: &Rc<Self>, settle: Settle) -> Result<()> {
        let Settle { conversation, reservation, .. } = settle;
        Self::ask_standing(core, conversation, reservation, &ConversationRequest::Settle(settle)).await.map(drop)
    }

    /// Asks a conversation what becomes of a reservation, and follows what it says.
    async fn ask_standing(
        core: &Rc<Self>,
        conversation: ConversationId,
        reservation: Reservation,
        request: &ConversationRequest,
    ) -> Result<Standing> {
        let standing: Standing = match core.call(conversation, request).await? {
            Answer::Done(text) => serde_json::from_str(&text)?,
            Answer::Refused(refusal) => return Err(worker::Error::RustError(format!("refused: {refusal:?}"))),
        };
        let freed = standing.cancelled.then_some(reservation);
        Self::heard(core, conversation, freed, standing.stand.as_ref())?;
        Self::afterwards(core).await?;
        Ok(standing)
    }

    /// The conversation as a member sees it, if it is his.
    async fn still_has(&self, member: &Member, conversation: ConversationId) -> Result<Option<Box<RawValue>>> {
        #[derive(Deserialize)]
        struct View {
            assignee: Option<Holder>,
        }
        #[derive(Deserialize)]
        struct Holder {
            id: AgentId,
        }
        let request = ConversationRequest::Read { actor: Actor::Agent(member.clone()) };
        let Answer::Done(view) = self.call(conversation, &request).await? else { return Ok(None) };
        let holder = serde_json::from_str::<View>(&view)?.assignee;
        let is_his = holder.is_some_and(|holder| holder.id == member.id);
        is_his.then(|| Ok(RawValue::from_string(view)?)).transpose()
    }

    async fn call(&self, conversation: ConversationId, request: &ConversationRequest) -> Result<Answer<Refusal>> {
        call::call(&self.env, conversation_do::BINDING, &conversation.to_string(), request).await
    }

    /// After a turn: dashboards hear of it, and the alarm stands behind what was begun.
    pub(super) async fn afterwards(core: &Rc<Self>) -> Result<()> {
        Self::tell_afterwards(core);
        core.arm().await
    }
}

/// The offer of what a member asked the Dispenser for.
fn asked_for(member: &Member, offer: Offer) -> Dealt {
    let to = Candidate { agent: AgentRef::from(member), assignable: member.assignable() };
    Dealt { offer, to, asked_by: Some(member.clone()) }
}
