//! What a conversation still has to do by rules. It is written down before anything is done, and struck when it is done:
//! a conversation that crashes goes on where it was, with what was decided then.

use super::action::Action;
use super::rule::Rule;
use crate::domain::conversation::event::RuleRef;
use crate::domain::id::RuleId;
use crate::domain::time::{Instant, Span};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How often one rule acts in one conversation within an hour, at most: whatever feeds it, it ends.
pub const MOST_RUNS: u32 = 30;
/// The time within which they are counted.
const COUNTED_FOR: Span = Span::seconds(3_600);
/// How often an action whose outcome nobody knows is tried.
pub const MOST_TRIES: u8 = 5;

/// What a conversation has to do by rules.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Agenda {
    /// `seq` of the newest entry that rules have looked at.
    pub considered: u64,
    /// What is under way, first things first.
    pub runs: VecDeque<Run>,
    /// The closed period of the company in which the customer was last told that nobody is there.
    pub told_in: Option<i64>,
    /// When a rule about waiting is due, as far as is known.
    pub rings_at: Option<Instant>,
    /// Rules about waiting that were looked at, and on which wait.
    looked_at: Vec<(RuleId, Instant)>,
    counts: Vec<Count>,
}

/// One rule acting on one thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    pub rule: RuleRef,
    /// What it acts on: names the run together with the rule.
    pub cause: Cause,
    pub at: Instant,
    pub actions: Vec<Action>,
    /// Of the actions so far.
    pub outcomes: Vec<Outcome>,
    #[serde(default)]
    pub tries: u8,
}

/// What a rule acts on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// An entry of the log.
    Entry(u64),
    /// A customer who has waited since then.
    Waiting(Instant),
}

/// What became of an action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Outcome {
    Done,
    /// The conversation refused it.
    Refused {
        code: String,
    },
    /// What it names is not there any more.
    Broken,
    /// Nobody knows whether it was done: it was tried often enough.
    GivenUp,
    /// The rule had acted too often within an hour.
    Stopped,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Count {
    rule: RuleId,
    since: Instant,
    runs: u32,
}

impl Agenda {
    /// Of a conversation that has its rules from now on: what happened before triggers nothing.
    #[must_use]
    pub fn from_now_on(head: u64) -> Self {
        Self { considered: head, ..Self::default() }
    }

    /// Whether something is to be done, or to be looked at, up to an entry.
    #[must_use]
    pub fn is_owed(&self, head: u64) -> bool {
        self.considered < head || !self.runs.is_empty()
    }

    /// The company has no rules: nothing up to an entry triggers anything.
    pub fn pass_by(&mut self, seq: u64) {
        if self.runs.is_empty() {
            self.considered = self.considered.max(seq);
            self.rings_at = None;
        }
    }

    /// An entry was looked at, and these rules apply to it. `broken` are those that name what is not there any more.
    pub fn entry_considered(&mut self, seq: u64, due: Vec<Due>, at: Instant) {
        if seq <= self.considered {
            return;
        }
        self.considered = seq;
        for one in due {
            self.begin(one, Cause::Entry(seq), at);
        }
    }

    /// The rules that have not been looked at on the wait since then.
    #[must_use]
    pub fn not_looked_at(&self, rules: &[Rule], since: Instant) -> Vec<Rule> {
        rules.iter().filter(|rule| !self.looked_at.contains(&(rule.reference.id, since))).cloned().collect()
    }

    /// A wait was looked at: these rules about waiting were due, and those of them apply. Each is looked at once on one
    /// wait, however long it lasts.
    pub fn wait_considered(&mut self, since: Instant, looked_at: &[Rule], due: Vec<Due>, at: Instant) {
        self.looked_at.retain(|(_, wait)| *wait == since);
        let over = |rule: &&Rule| rule.definition.trigger.rings_at(since).is_some_and(|rings_at| rings_at <= at);
        self.looked_at.extend(looked_at.iter().filter(over).map(|rule| (rule.reference.id, since)));
        for one in due {
            self.begin(one, Cause::Waiting(since), at);
        }
    }

    /// Notes when the next rule about waiting is due in a conversation whose customer waits since then, if he does.
    pub fn expect(&mut self, rules: &[Rule], waiting_since: Option<Instant>) {
        self.rings_at = waiting_since.and_then(|since| {
            let ahead = self.not_looked_at(rules, since);
            ahead.iter().filter_map(|rule| rule.definition.trigger.rings_at(since)).min()
        });
    }

    /// What became of the action that is under way.
    pub fn step_done(&mut self, outcome: Outcome) {
        if let Some(run) = self.runs.front_mut() {
            run.outcomes.push(outcome);
            run.tries = 0;
        }
    }

    /// Nobody knows what became of the action that is under way; it is given up when that happens too often.
    pub fn step_failed(&mut self) {
        let Some(run) = self.runs.front_mut() else { return };
        run.tries = run.tries.saturating_add(1);
        if run.tries >= MOST_TRIES {
            self.step_done(Outcome::GivenUp);
        }
    }

    fn begin(&mut self, due: Due, cause: Cause, at: Instant) {
        let Due { rule, actions, broken } = due;
        let outcomes = if broken {
            vec![Outcome::Broken; actions.len()]
        } else if self.is_exhausted(rule.id, at) {
            vec![Outcome::Stopped; actions.len()]
        } else {
            Vec::new()
        };
        self.runs.push_back(Run { rule, cause, at, actions, outcomes, tries: 0 });
    }

    fn is_exhausted(&mut self, rule: RuleId, at: Instant) -> bool {
        self.counts.retain(|count| at < count.since.after(COUNTED_FOR));
        match self.counts.iter_mut().find(|count| count.rule == rule) {
            Some(count) => {
                count.runs = count.runs.saturating_add(1);
                count.runs > MOST_RUNS
            }
            None => {
                self.counts.push(Count { rule, since: at, runs: 1 });
                false
            }
        }
    }
}

/// A rule that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub rule: RuleRef,
    pub actions: Vec<Action>,
    /// It names what is not there any more: it is skipped, and that is recorded.
    pub broken: bool,
}

impl Run {
    /// The action to be taken next, and which one of the rule's it is.
    #[must_use]
    pub fn next(&self) -> Option<(usize, &Action)> {
        let place = self.outcomes.len();
        self.actions.get(place).map(|action| (place, action))
    }

    /// Whether an action was not taken.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.outcomes.iter().any(|outcome| *outcome != Outcome::Done)
    }

    /// Names the run in one conversation: the same after a crash.
    #[must_use]
    pub fn name(&self) -> String {
        match self.cause {
            Cause::Entry(seq) => format!("{}:{seq}", self.rule.id),
            Cause::Waiting(since) => format!("{}:waiting:{}", self.rule.id, since.as_millis()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::condition::Conditions;
    use super::super::rule::{Definition, Trigger};
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn reference(number: u8) -> RuleRef {
        RuleRef { id: RuleId::new(Uuid::from_bytes([number; 16])), name: number.to_string() }
    }

    fn waits(number: u8, seconds: i64) -> Rule {
        let trigger = Trigger::Waited { after: Span::seconds(seconds) };
        let definition =
            Definition { trigger, conditions: Conditions::default(), actions: vec![Action::Close {}], stop: false };
        Rule { reference: reference(number), definition }
    }

    fn due(number: u8, actions: usize) -> Due {
        Due { rule: reference(number), actions: vec![Action::Close {}; actions], broken: false }
    }

    const fn at(seconds: i64) -> Instant {
        Instant::from_millis(seconds * 1_000)
    }

    #[test]
    fn an_entry_is_looked_at_once() {
        let mut agenda = Agenda::from_now_on(4);
        assert!(!agenda.is_owed(4) && agenda.is_owed(5));
        agenda.entry_considered(4, vec![due(1, 1)], at(0));
        assert!(agenda.runs.is_empty());
        agenda.entry_considered(5, vec![due(1, 2)], at(0));
        agenda.entry_considered(5, vec![due(1, 2)], at(0));
        assert_eq!(agenda.runs.len(), 1);
        agenda.pass_by(9);
        assert!(agenda.is_owed(5), "what is under way is not passed by");
        agenda.step_done(Outcome::Done);
        assert_eq!(agenda.runs.front().and_then(Run::next).map(|(place, _)| place), Some(1));
    }

    #[test]
    fn what_fails_is_given_up_after_a_while() {
        let mut agenda = Agenda::default();
        agenda.entry_considered(1, vec![due(1, 2)], at(0));
        for _ in 0..MOST_TRIES {
            assert_eq!(agenda.runs.front().map(|run| run.outcomes.len()), Some(0));
            agenda.step_failed();
        }
        let run = agenda.runs.front();
        assert_eq!(run.map(|run| run.outcomes.clone()), Some(vec![Outcome::GivenUp]));
        assert_eq!(run.map(|run| run.tries), Some(0));
    }

    #[test]
    fn a_wait_is_looked_at_once_by_each_rule() {
        let rules = [waits(1, 10), waits(2, 20)];
        let mut agenda = Agenda::default();
        agenda.expect(&rules, Some(at(100)));
        assert_eq!(agenda.rings_at, Some(at(110)));
        agenda.wait_considered(at(100), &rules, vec![due(1, 1)], at(111));
        agenda.expect(&rules, Some(at(100)));
        assert_eq!(agenda.rings_at, Some(at(120)));
        assert_eq!(agenda.not_looked_at(&rules, at(100)).len(), 1);
        assert_eq!(agenda.not_looked_at(&rules, at(500)).len(), 2, "another wait is another");
        agenda.wait_considered(at(100), &rules, Vec::new(), at(130));
        agenda.expect(&rules, Some(at(100)));
        assert_eq!(agenda.rings_at, None);
        agenda.expect(&rules, None);
        assert_eq!(agenda.rings_at, None);
    }

    proptest! {
        #[test]
        fn no_rule_acts_more_often_than_it_may(gaps in proptest::collection::vec(0i64..600, 1..200)) {
            let mut agenda = Agenda::default();
            let mut now = 0;
            for (seq, gap) in (1u64..).zip(&gaps) {
                now += gap;
                agenda.entry_considered(seq, vec![due(1, 1)], at(now));
            }
            let acted: Vec<Instant> = agenda.runs.iter().filter(|run| run.outcomes.is_empty()).map(|run| run.at).collect();
            prop_assert_eq!(agenda.runs.len(), gaps.len(), "what is stopped is recorded");
            for (first, start) in acted.iter().enumerate() {
                // Counted in hours that begin with a run: two of them may touch.
                let within = acted.iter().skip(first).take_while(|run| **run < start.after(COUNTED_FOR)).count();
                prop_assert!(within <= 2 * MOST_RUNS as usize);
            }
        }

        #[test]
        fn an_agenda_survives_being_written(seqs in proptest::collection::vec(1u64..50, 0..20), steps in 0usize..10) {
            let mut agenda = Agenda::default();
            for seq in seqs {
                agenda.entry_considered(seq, vec![due(u8::try_from(seq).unwrap_or(0), 3)], at(0));
            }
            (0..steps).for_each(|_| agenda.step_done(Outcome::Refused { code: "at_capacity".to_owned() }));
            let written = serde_json::to_string(&agenda).unwrap_or_default();
            prop_assert_eq!(serde_json::from_str::<Agenda>(&written).ok(), Some(agenda));
        }
    }
}
