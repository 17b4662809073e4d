//! When agents were there, for how long, and by their own word how.

use super::fact::{Fact, Kind};
use crate::domain::id::AgentId;
use crate::domain::time::Instant;
use crate::domain::zone::Zone;
use serde::{Deserialize, Serialize};

/// What somebody says of himself while a dashboard of his is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// Also where he has as many conversations as he may have.
    Online,
    Away,
    Busy,
}

impl How {
    /// What reports count it as.
    #[must_use]
    pub const fn kind(self) -> Kind {
        match self {
            Self::Online => Kind::Online,
            Self::Away => Kind::Away,
            Self::Busy => Kind::Busy,
        }
    }

    /// The name under which it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Away => "away",
            Self::Busy => "busy",
        }
    }
}

/// A stretch of time in which an agent was there and said the same of himself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// The Desk's count of them.
    pub id: u64,
    pub agent: AgentId,
    pub how: How,
    pub since: Instant,
    /// Its end; of one that goes on, until when that is known.
    pub until: Instant,
}

impl Stretch {
    /// Its facts: one for each day by the company's clock, with its end. A fact of this kind stands where it begins.
    pub fn facts(self, zone: &Zone) -> impl Iterator<Item = (Fact, Instant)> {
        let days = zone.civil(self.since).day()..=zone.civil(self.until).day();
        days.filter_map(move |day| {
            let from = zone.midnight(day).max(self.since);
            let until = zone.midnight(day.saturating_add(1)).min(self.until);
            let (kind, agent) = (self.how.kind(), Some(self.agent));
            let fact = Fact { seq: self.id, kind, at: from, agent, since: None, score: None };
            (from < until).then_some((fact, until))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    // spec: K7
    #[test]
    fn each_day_has_its_own_part_also_when_clocks_are_changed() {
        let at = |text| Instant::parse(text).unwrap();
        let paris = Zone::fixed(60).changing(at("2026-03-29T01:00:00Z"), 120);
        let parts = |since, until| {
            let (since, until, agent) = (at(since), at(until), AgentId::new(Uuid::from_u128(1)));
            let stretch = Stretch { id: 7, agent, how: How::Away, since, until };
            let told = |(fact, until): (Fact, Instant)| {
                assert_eq!((fact.seq, fact.kind, fact.agent), (7, Kind::Away, Some(agent)));
                (fact.at.to_string(), fact.at.until(until).as_seconds() / 60)
            };
            stretch.facts(&paris).map(told).collect::<Vec<_>>()
        };
        let part = |from: &str, minutes| (from.to_owned(), minutes);
        assert_eq!(parts("2026-03-27T08:00:00Z", "2026-03-27T08:00:00Z"), []);
        assert_eq!(
            parts("2026-03-27T08:00:00Z", "2026-03-27T23:00:00Z"),
            [part("2026-03-27T08:00:00.000Z", 900)],
            "until midnight"
        );
        assert_eq!(
            parts("2026-03-28T22:30:00Z", "2026-03-29T22:15:00Z"),
            [
                part("2026-03-28T22:30:00.000Z", 30),
                part("2026-03-28T23:00:00.000Z", 23 * 60),
                part("2026-03-29T22:00:00.000Z", 15)
            ]
        );
    }
}
