//! What a rule says.

use super::action::Action;
use super::condition::{Condition, Conditions};
use crate::domain::conversation::event::{Author, Entry, Event, RuleRef};
use crate::domain::conversation::status::Status;
use crate::domain::id::TagId;
use crate::domain::input::FieldError;
use crate::domain::time::{Instant, Span};
use serde::{Deserialize, Serialize};

/// Most rules of one company.
pub const MOST_RULES: usize = 50;
/// Most conditions of one rule.
pub const MOST_CONDITIONS: usize = 20;
/// Most actions of one rule.
pub const MOST_ACTIONS: usize = 10;
/// Shortest time that a rule waits, or puts a conversation aside.
pub const SHORTEST: Span = Span::seconds(1);
/// Longest time that it does.
pub const LONGEST: Span = Span::days(90);

/// A rule of a company's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub reference: RuleRef,
    pub definition: Definition,
}

/// When, if, then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    pub trigger: Trigger,
    #[serde(default)]
    pub conditions: Conditions,
    pub actions: Vec<Action>,
    /// No rule after this one is looked at, where it applied.
    #[serde(default)]
    pub stop: bool,
}

/// When a rule is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Trigger {
    /// A conversation was started.
    ConversationOpened {},
    /// The customer wrote something, his first message included.
    CustomerWrote {},
    /// The customer wrote something outside business hours.
    WroteOutsideHours {},
    /// An agent answered the customer.
    AgentAnswered {},
    /// The status changed; to this one, where one is named.
    StatusChanged {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Status>,
    },
    /// Somebody got it.
    Assigned {},
    /// A tag was put on it; this one, where one is named.
    TagAdded {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tag_id: Option<TagId>,
    },
    /// The customer has waited for an agent for so long.
    Waited {
        /// From one second to ninety days.
        after: Span,
    },
}

/// Something that a rule may be triggered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Happening {
    Opened,
    CustomerWrote,
    AgentAnswered,
    StatusChanged(Status),
    Assigned,
    TagAdded(TagId),
    /// The customer has waited for so long.
    Waited(Span),
}

impl Happening {
    /// What an entry of the log may trigger. What rules did triggers nothing: no rule ever answers another.
    #[must_use]
    pub const fn of(entry: &Entry) -> Option<Self> {
        match (&entry.event, &entry.by) {
            (_, Author::Automation(_)) => None,
            (Event::Opened { .. }, _) => Some(Self::Opened),
            (Event::Message { .. }, Author::Customer { .. }) => Some(Self::CustomerWrote),
            (Event::Message { .. } | Event::Catalog { .. }, Author::Agent(_)) => Some(Self::AgentAnswered),
            (Event::Status { to, .. }, _) => Some(Self::StatusChanged(*to)),
            (Event::Assignment { to: Some(_), .. }, _) => Some(Self::Assigned),
            // A tag that is renamed, or merged into another one, is no news about what has it.
            (Event::Tag { tag, on: true }, Author::Agent(_)) => Some(Self::TagAdded(tag.id)),
            _ => None,
        }
    }
}

impl Trigger {
    /// Whether something triggers it; `open` when it happened within business hours.
    #[must_use]
    pub fn fits(&self, happening: Happening, open: bool) -> bool {
        match (self, happening) {
            (Self::ConversationOpened {}, Happening::Opened)
            | (Self::CustomerWrote {}, Happening::CustomerWrote)
            | (Self::AgentAnswered {}, Happening::AgentAnswered)
            | (Self::Assigned {}, Happening::Assigned) => true,
            (Self::WroteOutsideHours {}, Happening::CustomerWrote) => !open,
            (Self::StatusChanged { to }, Happening::StatusChanged(status)) => to.is_none_or(|to| to == status),
            (Self::TagAdded { tag_id }, Happening::TagAdded(tag)) => tag_id.is_none_or(|wanted| wanted == tag),
            (Self::Waited { after }, Happening::Waited(span)) => span >= *after,
            _ => false,
        }
    }

    /// When it is triggered by itself in a conversation whose customer has waited since then.
    #[must_use]
    pub fn rings_at(&self, waiting_since: Instant) -> Option<Instant> {
        match self {
            Self::Waited { after } => Some(waiting_since.after(*after)),
            _ => None,
        }
    }
}

/// Checks a length of time.
///
/// # Errors
/// `out_of_range`.
pub fn check_span(field: String, span: Span) -> Result<Span, FieldError> {
    if (SHORTEST..=LONGEST).contains(&span) {
        Ok(span)
    } else {
        Err(FieldError::new(field, "out_of_range", "Between one second and ninety days, please."))
    }
}

impl Definition {
    /// Checks a rule: how many conditions and actions there are, and each of them.
    ///
    /// # Errors
    /// Every fault, by the path of its field.
    pub fn check(self) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        if let Trigger::Waited { after } = self.trigger {
            faults.extend(check_span("trigger.after".to_owned(), after).err());
        }
        if self.conditions.len() > MOST_CONDITIONS {
            let detail = format!("At most {MOST_CONDITIONS} conditions, please.");
            faults.push(FieldError::new("conditions", "too_long", detail));
        }
        if self.actions.is_empty() {
            faults.push(FieldError::new("actions", "required", "Say what is to be done."));
        }
        if self.actions.len() > MOST_ACTIONS {
            faults.push(FieldError::new("actions", "too_long", format!("At most {MOST_ACTIONS} actions, please.")));
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let mut checked = |name: &str, conditions: Vec<Condition>| {
            let checked = conditions.into_iter().enumerate().map(|(at, one)| one.check(&format!("{name}[{at}]")));
            checked.filter_map(|one| one.map_err(|fault| faults.push(fault)).ok()).collect::<Vec<_>>()
        };
        let all = checked("conditions.all", self.conditions.all);
        let any = checked("conditions.any", self.conditions.any);
        let mut actions = Vec::new();
        for (at, action) in self.actions.into_iter().enumerate() {
            match action.check(&format!("actions[{at}]")) {
                Ok(action) => actions.push(action),
                Err(fault) => faults.push(fault),
            }
        }
        if faults.is_empty() { Ok(Self { conditions: Conditions { all, any }, actions, ..self }) } else { Err(faults) }
    }

    /// Everything that it names: what may vanish.
    #[must_use]
    pub fn names(&self) -> Vec<Named> {
        let mut names: Vec<Named> = self
            .conditions
            .iter()
            .flat_map(Condition::names)
            .chain(self.actions.iter().filter_map(Action::names))
            .collect();
        if let Trigger::TagAdded { tag_id: Some(tag) } = self.trigger {
            names.push(Named { kind: Kind::Tag, id: tag.to_string() });
        }
        names.sort();
        names.dedup();
        names
    }
}

/// Something of the company's that a rule names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = NamedThing)]
pub struct Named {
    pub kind: Kind,
    pub id: String,
}

/// What kind of thing a rule names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = NamedThingKind)]
pub enum Kind {
    Folder,
    Team,
    Tag,
    Agent,
}
