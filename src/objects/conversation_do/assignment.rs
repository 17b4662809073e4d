//! The conversation's side of an assignment: asking the Desk for slots, and answering its offers and questions.

use super::Core;
use super::protocol::{Dealt, Standing};
use super::schema::Snapshot;
use super::turn::{Change, Grant};
use crate::domain::assignment::message::{Granted, Mode, NoSlot, Reserve, Settle, Stand, Waiter};
use crate::domain::assignment::tenure::{Offered, Settled};
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::id::AgentId;
use crate::objects::call::Answer;
use crate::objects::desk_do::protocol::{self as desk, DeskRequest};
use crate::platform::{clock, log};
use serde_json::value::RawValue;
use std::rc::Rc;
use worker::Result;

impl Core {
    /// Asks the Desk for a slot of an agent's. Others have their turns meanwhile.
    pub(super) async fn reserve(&self, agent: AgentId, mode: Mode) -> Result<std::result::Result<Grant, NoSlot>> {
        let mut snapshot = Rc::unwrap_or_clone(self.require()?);
        let attempt = snapshot.tenure.attempt(agent, &mut self.waiting.borrow_mut());
        self.tables.write_tenure(&snapshot.tenure)?;
        let conversation = snapshot.state.id;
        let company = snapshot.state.company_id;
        self.know(snapshot);

        let reserve = Reserve { conversation, reservation: attempt.reservation, base: attempt.base, agent, mode };
        let answer = desk::ask::<NoSlot>(&self.env, company, &DeskRequest::Reserve(reserve)).await;
        match answer {
            Ok(Answer::Done(text)) => {
                let Granted { over_limit } = serde_json::from_str(&text)?;
                Ok(Ok(Grant { attempt, over_limit }))
            }
            Ok(Answer::Refused(no_slot)) => {
                self.waiting.borrow_mut().forget(&attempt);
                Ok(Err(no_slot))
            }
            Err(error) => {
                // Whether it was granted is not known: the lease settles that.
                self.waiting.borrow_mut().forget(&attempt);
                Err(error)
            }
        }
    }

    /// R4: whether a change that was decided in this turn may be committed by a grant.
    pub(super) fn confirms(&self, grant: &Grant, change: &Change) -> Result<bool> {
        let snapshot = self.require()?;
        let under_way = change.after.state.is_under_way();
        Ok(snapshot.tenure.confirms(&grant.attempt, &mut self.waiting.borrow_mut(), under_way))
    }

    /// Gives a granted slot back, which is not going to be used. Should the message be lost, the lease runs out.
    pub(super) fn cancel(&self, grant: &Grant) -> Result<()> {
        self.waiting.borrow_mut().forget(&grant.attempt);
        // Of a conversation that was erased meanwhile, the Desk frees all slots itself.
        let Some(snapshot) = self.load()? else { return Ok(()) };
        let (conversation, company) = (snapshot.state.id, snapshot.state.company_id);
        let request = DeskRequest::Cancel { conversation, reservation: grant.attempt.reservation };
        let env = self.env.clone();
        self.object.wait_until(async move { desk::tell(&env, company, &request).await });
        Ok(())
    }

    /// R5: takes an offer, or declines it.
    pub(super) async fn offered(&self, dealt: &Dealt) -> Result<Standing> {
        let Dealt { offer, to, asked_by } = dealt;
        let Some(snapshot) = self.load()? else { return Ok(Standing::nothing()) };
        let actor = asked_by.clone().map_or(Actor::System, Actor::Agent);
        match snapshot.tenure.consider(offer, waiter(&snapshot).is_some()) {
            Offered::Take => {
                let command = Command::Deal { to: to.clone() };
                match self.deal(&actor, &command, offer).await? {
                    Ok(view) => self.standing(Some(&view), false),
                    Err(_) => self.standing(None, true),
                }
            }
            Offered::Taken => {
                let view = self.view(&actor, &snapshot.state)?;
                self.standing(Some(&view), false)
            }
            Offered::Declined => self.standing(None, true),
        }
    }

    /// R7: settles a reservation for good.
    pub(super) async fn settle(&self, settle: &Settle) -> Result<Standing> {
        let Some(mut snapshot) = self.load()?.map(Rc::unwrap_or_clone) else { return Ok(Standing::nothing()) };
        let settled = snapshot.tenure.settle(settle, &mut self.waiting.borrow_mut());
        self.tables.write_tenure(&snapshot.tenure)?;
        self.know(snapshot);
        let standing = self.standing(None, settled == Settled::Cancelled)?;
        self.arm(clock::now()).await?;
        Ok(standing)
    }

    /// R6: tells the Desk how things stand, until it knows.
    pub(super) fn report_afterwards(core: &Rc<Self>) {
        let this = Rc::clone(core);
        core.object.wait_until(async move {
            if let Err(error) = this.report().await {
                log::fault("conversation report", "", &error);
            }
        });
    }

    pub(super) async fn report(&self) -> Result<()> {
        if !self.reporting.enter(clock::now()) {
            // Whoever is at it looks again before he leaves.
            return Ok(());
        }
        let result = self.report_all().await;
        self.reporting.leave();
        result
    }

    async fn report_all(&self) -> Result<()> {
        while let Some(snapshot) = self.load()?.filter(|snapshot| snapshot.tenure.owes_report) {
            if self.rules_come_first(&snapshot) {
                return Ok(());
            }
            let stand = stand_of(&snapshot);
            let request = DeskRequest::Stand { conversation: snapshot.state.id, stand: stand.clone() };
            desk::ask::<()>(&self.env, snapshot.state.company_id, &request).await?;
            let Some(mut now) = self.load()?.map(Rc::unwrap_or_clone) else { return Ok(()) };
            let (told, present) = (stand, stand_of(&now));
            // What was said since then does not concern the Desk.
            if (told.epoch, told.holder, told.waits) == (present.epoch, present.holder, present.waits) {
                now.tenure.owes_report = false;
                self.tables.write_tenure(&now.tenure)?;
                self.know(now);
            }
        }
        Ok(())
    }

    fn standing(&self, conversation: Option<&str>, cancelled: bool) -> Result<Standing> {
        let stand = stand_of(&*self.require()?);
        let conversation = conversation.map(|view| RawValue::from_string(view.to_owned())).transpose()?;
        Ok(Standing { cancelled, stand: Some(stand), conversation })
    }

    fn require(&self) -> Result<Rc<Snapshot>> {
        self.load()?.ok_or_else(|| worker::Error::RustError("there is no conversation here".to_owned()))
    }
}

impl Standing {
    const fn nothing() -> Self {
        Self { cancelled: true, stand: None, conversation: None }
    }
}

fn stand_of(snapshot: &Snapshot) -> Stand {
    let Snapshot { state, tenure, .. } = snapshot;
    Stand { epoch: tenure.epoch, rev: state.head, holder: tenure.holder, waits: waiter(snapshot) }
}

/// What it waits for. On its way into another conversation, it is nobody's to have.
fn waiter(Snapshot { state, seal, .. }: &Snapshot) -> Option<Waiter> {
    if seal.is_none() { state.waiter() } else { None }
}
