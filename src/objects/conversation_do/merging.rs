//! Merging: the source's side, which seals itself and drives the merge until it knows what became of it, and the target's,
//! which takes in a source once. See [`crate::domain::conversation::merge`].

use super::protocol::ConversationRequest;
use super::schema::Numbering;
use super::schema::merging::Seal;
use super::{BINDING, Core};
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::merge::{ConversationRef, Source};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{ClientId, ContactId, ConversationId};
use crate::domain::people::member::Member;
use crate::objects::call::{self, Answer};
use crate::platform::{clock, log};
use std::rc::Rc;
use std::result::Result as Decided;
use std::time::Duration;
use worker::{Delay, Result};

/// How often a source asks again whose target is itself on its way into another conversation.
const ATTEMPTS: u8 = 8;
/// The pause in between.
const PAUSE: Duration = Duration::from_millis(60);

impl Core {
    /// Merges this conversation into another one. Merged into that one already, it is as asked.
    pub(super) async fn merge(
        &self,
        member: &Member,
        client_id: Option<ClientId>,
        into: &ConversationRef,
        contact: ContactId,
    ) -> Result<Decided<String, Refusal>> {
        let actor = Actor::Agent(member.clone());
        let command = Command::Merge { into: into.clone(), contact };
        loop {
            match self.answer_to(&actor, client_id, &command)? {
                Some(Err(Refusal::Merged { into: known })) if known.id == into.id => {
                    return self.read(&actor, |core, conversation| core.view(&actor, conversation));
                }
                Some(answer) => return Ok(answer),
                None => {}
            }
            let under_way = self.load()?.and_then(|snapshot| snapshot.seal.clone());
            match under_way {
                // Somebody merges it into another one: what comes of that comes first.
                Some(seal) if seal.into.id != into.id => {
                    self.drive().await?;
                    continue;
                }
                Some(_) => {}
                None => self.seal(Seal { into: into.clone(), by: member.clone(), client_id, attempt: 0 }).await?,
            }
            if let Some(refusal) = self.drive().await? {
                return Ok(Err(refusal));
            }
        }
    }

    /// Asks the target until it has answered, and does as it says: why it refuses, if it does.
    pub(super) async fn drive(&self) -> Result<Option<Refusal>> {
        let mut left = ATTEMPTS;
        loop {
            let Some(snapshot) = self.load()? else { return Ok(None) };
            let Some(seal) = &snapshot.seal else { return Ok(None) };
            let (own, target) = (snapshot.state.id, seal.into.id);
            let log = self.tables.entries(Numbering::All, 0, u32::MAX)?;
            let told = self.tables.told_translations(0, snapshot.state.head)?;
            let source = Box::new(Source::of(&snapshot.state, seal.attempt, log, told));
            let request = ConversationRequest::Absorb { by: Box::new(seal.by.clone()), source };
            let answer = match call::call::<Refusal>(&self.env, BINDING, &target.to_string(), &request).await {
                Ok(answer) => answer,
                Err(error) => {
                    log::fault("conversation merge", "", &error);
                    self.withdraw(seal, own).await?
                }
            };
            // Others may have asked as well meanwhile: whatever the target has said, it says to all of them.
            let now = self.load()?;
            let now = now.as_ref().and_then(|now| now.seal.as_ref());
            let is_current = now.is_some_and(|now| now.attempt == seal.attempt);
            match answer {
                Answer::Done(_) => {
                    if is_current {
                        self.conclude_merge(seal).await?;
                    }
                    return Ok(None);
                }
                // Of two that are merged into each other, the older one stays.
                Answer::Refused(Refusal::Merging) if own > target && left > 0 => {
                    left = left.saturating_sub(1);
                    if is_current {
                        self.seal(seal.clone()).await?;
                    }
                    Delay::from(PAUSE).await;
                }
                Answer::Refused(refusal) => {
                    if is_current {
                        self.unseal()?;
                    }
                    return Ok(Some(as_of_target(refusal)));
                }
            }
        }
    }

    /// Gives up an attempt of which it is not known what became: the target says whether it has taken it in, and else never
    /// will.
    async fn withdraw(&self, seal: &Seal, own: ConversationId) -> Result<Answer<Refusal>> {
        let request = ConversationRequest::EndMerge { source: own, attempt: seal.attempt };
        call::call::<Refusal>(&self.env, BINDING, &seal.into.id.to_string(), &request).await
    }

    /// Takes in another conversation: once, and no attempt that was refused before.
    pub(super) async fn absorb(&self, by: Member, source: Source) -> Result<Decided<String, Refusal>> {
        let (id, attempt) = (source.conversation.id, source.attempt);
        let command = Command::Absorb { source: Box::new(source) };
        match self.command(&Actor::Agent(by), None, &command).await? {
            Ok(_) => Ok(Ok("{}".to_owned())),
            Err(refusal) => self.end_merge(id, attempt, refusal),
        }
    }

    /// An attempt of another conversation's ends: it was taken in, or is refused for good.
    pub(super) fn end_merge(
        &self,
        source: ConversationId,
        attempt: u64,
        refusal: Refusal,
    ) -> Result<Decided<String, Refusal>> {
        match self.load()? {
            Some(snapshot) if snapshot.state.has_taken_in(source) => return Ok(Ok("{}".to_owned())),
            Some(_) => self.tables.refuse_merge(source, attempt)?,
            None => {}
        }
        Ok(Err(refusal))
    }

    /// Before a command is decided: while the conversation is on its way into another one, it is not known whether there
    /// is anything left to decide here. Whoever comes meanwhile sees to it; other sources are refused.
    pub(super) async fn settle_merge(&self, command: &Command) -> Result<Decided<(), Refusal>> {
        loop {
            let Some(snapshot) = self.load()? else { return Ok(Ok(())) };
            if let Command::Absorb { source } = command
                && !snapshot.state.has_taken_in(source.conversation.id)
            {
                let refused = self.tables.refused_merge(source.conversation.id)? >= source.attempt;
                return Ok(if refused || snapshot.seal.is_some() { Err(Refusal::Merging) } else { Ok(()) });
            }
            if snapshot.seal.is_none() {
                return Ok(Ok(()));
            }
            self.drive().await?;
        }
    }

    async fn seal(&self, seal: Seal) -> Result<()> {
        let attempt = self.tables.begin_merge(&seal)?;
        if let Some(snapshot) = self.snapshot.borrow_mut().as_mut().map(Rc::make_mut) {
            snapshot.seal = Some(Seal { attempt, ..seal });
        }
        self.arm(clock::now()).await
    }

    fn unseal(&self) -> Result<()> {
        self.tables.end_merge()?;
        if let Some(snapshot) = self.snapshot.borrow_mut().as_mut().map(Rc::make_mut) {
            snapshot.seal = None;
            // The Desk was told meanwhile that nobody waits here.
            if snapshot.state.waiter().is_some() {
                snapshot.tenure.owes_report = true;
                self.tables.write_tenure(&snapshot.tenure)?;
            }
        }
        Ok(())
    }
}

/// A refusal of the target's, as one of the source's.
fn as_of_target(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Merged { into } => {
            let detail = format!("That conversation was itself merged into conversation {}.", into.number);
            Refusal::Invalid { field: "into".to_owned(), detail, fault: "already_merged".to_owned() }
        }
        other => other,
    }
}
