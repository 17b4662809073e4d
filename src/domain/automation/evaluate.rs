//! Which rules apply to what happened, and why.

use super::action::Action;
use super::condition::{Condition, What};
use super::rule::{Definition, Happening, MOST_RULES, Rule};
use crate::domain::conversation::event::Channel;
use crate::domain::conversation::label::Priority;
use crate::domain::conversation::state::State;
use crate::domain::conversation::status::Status;
use crate::domain::id::{AgentId, FolderId, TagId, TeamId};
use serde::{Deserialize, Serialize};

/// Characters of a text that an explanation shows.
const SHOWN_CHARACTERS: usize = 140;

/// What rules know of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub subject: String,
    /// The words that it is about.
    pub body: String,
    pub email: String,
    pub language: String,
    pub channel: Channel,
    pub folder: Option<FolderId>,
    pub team: Option<TeamId>,
    pub tags: Vec<TagId>,
    pub priority: Priority,
    pub status: Status,
    pub assignee: Option<AgentId>,
    /// Whether it happened within business hours.
    pub open: bool,
    /// Whether the words are the first of the conversation.
    pub first: bool,
}

/// Whether a rule applies, and which of its conditions hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Explanation {
    pub applies: bool,
    /// Of the conditions that all have to hold.
    pub all: Vec<Verdict>,
    /// Of those of which one has to hold.
    pub any: Vec<Verdict>,
}

/// Whether a condition holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Verdict {
    pub condition: Condition,
    pub holds: bool,
    /// What the conversation has there; the start of longer texts.
    pub found: Vec<String>,
}

impl Facts {
    /// What a conversation is, with the words that it is about.
    #[must_use]
    pub fn of(state: &State, body: String, first: bool, open: bool) -> Self {
        Self {
            subject: state.subject.clone(),
            body,
            email: state.contact.email.clone(),
            language: state.language.clone(),
            channel: state.channel,
            folder: state.folder.as_ref().map(|folder| folder.id),
            team: state.team.as_ref().map(|team| team.id),
            tags: state.tags.iter().map(|tag| tag.id).collect(),
            priority: state.priority,
            status: state.status,
            assignee: state.assignee.as_ref().map(|agent| agent.id),
            open,
            first,
        }
    }

    /// What there is to compare.
    #[must_use]
    pub fn found(&self, what: What) -> Vec<String> {
        let name = |value: serde_json::Result<serde_json::Value>| {
            value.ok().and_then(|value| value.as_str().map(str::to_owned)).into_iter().collect()
        };
        match what {
            What::Subject => vec![self.subject.clone()],
            What::Body => vec![self.body.clone()],
            What::ContactEmail => vec![self.email.clone()],
            What::ContactDomain => {
                self.email.rsplit_once('@').map(|(_, domain)| domain.to_owned()).into_iter().collect()
            }
            What::Language => {
                // Whoever writes pt-BR writes pt.
                let primary = self.language.split_once('-').map(|(primary, _)| primary.to_owned());
                let whole = Some(self.language.clone()).filter(|language| !language.is_empty());
                whole.into_iter().chain(primary).collect()
            }
            What::Channel => name(serde_json::to_value(self.channel)),
            What::Folder => self.folder.iter().map(ToString::to_string).collect(),
            What::Team => self.team.iter().map(ToString::to_string).collect(),
            What::Tag => self.tags.iter().map(ToString::to_string).collect(),
            What::Priority => name(serde_json::to_value(self.priority)),
            What::Status => vec![self.status.name().to_owned()],
            What::Assignee => self.assignee.iter().map(ToString::to_string).collect(),
            What::BusinessHours => vec![if self.open { "inside" } else { "outside" }.to_owned()],
            What::FirstMessage => vec![if self.first { "yes" } else { "no" }.to_owned()],
        }
    }

    /// What is so once an action was taken.
    fn after(&mut self, action: &Action) {
        match action {
            Action::Tag { tag_id } if !self.tags.contains(tag_id) => self.tags.push(*tag_id),
            Action::Untag { tag_id } => self.tags.retain(|tag| tag != tag_id),
            Action::Folder { folder_id } => self.folder = *folder_id,
            Action::Team { team_id } => self.team = *team_id,
            Action::Priority { priority } => self.priority = *priority,
            Action::Assign { agent_id } => self.assignee = Some(*agent_id),
            Action::Close {} => self.status = Status::Closed,
            Action::Snooze { .. } => self.status = Status::Snoozed,
            Action::Tag { .. } | Action::Note { .. } | Action::Message { .. } => {}
        }
    }
}

/// Whether a rule's conditions hold, and which of them.
#[must_use]
pub fn explain(rule: &Definition, facts: &Facts) -> Explanation {
    let verdict = |condition: &Condition| {
        let found = facts.found(condition.what);
        let holds = condition.holds(&found);
        let found = found.into_iter().map(|text| text.chars().take(SHOWN_CHARACTERS).collect()).collect();
        Verdict { condition: condition.clone(), holds, found }
    };
    let all: Vec<Verdict> = rule.conditions.all.iter().map(verdict).collect();
    let any: Vec<Verdict> = rule.conditions.any.iter().map(verdict).collect();
    let applies = all.iter().all(|one| one.holds) && (any.is_empty() || any.iter().any(|one| one.holds));
    Explanation { applies, all, any }
}

/// The rules that apply to what happened, in their order; each is decided on what is so after those before it. One that
/// says so ends it.
#[must_use]
pub fn due<'a>(rules: &'a [Rule], happening: Happening, facts: &Facts) -> Vec<&'a Rule> {
    let mut facts = facts.clone();
    let mut due = Vec::new();
    for rule in rules.iter().take(MOST_RULES) {
        let definition = &rule.definition;
        if !definition.trigger.fits(happening, facts.open) || !explain(definition, &facts).applies {
            continue;
        }
        definition.actions.iter().for_each(|action| facts.after(action));
        due.push(rule);
        if definition.stop {
            break;
        }
    }
    due
}

#[cfg(test)]
mod tests {
    use super::super::condition::{Conditions, Is};
    use super::super::rule::Trigger;
    use super::*;
    use crate::domain::conversation::event::RuleRef;
    use crate::domain::id::RuleId;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn facts() -> Facts {
        Facts {
            subject: "My invoice".to_owned(),
            body: "It is too high".to_owned(),
            email: "ana@corp.example".to_owned(),
            language: "pt-BR".to_owned(),
            channel: Channel::Web,
            folder: None,
            team: None,
            tags: Vec::new(),
            priority: Priority::Normal,
            status: Status::New,
            assignee: None,
            open: false,
            first: true,
        }
    }

    fn condition(what: What, is: Is, value: &str) -> Condition {
        let values = if value.is_empty() { Vec::new() } else { vec![value.to_owned()] };
        Condition { what, is, values }
    }

    fn rule(number: u8, conditions: Conditions, actions: Vec<Action>, stop: bool) -> Rule {
        let reference = RuleRef { id: RuleId::new(Uuid::from_bytes([number; 16])), name: number.to_string() };
        let trigger = Trigger::ConversationOpened {};
        Rule { reference, definition: Definition { trigger, conditions, actions, stop } }
    }

    fn all(conditions: Vec<Condition>) -> Conditions {
        Conditions { all: conditions, any: Vec::new() }
    }

    fn names(rules: &[Rule]) -> Vec<String> {
        let due = due(rules, Happening::Opened, &facts());
        due.into_iter().map(|rule| rule.reference.name.clone()).collect()
    }

    #[test]
    fn everything_is_found_where_it_is() {
        for (what, is, value, holds) in [
            (What::Subject, Is::Contains, "INVOICE", true),
            (What::ContactDomain, Is::Is, "corp.example", true),
            (What::ContactDomain, Is::Is, "example", false),
            (What::Language, Is::Is, "pt", true),
            (What::Language, Is::Is, "pt-BR", true),
            (What::Language, Is::Is, "fr", false),
            (What::Channel, Is::Is, "web", true),
            (What::Priority, Is::IsNot, "normal", false),
            (What::Status, Is::Is, "new", true),
            (What::Folder, Is::None, "", true),
            (What::Assignee, Is::Any, "", false),
            (What::BusinessHours, Is::Is, "outside", true),
            (What::FirstMessage, Is::Is, "yes", true),
        ] {
            let rule = rule(1, all(vec![condition(what, is, value)]), Vec::new(), false).definition;
            assert_eq!(explain(&rule, &facts()).applies, holds, "{what:?} {is:?} {value}");
        }
    }

    #[test]
    fn each_rule_sees_what_those_before_it_do() {
        let urgent = vec![Action::Priority { priority: Priority::Urgent }];
        let is_urgent = || all(vec![condition(What::Priority, Is::Is, "urgent")]);
        let rules = vec![
            rule(1, is_urgent(), Vec::new(), false),
            rule(2, Conditions::default(), urgent, false),
            rule(3, is_urgent(), Vec::new(), true),
            rule(4, Conditions::default(), Vec::new(), false),
        ];
        assert_eq!(names(&rules), ["2", "3"]);
        assert!(due(&rules, Happening::CustomerWrote, &facts()).is_empty());
    }

    #[test]
    fn one_of_the_alternatives_is_enough() {
        let any = vec![condition(What::Subject, Is::Contains, "lamp"), condition(What::Body, Is::Contains, "high")];
        assert_eq!(names(&[rule(1, Conditions { all: Vec::new(), any: any.clone() }, Vec::new(), false)]), ["1"]);
        let neither = Conditions { all: vec![condition(What::Status, Is::Is, "open")], any };
        assert!(names(&[rule(1, neither, Vec::new(), false)]).is_empty());
    }

    fn some_condition() -> impl Strategy<Value = Condition> {
        let whats = prop_oneof![
            Just(What::Subject),
            Just(What::Body),
            Just(What::Language),
            Just(What::Status),
            Just(What::Folder)
        ];
        let ways = prop_oneof![
            Just(Is::Is),
            Just(Is::IsNot),
            Just(Is::Contains),
            Just(Is::HasWord),
            Just(Is::None),
            Just(Is::Any)
        ];
        (whats, ways, proptest::collection::vec(".{0,6}", 0..3)).prop_map(|(what, is, values)| Condition {
            what,
            is,
            values,
        })
    }

    proptest! {
        #[test]
        fn a_rule_applies_exactly_when_its_verdicts_say_so(
            all in proptest::collection::vec(some_condition(), 0..5),
            any in proptest::collection::vec(some_condition(), 0..5),
            subject in ".{0,20}", body in "\\PC{0,40}",
        ) {
            let facts = Facts { subject, body, ..facts() };
            let rule = rule(1, Conditions { all, any }, Vec::new(), false).definition;
            let explanation = explain(&rule, &facts);
            let all = explanation.all.iter().all(|one| one.holds);
            let any = explanation.any.is_empty() || explanation.any.iter().any(|one| one.holds);
            prop_assert_eq!(explanation.applies, all && any);
        }

        #[test]
        fn rules_keep_their_order_and_none_follows_a_stop(stops in proptest::collection::vec(any::<bool>(), 0..60)) {
            let rules: Vec<Rule> = stops.iter().enumerate()
                .map(|(at, stop)| rule(u8::try_from(at).unwrap_or(0), Conditions::default(), Vec::new(), *stop)).collect();
            let until = stops.iter().position(|stop| *stop).map_or(stops.len(), |at| at + 1).min(MOST_RULES);
            let wanted: Vec<String> = (0..until).map(|at| at.to_string()).collect();
            prop_assert_eq!(names(&rules), wanted);
        }
    }
}
