//! A report made of facts: its figures as a whole, by what it is grouped by, over time, and over the week.

use super::measure::{Besides, Measures, Sample, Tally};
use super::period::{Interval, Period, date, start_of};
use crate::domain::people::hours::Civil;
use crate::domain::zone::Zone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the rows of a report are about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    #[default]
    Day,
    /// By its Monday.
    Week,
    Month,
    /// Of the day, from 0 to 23.
    Hour,
    /// From 1, Monday, to 7, Sunday.
    Weekday,
    /// Who did it, if an agent did; else whose conversation it was. Of orders, who made them.
    Agent,
    /// The team that the conversation belongs to now.
    Team,
    /// The folder that the conversation is in now.
    Folder,
    /// Each tag that the conversation has now: one with two counts for both.
    Tag,
    /// How the conversation came in.
    Channel,
    /// Where the order stands now.
    State,
    /// How the order was paid: one that was paid by two counts for both.
    Method,
    /// In which the order is.
    Currency,
}

impl Group {
    /// The part of the time that it stands for, where it does.
    #[must_use]
    pub const fn interval(self) -> Option<Interval> {
        match self {
            Self::Day => Some(Interval::Day),
            Self::Week => Some(Interval::Week),
            Self::Month => Some(Interval::Month),
            _ => None,
        }
    }

    /// What the column is called, in a file, that tells the rows apart.
    #[must_use]
    pub const fn column(self) -> &'static str {
        match self {
            Self::Day | Self::Week | Self::Month => "date",
            Self::Hour => "hour",
            Self::Weekday => "weekday",
            Self::Agent => "agent",
            Self::Team => "team",
            Self::Folder => "folder",
            Self::Tag => "tag",
            Self::Channel => "channel",
            Self::State => "state",
            Self::Method => "method",
            // Each line of such a file has a `currency`.
            Self::Currency => "of_currency",
        }
    }

    /// Whether a row stands for conversations at some place, which are known by their numbers.
    #[must_use]
    pub const fn is_of_places(self) -> bool {
        matches!(self, Self::Team | Self::Folder | Self::Tag | Self::Channel)
    }
}

/// A row of a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Row {
    /// A date, an hour, a day of the week, a channel's name, or an id; null for what has none.
    pub key: Option<String>,
    /// What it is called, where it is called anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(flatten)]
    pub measures: Measures,
}

/// Which conversations stand at which places, by numbers that the caller has given to these.
#[derive(Clone, Debug, Default)]
pub struct Places(Vec<(u32, u32)>);

impl Places {
    /// From pairs of a conversation's number and a place.
    #[must_use]
    pub fn new(mut pairs: Vec<(u32, u32)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        Self(pairs)
    }

    /// The places of a conversation.
    fn of(&self, number: u32) -> impl Iterator<Item = u32> {
        let first = self.0.partition_point(|(known, _)| *known < number);
        self.0.get(first..).unwrap_or_default().iter().take_while(move |(known, _)| *known == number).map(|(_, at)| *at)
    }
}

/// A report under way.
pub struct Summary<'a> {
    zone: &'a Zone,
    period: Period,
    group: Group,
    places: &'a Places,
    besides: Besides,
    totals: Tally,
    before: Tally,
    rows: BTreeMap<i64, Tally>,
    series: BTreeMap<i64, Tally>,
    /// What customers wrote, by day of the week and hour.
    heat: [[u32; 24]; 7],
}

/// What came of it; places and agents go by the caller's numbers.
pub struct Summed {
    pub totals: Measures,
    pub before: Measures,
    /// By what it is grouped by.
    pub rows: Vec<(i64, Measures)>,
    /// By [`Period::interval`].
    pub series: Vec<Row>,
    /// What customers wrote, by day of the week, from Monday, and by hour.
    pub heat: Vec<Vec<u32>>,
}

impl<'a> Summary<'a> {
    /// An empty report; `besides` what it tells of agents.
    #[must_use]
    pub fn new(zone: &'a Zone, period: Period, group: Group, places: &'a Places, besides: Besides) -> Self {
        Self {
            zone,
            period,
            group,
            places,
            besides,
            totals: Tally::default(),
            before: Tally::default(),
            rows: BTreeMap::new(),
            series: BTreeMap::new(),
            heat: [[0; 24]; 7],
        }
    }

    /// Takes in a fact of the period itself.
    pub fn add(&mut self, sample: &Sample) {
        use super::fact::Kind;
        let civil = self.zone.civil(sample.at);
        self.totals.add(sample);
        let part = start_of(civil.day(), self.period.interval());
        self.series.entry(part).or_default().add(sample);
        if sample.kind == Kind::CustomerMessage {
            let hours = index(Civil::weekday(civil.day()).saturating_sub(1)).and_then(|day| self.heat.get_mut(day));
            let cell = hours.and_then(|hours| hours.get_mut(index(civil.minute().div_euclid(60))?));
            if let Some(cell) = cell {
                *cell = cell.saturating_add(1);
            }
        }
        if self.group.is_of_places() {
            let mut at_any = false;
            for place in self.places.of(sample.number) {
                at_any = true;
                self.rows.entry(i64::from(place)).or_default().add(sample);
            }
            if at_any {
                return;
            }
        }
        let key = match self.group {
            Group::Day | Group::Week | Group::Month => {
                start_of(civil.day(), self.group.interval().unwrap_or(Interval::Day))
            }
            Group::Hour => civil.minute().div_euclid(60),
            Group::Weekday => Civil::weekday(civil.day()),
            Group::Agent => i64::from(sample.agent),
            _ => 0,
        };
        self.rows.entry(key).or_default().add(sample);
    }

    /// Takes in a fact of the period before.
    pub fn add_before(&mut self, sample: &Sample) {
        self.before.add(sample);
    }

    /// The report.
    #[must_use]
    pub fn finish(mut self) -> Summed {
        let besides = self.besides;
        for part in self.period.parts(self.period.interval()) {
            self.series.entry(part).or_default();
        }
        let keys = match self.group {
            Group::Hour => (0..24).collect(),
            Group::Weekday => (1..=7).collect(),
            group => group.interval().map(|interval| self.period.parts(interval)).unwrap_or_default(),
        };
        for key in keys {
            self.rows.entry(key).or_default();
        }
        let series = self.series.into_iter();
        let row =
            |(day, tally): (i64, Tally)| Row { key: Some(date(day)), name: None, measures: tally.measures(besides) };
        Summed {
            totals: self.totals.measures(besides),
            before: self.before.measures(besides),
            rows: self.rows.into_iter().map(|(key, tally)| (key, tally.measures(besides))).collect(),
            series: series.map(row).collect(),
            heat: self.heat.iter().map(|hours| hours.to_vec()).collect(),
        }
    }
}

fn index(number: i64) -> Option<usize> {
    usize::try_from(number).ok()
}
