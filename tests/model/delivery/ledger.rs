//! The naive model: a list of the requests that were accepted, and nothing else. Where the conversation stands is
//! worked out from the start each time, by rules written down once more for five people.

use super::super::cast::{LINK, START};
use super::object::{Crash, Request};
use edgedesk::domain::conversation::command::{Actor, Candidate, Command, Opening};
use edgedesk::domain::conversation::status::Status::{self, Closed, New, Open, Pending, Snoozed};
use edgedesk::domain::id::AgentId;
use edgedesk::domain::people::member::Member;
use edgedesk::domain::time::{Instant, Span};
use std::collections::BTreeSet;

/// A request that was carried out, and when.
#[derive(Clone, Debug)]
pub struct Accepted {
    pub request: Request,
    pub at: Instant,
}

/// What ought to come of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    Accepted,
    /// The answer that it got when it came first, as the so-manieth accepted.
    Repeat(usize),
    /// Its name stands for another request.
    Conflict,
    Refused,
    /// Nobody will ever know of it.
    Lost,
}

/// The model.
#[derive(Clone, Debug)]
pub struct Ledger {
    pub now: Instant,
    /// Whatever was sent, so that it can be sent again.
    pub sent: Vec<Request>,
    pub accepted: Vec<Accepted>,
    /// What ought to have come of the newest request.
    pub verdict: Verdict,
}

/// Where a conversation stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand {
    pub status: Status,
    /// As the customer was told.
    pub told: Status,
    pub holder: Option<AgentId>,
    pub epoch: u64,
    pub participants: BTreeSet<AgentId>,
    /// When the snooze ends, or the pending conversation closes.
    due: Option<Instant>,
    /// How long the customer may leave an answer unanswered.
    patience: Span,
    /// Whether it was put aside before anybody did anything.
    new_when_snoozed: bool,
}

impl Ledger {
    /// Before anything happened.
    pub const fn new() -> Self {
        Self { now: START, sent: Vec::new(), accepted: Vec::new(), verdict: Verdict::Refused }
    }

    /// Takes a request, which the machine may not survive.
    pub fn take(&mut self, request: &Request, crash: Option<Crash>) {
        self.verdict = match (self.judge(request), crash) {
            (Verdict::Accepted, Some(Crash::BeforeCommit)) => Verdict::Lost,
            (verdict, _) => verdict,
        };
        if self.verdict == Verdict::Accepted {
            self.accepted.push(Accepted { request: request.clone(), at: self.now });
        }
    }

    /// Where the conversation stands; nowhere before it is opened.
    pub fn stand(&self) -> Option<Stand> {
        let (opening, _) = self.opened()?;
        let mut stand = Stand::opened(opening.terms.pending_close_after);
        self.accepted.iter().for_each(|accepted| stand.follow(&accepted.request, accepted.at));
        Some(stand)
    }

    /// How it all began, and when.
    pub fn opened(&self) -> Option<(&Opening, Instant)> {
        let first = self.accepted.first()?;
        match &first.request.command {
            Command::Open(opening) => Some((opening, first.at)),
            _ => None,
        }
    }

    /// What was written, in order.
    pub fn words(&self) -> Vec<&str> {
        self.accepted.iter().filter_map(|accepted| words(&accepted.request.command)).collect()
    }

    fn judge(&self, request: &Request) -> Verdict {
        let Some(stand) = self.stand() else {
            return if matches!(request.command, Command::Open(_)) { Verdict::Accepted } else { Verdict::Refused };
        };
        if let Some(index) = self.accepted.iter().position(|accepted| same_name(&accepted.request, request)) {
            return match self.accepted.get(index) {
                _ if !stand.sees(&request.actor) => Verdict::Refused,
                Some(first) if same_command(&first.request.command, &request.command) => Verdict::Repeat(index),
                _ => Verdict::Conflict,
            };
        }
        if stand.allows(request, self.now) { Verdict::Accepted } else { Verdict::Refused }
    }
}

impl Stand {
    const fn opened(patience: Span) -> Self {
        Self {
            status: New,
            told: New,
            holder: None,
            epoch: 0,
            participants: BTreeSet::new(),
            due: None,
            patience,
            new_when_snoozed: false,
        }
    }

    fn sees(&self, actor: &Actor) -> bool {
        match actor {
            Actor::Customer { link_version } => *link_version == LINK,
            Actor::Agent(member) => self.may(member, Verb::See),
            Actor::Automation { .. } | Actor::System => true,
        }
    }

    fn allows(&self, request: &Request, now: Instant) -> bool {
        match (&request.actor, &request.command) {
            (Actor::System, command) => *command == Command::Tick,
            (Actor::Customer { link_version }, _) if *link_version != LINK => false,
            (Actor::Customer { .. }, Command::Message { .. }) => true,
            (Actor::Customer { .. }, Command::SetStatus { status, .. }) => {
                *status == Closed || *status == self.told || (self.told == Closed && *status == Open)
            }
            (Actor::Agent(member), Command::Message { .. }) => self.may(member, Verb::Reply),
            (Actor::Agent(member), Command::Note { .. }) => self.may(member, Verb::Comment),
            (Actor::Agent(member), Command::SetStatus { status, until }) => {
                self.may(member, self.verb_to_become(*status))
                    && until.is_some_and(|at| at > now) == (*status == Snoozed)
                    && until.is_some() == (*status == Snoozed)
                    && self.leads_to(*status)
            }
            (Actor::Agent(member), Command::Claim { dealt }) => {
                let may = self.may(member, Verb::Pick) || (*dealt && self.may(member, Verb::BeDealt));
                may && self.status != Closed && self.holder.is_none_or(|holder| holder == member.id)
            }
            (Actor::Agent(member), Command::Assign { to, if_epoch, .. }) => {
                let verb = match to {
                    Some(to) if to.agent.id == member.id => Verb::Pick,
                    Some(_) => Verb::Give,
                    None => Verb::TakeAway,
                };
                let current = if_epoch.is_none_or(|epoch| epoch == self.epoch);
                self.may(member, verb) && to.as_ref().is_none_or(assignable) && current && self.status != Closed
            }
            _ => false,
        }
    }

    /// The permissions of the five, by name.
    fn may(&self, member: &Member, verb: Verb) -> bool {
        let holds = self.holder == Some(member.id);
        let takes_part = self.participants.contains(&member.id);
        match (member.public_name.as_str(), verb) {
            ("Sara", _) => true,
            ("Adam", verb) => !matches!(verb, Verb::Pick | Verb::BeDealt),
            ("Clara", verb) => matches!(verb, Verb::See | Verb::Comment),
            ("Ana", Verb::BeDealt) => true,
            ("Ana", Verb::Give) => holds,
            ("Ana" | "Bela", Verb::See | Verb::Comment | Verb::Close | Verb::Reopen | Verb::Snooze) => takes_part,
            ("Ana" | "Bela", Verb::Reply) => holds,
            _ => false,
        }
    }

    const fn verb_to_become(&self, status: Status) -> Verb {
        match (self.status, status) {
            (_, Closed) => Verb::Close,
            (Closed, _) => Verb::Reopen,
            (Snoozed, _) | (_, Snoozed) => Verb::Snooze,
            _ => Verb::Reply,
        }
    }

    fn leads_to(&self, status: Status) -> bool {
        let others = match self.status {
            New => [Pending, Closed, Snoozed].as_slice(),
            Pending => &[Open, Closed, Snoozed],
            Open => &[Pending, Closed, Snoozed],
            Snoozed => &[Open, Pending, Closed],
            Closed => &[Open],
        };
        self.status == status || others.contains(&status)
    }

    /// What an accepted request does.
    fn follow(&mut self, request: &Request, at: Instant) {
        match (&request.actor, &request.command) {
            (Actor::Customer { .. }, Command::Message { .. }) if self.status == New => {}
            (Actor::Customer { .. }, Command::Message { .. }) if self.status == Snoozed && self.new_when_snoozed => {
                self.become_(New, None);
            }
            (Actor::Customer { .. }, Command::Message { .. }) => self.become_(Open, None),
            (Actor::Agent(member), Command::Message { .. }) => {
                self.participants.insert(member.id);
                self.become_(Pending, Some(at.after(self.patience)));
            }
            (Actor::Customer { .. }, Command::SetStatus { status, .. }) if *status != self.told => {
                self.become_(*status, None);
            }
            (Actor::Agent(_), Command::SetStatus { status, until }) => match status {
                Snoozed => self.become_(Snoozed, *until),
                status if *status == self.status => {}
                Pending => self.become_(Pending, Some(at.after(self.patience))),
                status => self.become_(*status, None),
            },
            (Actor::Agent(member), Command::Claim { .. }) => self.pass_to(Some(member.id)),
            (_, Command::Assign { to, .. }) => self.pass_to(to.as_ref().map(|to| to.agent.id)),
            (_, Command::Tick) if self.due.is_some_and(|due| due <= at) => match self.status {
                Snoozed if self.new_when_snoozed => self.become_(New, None),
                Snoozed => self.become_(Open, None),
                _ => self.become_(Closed, None),
            },
            _ => {}
        }
    }

    fn become_(&mut self, status: Status, due: Option<Instant>) {
        let away = |status| matches!(status, Closed | Snoozed);
        if away(self.status) != away(status) {
            self.epoch += 1;
            // Taken up again, it is nobody's until the Desk has a place for it.
            self.holder = self.holder.filter(|_| away(status));
        }
        match status {
            Snoozed if self.status != Snoozed => self.new_when_snoozed = self.status == New,
            Snoozed => {}
            _ => self.told = status,
        }
        self.status = status;
        self.due = due;
    }

    fn pass_to(&mut self, holder: Option<AgentId>) {
        self.epoch += u64::from(self.holder != holder);
        self.holder = holder;
        self.participants.extend(holder);
    }
}

#[derive(Clone, Copy)]
enum Verb {
    See,
    Reply,
    Comment,
    Close,
    Reopen,
    Snooze,
    BeDealt,
    Pick,
    Give,
    TakeAway,
}

/// The words of a command that has any.
pub fn words(command: &Command) -> Option<&str> {
    match command {
        Command::Open(opening) => Some(&opening.body),
        Command::Message { body, .. } | Command::Note { body, .. } => Some(body),
        _ => None,
    }
}

fn assignable(to: &Candidate) -> bool {
    matches!(to.agent.public_name.as_str(), "Sara" | "Ana" | "Bela")
}

fn same_name(one: &Request, other: &Request) -> bool {
    one.client_id.is_some() && one.client_id == other.client_id && same_author(&one.actor, &other.actor)
}

fn same_author(one: &Actor, other: &Actor) -> bool {
    match (one, other) {
        (Actor::Agent(one), Actor::Agent(other)) => one.id == other.id,
        (Actor::Customer { .. }, Actor::Customer { .. }) | (Actor::System, Actor::System) => true,
        _ => false,
    }
}

/// What is looked up anew for each request may have changed between a command and its repeat: a number, the company's
/// settings, what an agent is called, what the Dispenser would deal.
fn same_command(one: &Command, other: &Command) -> bool {
    match (one, other) {
        (Command::Open(one), Command::Open(other)) => {
            let Opening { number, terms, .. } = one.clone();
            *one == Opening { number, terms, ..other.clone() }
        }
        (Command::Claim { .. }, Command::Claim { .. }) => true,
        (Command::Assign { to: Some(one), if_epoch, .. }, Command::Assign { to: Some(other), if_epoch: epoch, .. }) => {
            one.agent.id == other.agent.id && if_epoch == epoch
        }
        _ => one == other,
    }
}
