//! What a conversation is now: the fold of its log.

use super::attachment::Attachment;
use super::command::Opening;
use super::event::{AgentRef, Author, Channel, Contact, Entry, Event, FolderRef, TeamRef};
use super::label::{Priority, TagRef};
use super::merge::{Absorbed, Brings, ConversationRef, TakenIn};
use super::rating::Rating;
use super::refusal::Refusal;
use super::status::Status;
use super::terms::Terms;
use crate::domain::assignment::message::{Need, Waiter};
use crate::domain::id::{AgentId, CompanyId, ConversationId, FolderId, TeamId};
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, Scope, ScopeSet};
use crate::domain::time::Instant;
use serde::{Deserialize, Serialize};

/// Characters of the last message that lists show.
const PREVIEW_CHARACTERS: usize = 140;

/// A conversation's present: the fold of its log, and a copy of what its company has set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    pub id: ConversationId,
    pub company_id: CompanyId,
    pub number: u32,
    pub subject: String,
    pub channel: Channel,
    pub contact: Contact,
    /// The version that the customer's link must have; raising it kills the links that are out.
    pub link_version: u8,
    pub status: Status,
    /// The status the customer was last told: a snooze is the company's own affair.
    pub public_status: Status,
    pub assignee: Option<AgentRef>,
    /// Grows by one with every change of assignee, and whenever the conversation is closed or put aside, or taken up again.
    pub assignment_epoch: u64,
    /// Taken up again, it goes back to its last agent if he can take it.
    #[serde(default)]
    pub returns_to: Option<AgentRef>,
    /// The agent who gave it back, or from whom it was taken, while it waits for another.
    #[serde(default)]
    pub avoids: Option<AgentId>,
    /// The agent to whom its customer is stuck.
    #[serde(default)]
    pub sticky: Option<AgentId>,
    /// The customer's; empty where it is unknown.
    #[serde(default)]
    pub language: String,
    /// The folder it is sorted into (specification C3, C4).
    #[serde(default)]
    pub folder: Option<FolderRef>,
    /// The team it was given to (specification D7).
    #[serde(default)]
    pub team: Option<TeamRef>,
    /// Agents who were assigned or answered, first come first.
    pub participants: Vec<AgentRef>,
    /// Agents who see it and hear of it without having had it; the customer is not told of them.
    #[serde(default)]
    pub followers: Vec<AgentRef>,
    #[serde(default)]
    pub tags: Vec<TagRef>,
    #[serde(default)]
    pub priority: Priority,
    #[serde(default)]
    pub rating: Option<Rating>,
    /// The customer's messages since an agent last answered.
    pub unread: u32,
    pub last_event_at: Instant,
    /// Since when the customer has been waiting for an agent.
    pub waiting_since: Option<Instant>,
    pub snoozed_until: Option<Instant>,
    /// The status to wake up into.
    woken_status: Status,
    #[serde(default)]
    pub terms: Terms,
    /// When the pending conversation closes by itself.
    pub closes_at: Option<Instant>,
    /// When its customer is asked whether it is solved, unless he was.
    #[serde(default)]
    pub reminds_at: Option<Instant>,
    /// When its customer had waited for too long, if he still waits.
    #[serde(default)]
    pub escalated_at: Option<Instant>,
    /// The conversation that it was merged into: it is closed for good.
    #[serde(default)]
    pub merged_into: Option<ConversationRef>,
    /// The conversations that were merged into it, first come first.
    #[serde(default)]
    pub merged_from: Vec<TakenIn>,
    /// The start of the last message between customer and company.
    pub preview: String,
    /// `seq` of the newest entry; also the revision by which copies are ordered.
    pub head: u64,
    /// `pub_seq` of the newest entry that the customer sees.
    pub pub_head: u64,
}

impl State {
    /// A conversation with an empty log, just before its first entry.
    #[must_use]
    pub fn before(opening: &Opening, now: Instant) -> Self {
        Self {
            id: opening.id,
            company_id: opening.company_id,
            number: opening.number,
            subject: opening.subject.clone(),
            channel: opening.channel,
            contact: opening.contact.clone(),
            link_version: 1,
            status: Status::New,
            public_status: Status::New,
            assignee: None,
            assignment_epoch: 0,
            returns_to: None,
            avoids: None,
            sticky: opening.sticky,
            language: opening.language.clone(),
            folder: None,
            team: None,
            participants: Vec::new(),
            followers: Vec::new(),
            tags: Vec::new(),
            priority: Priority::default(),
            rating: None,
            unread: 0,
            last_event_at: now,
            waiting_since: None,
            snoozed_until: None,
            woken_status: Status::Open,
            terms: opening.terms,
            closes_at: None,
            reminds_at: None,
            escalated_at: None,
            merged_into: None,
            merged_from: Vec::new(),
            preview: String::new(),
            head: 0,
            pub_head: 0,
        }
    }

    /// Numbers `events`, applies them and answers them as entries of the log.
    pub fn record(&mut self, by: &Author, events: Vec<Event>, now: Instant) -> Vec<Entry> {
        // The log's time never runs backwards, even where the machine's clock does.
        let at = now.max(self.last_event_at);
        events
            .into_iter()
            .map(|event| {
                let pub_seq = self.shows(&event).then(|| self.pub_head.saturating_add(1));
                let entry = Entry { seq: self.head.saturating_add(1), pub_seq, at, by: by.clone(), event };
                self.apply(&entry);
                entry
            })
            .collect()
    }

    /// Folds one entry into the state.
    pub fn apply(&mut self, entry: &Entry) {
        self.head = entry.seq;
        self.pub_head = entry.pub_seq.unwrap_or(self.pub_head);
        self.last_event_at = entry.at;
        match &entry.event {
            Event::Opened { subject, .. } => self.subject.clone_from(subject),
            Event::Note { .. } => {}
            Event::Message { body, attachments } => self.apply_message(&entry.by, body, attachments, entry.at),
            Event::Catalog { body, items } => {
                let names: Vec<&str> = items.iter().map(|item| item.name.as_str()).collect();
                let said = if body.is_empty() { names.join(", ") } else { body.clone() };
                self.apply_message(&entry.by, &said, &[], entry.at);
            }
            Event::Order(step) if step.asks_agents() || step.asks_customer() => self.apply_turn(&entry.by, entry.at),
            Event::Order(_) => {}
            Event::Status { to, until, .. } => self.apply_status(*to, *until, entry.at),
            Event::Assignment { from, to, epoch, .. } => {
                self.assignment_epoch = *epoch;
                self.avoids = from.as_ref().filter(|_| to.is_none()).map(|agent| agent.id);
                self.assignee.clone_from(to);
                self.returns_to = None;
                if let Some(agent) = to {
                    self.takes_part(agent);
                }
            }
            Event::Folder { to, .. } => self.folder.clone_from(to),
            Event::Team { to, .. } => self.team.clone_from(to),
            Event::Tag { tag, on } => {
                self.tags.retain(|known| known.id != tag.id);
                if *on {
                    self.tags.push(tag.clone());
                }
            }
            Event::Priority { to, .. } => self.priority = *to,
            Event::Participant { agent, on } => {
                self.followers.retain(|known| known.id != agent.id);
                if *on {
                    self.followers.push(agent.clone());
                }
            }
            Event::Contact { to, .. } => self.contact.clone_from(to),
            Event::Rating(rating) => self.rating = Some(rating.clone()),
            Event::Escalated => self.escalated_at = Some(entry.at),
            Event::Reminded => self.reminds_at = None,
            Event::LinkReplaced { version } => self.link_version = *version,
            Event::Absorbed(absorbed) => self.apply_absorbed(absorbed),
            Event::Merged { into } => {
                self.apply_status(Status::Closed, None, entry.at);
                self.returns_to = None;
                self.merged_into = Some(into.clone());
            }
        }
        if self.waiting_since.is_none() {
            self.escalated_at = None;
            self.avoids = None;
        }
    }

    /// When something is due by itself, if anything is.
    #[must_use]
    pub fn next_due(&self) -> Option<Instant> {
        let dues = [self.closes_at, self.reminds_at, self.snoozed_until, self.escalates_at()];
        dues.into_iter().flatten().min()
    }

    /// When its customer will have waited for too long, if he waits and nobody was told yet.
    #[must_use]
    pub fn escalates_at(&self) -> Option<Instant> {
        let waits = matches!(self.status, Status::New | Status::Open) && self.escalated_at.is_none();
        let since = self.waiting_since.filter(|_| waits)?;
        self.terms.response_time.map(|span| since.after(span))
    }

    /// Whether it takes a place of its agent's: it is neither closed nor put aside.
    #[must_use]
    pub const fn is_under_way(&self) -> bool {
        !matches!(self.status, Status::Closed | Status::Snoozed)
    }

    /// What it waits for, if it waits for an agent.
    #[must_use]
    pub fn waiter(&self) -> Option<Waiter> {
        let waits = matches!(self.status, Status::New | Status::Open) && self.assignee.is_none();
        waits.then(|| Waiter {
            since: self.waiting_since.unwrap_or(self.last_event_at),
            need: Need {
                folder: self.folder.as_ref().map(|folder| folder.id),
                team: self.team.as_ref().map(|team| team.id),
                language: self.language.clone(),
                prefers: self
                    .returns_to
                    .as_ref()
                    .map(|agent| agent.id)
                    .or(self.sticky)
                    .filter(|id| Some(*id) != self.avoids),
                avoids: self.avoids,
            },
        })
    }

    /// The relations in which a member stands to the conversation.
    #[must_use]
    pub fn relation_to(&self, member: &Member) -> ScopeSet {
        let takes_part = self.participants.iter().chain(&self.followers).any(|agent| agent.id == member.id);
        self.place().relation_to(member, takes_part)
    }

    /// Where the conversation is, as far as permissions go.
    #[must_use]
    pub fn place(&self) -> Place {
        Place {
            assignee: self.assignee.as_ref().map(|agent| agent.id),
            folder: self.folder.as_ref().map(|folder| folder.id),
            team: self.team.as_ref().map(|team| team.id),
        }
    }

    /// Whether another conversation was merged into this one.
    #[must_use]
    pub fn has_taken_in(&self, id: ConversationId) -> bool {
        self.merged_from.iter().any(|taken| taken.conversation.id == id)
    }

    /// Whether a customer's link of that version opens it.
    ///
    /// # Errors
    /// [`Refusal::Joined`] where it did until two conversations were joined; [`Refusal::NotFound`] where it was replaced, or
    /// there is none such.
    pub fn opens_by(&self, link_version: u8) -> Result<(), Refusal> {
        let died_joining = || self.merged_from.iter().any(|taken| taken.link_version == link_version);
        match link_version == self.link_version {
            true if self.merged_into.is_none() => Ok(()),
            false if !died_joining() => Err(Refusal::NotFound),
            _ => Err(Refusal::Joined),
        }
    }

    /// The status to return to when a snooze ends by itself.
    #[must_use]
    pub const fn woken_status(&self) -> Status {
        self.woken_status
    }

    /// Whether the customer sees an event. He is told of a status only when it changes for him.
    fn shows(&self, event: &Event) -> bool {
        match event {
            Event::Opened { .. } | Event::Message { .. } | Event::Assignment { .. } => true,
            Event::Rating(_) | Event::Absorbed(_) | Event::Catalog { .. } => true,
            Event::Order(step) => step.public().is_some(),
            Event::Note { .. } | Event::Folder { .. } | Event::Team { .. } | Event::Tag { .. } => false,
            Event::Priority { .. } | Event::Participant { .. } | Event::Contact { .. } => false,
            Event::Escalated | Event::Reminded | Event::LinkReplaced { .. } | Event::Merged { .. } => false,
            Event::Status { to, .. } => *to != Status::Snoozed && *to != self.public_status,
        }
    }

    fn apply_message(&mut self, by: &Author, body: &str, attachments: &[Attachment], at: Instant) {
        // What a rule says answers nobody.
        if matches!(by, Author::Automation(_)) {
            return;
        }
        self.preview = preview(body, attachments);
        self.apply_turn(by, at);
    }

    /// Whoever asked something of the other side waits for it.
    fn apply_turn(&mut self, by: &Author, at: Instant) {
        if let Author::Agent(agent) = by {
            self.unread = 0;
            self.waiting_since = None;
            self.takes_part(agent);
            self.set_closing_time(at);
        } else {
            self.unread = self.unread.saturating_add(1);
            self.waiting_since = self.waiting_since.or(Some(at));
        }
    }

    fn apply_absorbed(&mut self, Absorbed { from, continued, brings, .. }: &Absorbed) {
        if *continued {
            return;
        }
        let Brings { participants, followers, tags, rating, waiting_since, unread, preview, assignee } = brings;
        self.merged_from.push(TakenIn { conversation: from.clone(), link_version: self.link_version });
        for agent in participants {
            if !self.participants.iter().any(|known| known.id == agent.id) {
                self.participants.push(agent.clone());
            }
        }
        for agent in followers {
            if !self.followers.iter().any(|known| known.id == agent.id) {
                self.followers.push(agent.clone());
            }
        }
        for tag in tags {
            if !self.tags.iter().any(|known| known.id == tag.id) {
                self.tags.push(tag.clone());
            }
        }
        if self.rating.is_none() {
            self.rating.clone_from(rating);
        }
        if *unread > 0 && self.unread == 0 && !preview.is_empty() {
            self.preview.clone_from(preview);
        }
        self.unread = self.unread.saturating_add(*unread);
        if let Some(since) = waiting_since {
            self.waiting_since = Some(self.waiting_since.map_or(*since, |known| known.min(*since)));
            // Whoever had it knows of it: where nobody has this one, it goes to him if it can.
            if self.assignee.is_none() && self.returns_to.is_none() {
                self.returns_to.clone_from(assignee);
            }
        }
    }

    fn apply_status(&mut self, to: Status, until: Option<Instant>, at: Instant) {
        let was_under_way = self.is_under_way();
        if to == Status::Snoozed && self.status != Status::Snoozed {
            self.woken_status = if self.status == Status::New { Status::New } else { Status::Open };
        }
        if to != Status::Snoozed {
            self.public_status = to;
        }
        self.status = to;
        if was_under_way != self.is_under_way() {
            self.assignment_epoch = self.assignment_epoch.saturating_add(1);
            // Where nobody had it, it goes to who had one that was merged into it.
            let last = self.returns_to.take();
            self.returns_to = if was_under_way { None } else { self.assignee.take().or(last) };
        }
        self.snoozed_until = until;
        self.set_closing_time(at);
        match to {
            Status::Closed | Status::Pending => {
                self.unread = 0;
                self.waiting_since = None;
            }
            Status::New | Status::Open => self.waiting_since = self.waiting_since.or(Some(at)),
            Status::Snoozed => {}
        }
    }

    fn set_closing_time(&mut self, at: Instant) {
        self.closes_at = (self.status == Status::Pending).then(|| at.after(self.terms.pending_close_after));
        self.reminds_at = self.closes_at.map(|at| at.before(self.terms.notice()));
    }

    fn takes_part(&mut self, agent: &AgentRef) {
        match self.participants.iter_mut().find(|known| known.id == agent.id) {
            Some(known) => known.clone_from(agent),
            None => self.participants.push(agent.clone()),
        }
    }
}

/// Where a conversation is, as far as permissions go; from the conversation itself, or from the index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub assignee: Option<AgentId>,
    pub folder: Option<FolderId>,
    pub team: Option<TeamId>,
}

impl Place {
    /// Whether the Dispenser deals it to a member: what nobody has, in no folder and with no team that are not his, unless
    /// he is dealt everything (specification C20).
    #[must_use]
    pub fn is_dealt_to(&self, member: &Member) -> bool {
        let reach = member.reach(Capability::ConversationAssignSelf);
        let of_team = self.team.is_some_and(|team| member.teams.contains(&team));
        let open_to_him = self.folder.is_none_or(|folder| member.sees_in(folder) || member.assigns_in(folder))
            && (self.team.is_none() || of_team);
        self.assignee.is_none()
            && (reach.has(Scope::All)
                || (reach.has(Scope::Team) && of_team)
                || (reach.has(Scope::Unassigned) && open_to_him))
    }

    /// The relations in which a member stands to a conversation at this place.
    #[must_use]
    pub fn relation_to(&self, member: &Member, participates: bool) -> ScopeSet {
        let holds = [
            (Scope::Own, self.assignee == Some(member.id)),
            (Scope::Unassigned, self.assignee.is_none()),
            (Scope::Participating, participates),
            (Scope::Folder, self.folder.is_some_and(|folder| member.sees_in(folder))),
            (Scope::FolderAssign, self.folder.is_some_and(|folder| member.assigns_in(folder))),
            (Scope::Team, self.team.is_some_and(|team| member.teams.contains(&team))),
        ];
        ScopeSet::of(&holds.into_iter().filter(|(_, holds)| *holds).map(|(scope, _)| scope).collect::<Vec<_>>())
    }
}

/// The start of what was said; where files speak for themselves, their names.
fn preview(body: &str, attachments: &[Attachment]) -> String {
    let names: Vec<&str> = attachments.iter().map(|file| file.name.as_str()).collect();
    let text = if body.trim().is_empty() { names.join(", ") } else { body.to_owned() };
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(PREVIEW_CHARACTERS).collect()
}
