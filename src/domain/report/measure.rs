//! Counting and measuring.

use super::fact::Kind;
use crate::domain::time::Instant;
use serde::Serialize;
use std::collections::BTreeMap;

/// A fact, as a report reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    pub kind: Kind,
    /// To the minute.
    pub at: Instant,
    /// The conversation's number; 0 where nobody asked for it.
    pub number: u32,
    /// The agent, by the number that the facts know him under; 0 where there is none or nobody asked.
    pub agent: u32,
    /// What it took, in milliseconds by the clock that was asked for; of a rating, its score.
    pub value: i64,
}

/// Figures under way.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    counts: [u32; Kind::COUNT],
    first_response: Vec<i64>,
    resolution: Vec<i64>,
    waiting: Vec<i64>,
    /// The newest score of each conversation.
    scores: BTreeMap<u32, (Instant, i64)>,
    /// Conversations in which an agent answered, or that one closed; with repeats.
    handled: Vec<u32>,
    /// For how long agents were there, in milliseconds.
    online: i64,
    away: i64,
    busy: i64,
}

/// What is told of agents besides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Besides {
    /// How many conversations they handled.
    pub handled: bool,
    /// For how long they were there.
    pub attendance: bool,
}

/// The figures of a report.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Measures {
    /// Conversations that began.
    pub opened: u32,
    /// Times a conversation was closed.
    pub closed: u32,
    /// Times a closed conversation was taken up again.
    pub reopened: u32,
    /// Messages of customers.
    pub customer_messages: u32,
    /// Messages of agents to customers.
    pub replies: u32,
    /// From the beginning of a customer's conversation to the first answer of an agent.
    pub first_response: Spread,
    /// From the beginning of a conversation, or from when it was taken up again, until it was closed.
    pub resolution: Spread,
    /// From a customer's first unanswered message, or from when it was taken up again, to the answer of an agent.
    pub waiting: Spread,
    pub rating: Ratings,
    /// Conversations in which an agent answered, or which he closed; null but in reports on agents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversations: Option<u32>,
    /// For how long agents were there; null but in reports on agents that are not narrowed down by what conversations are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attendance: Option<Attendance>,
}

/// For how long dashboards of agents were open, in whole seconds, by what they said of themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Attendance {
    /// Ready for work, or full.
    pub online_seconds: i64,
    pub away_seconds: i64,
    /// Busy by their own word.
    pub busy_seconds: i64,
}

/// How long something took, in whole seconds; null where it never happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Spread {
    /// How often it was measured.
    pub count: u32,
    pub mean_seconds: Option<i64>,
    /// Half of them took no longer.
    pub median_seconds: Option<i64>,
    /// Nine in ten took no longer.
    pub p90_seconds: Option<i64>,
}

/// What customers said of how they were served; only the last word on each conversation counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Ratings {
    pub count: u32,
    /// In hundredths, from 100 (bad) to 500 (very good); null where nobody said anything.
    pub mean_hundredths: Option<i64>,
}

impl Tally {
    /// Takes a fact in.
    pub fn add(&mut self, sample: &Sample) {
        let at = usize::from(sample.kind.code()).saturating_sub(1);
        if let Some(count) = self.counts.get_mut(at) {
            *count = count.saturating_add(1);
        }
        match sample.kind {
            Kind::FirstResponse => self.first_response.push(sample.value),
            Kind::Wait => self.waiting.push(sample.value),
            Kind::Closed => {
                self.resolution.push(sample.value);
                self.handled.push(sample.number);
            }
            Kind::Reply => self.handled.push(sample.number),
            Kind::Online => self.online = self.online.saturating_add(sample.value),
            Kind::Away => self.away = self.away.saturating_add(sample.value),
            Kind::Busy => self.busy = self.busy.saturating_add(sample.value),
            Kind::Rated => {
                let score = self.scores.entry(sample.number).or_insert((sample.at, sample.value));
                if score.0 <= sample.at {
                    *score = (sample.at, sample.value);
                }
            }
            Kind::Opened | Kind::CustomerMessage | Kind::Reopened => {}
        }
    }

    /// The figures.
    #[must_use]
    pub fn measures(mut self, besides: Besides) -> Measures {
        let count =
            |kind: Kind| self.counts.get(usize::from(kind.code()).saturating_sub(1)).copied().unwrap_or_default();
        let (opened, closed, reopened) = (count(Kind::Opened), count(Kind::Closed), count(Kind::Reopened));
        let (customer_messages, replies) = (count(Kind::CustomerMessage), count(Kind::Reply));
        let conversations = besides.handled.then(|| {
            self.handled.sort_unstable();
            self.handled.dedup();
            length(self.handled.len())
        });
        let scores: i64 = self.scores.values().fold(0, |sum, (_, score)| sum.saturating_add(*score));
        let rated = self.scores.len();
        Measures {
            opened,
            closed,
            reopened,
            customer_messages,
            replies,
            first_response: Spread::of(self.first_response),
            resolution: Spread::of(self.resolution),
            waiting: Spread::of(self.waiting),
            rating: Ratings { count: length(rated), mean_hundredths: mean(scores.saturating_mul(100), rated) },
            conversations,
            attendance: besides.attendance.then(|| Attendance {
                online_seconds: seconds(self.online),
                away_seconds: seconds(self.away),
                busy_seconds: seconds(self.busy),
            }),
        }
    }
}

impl Spread {
    /// Of milliseconds.
    #[must_use]
    pub fn of(mut millis: Vec<i64>) -> Self {
        millis.sort_unstable();
        let count = millis.len();
        let at = |place: usize| millis.get(place).copied();
        let half = count.div_euclid(2);
        let median = match count.rem_euclid(2) {
            0 => at(half.wrapping_sub(1)).zip(at(half)).map(|(a, b)| a.saturating_add(b).div_euclid(2)),
            _ => at(half),
        };
        let p90 = at(count.saturating_mul(9).div_ceil(10).wrapping_sub(1));
        let sum = millis.iter().fold(0_i64, |sum, one| sum.saturating_add(*one));
        Self {
            count: length(count),
            mean_seconds: mean(sum, count).map(seconds),
            median_seconds: median.map(seconds),
            p90_seconds: p90.map(seconds),
        }
    }
}

/// Whole seconds, rounded half up.
const fn seconds(millis: i64) -> i64 {
    millis.saturating_add(500).div_euclid(1_000)
}

/// Rounded half up; none of nothing.
fn mean(sum: i64, count: usize) -> Option<i64> {
    let count = i64::try_from(count).ok().filter(|count| *count > 0)?;
    sum.saturating_mul(2).saturating_add(count).checked_div_euclid(count.saturating_mul(2))
}

fn length(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(kind: Kind, number: u32, value: i64) -> Sample {
        Sample { kind, at: Instant::default(), number, agent: 0, value }
    }

    // spec: K3
    #[test]
    fn means_medians_and_ninths() {
        let spread = |millis: &[i64]| Spread::of(millis.to_vec());
        assert_eq!(spread(&[]), Spread::default());
        let of = |count, mean, median, p90| Spread {
            count,
            mean_seconds: Some(mean),
            median_seconds: Some(median),
            p90_seconds: Some(p90),
        };
        assert_eq!(spread(&[1_500]), of(1, 2, 2, 2));
        assert_eq!(spread(&[3_000, 1_000]), of(2, 2, 2, 3));
        assert_eq!(spread(&(1..=10).map(|n| n * 1_000).collect::<Vec<_>>()), of(10, 6, 6, 9));
        assert_eq!(spread(&(1..=11).map(|n| n * 1_000).collect::<Vec<_>>()), of(11, 6, 6, 10));
    }

    #[test]
    fn the_last_word_counts_and_everything_once() {
        let mut tally = Tally::default();
        for one in [
            sample(Kind::Rated, 1, 1),
            sample(Kind::Rated, 1, 5),
            sample(Kind::Rated, 2, 4),
            sample(Kind::Reply, 1, 0),
            sample(Kind::Reply, 1, 0),
            sample(Kind::Closed, 2, 90_000),
        ] {
            tally.add(&one);
        }
        tally.add(&sample(Kind::Online, 0, 1_400));
        tally.add(&sample(Kind::Online, 0, 1_100));
        tally.add(&sample(Kind::Busy, 0, 60_000));
        let measures = tally.clone().measures(Besides { handled: true, attendance: true });
        assert_eq!(measures.rating, Ratings { count: 2, mean_hundredths: Some(450) });
        assert_eq!((measures.replies, measures.closed, measures.conversations), (2, 1, Some(2)));
        let attendance = Attendance { online_seconds: 3, away_seconds: 0, busy_seconds: 60 };
        assert_eq!(measures.attendance, Some(attendance), "rounded once");
        let plain = tally.measures(Besides::default());
        assert_eq!((plain.conversations, plain.attendance), (None, None));
    }
}
