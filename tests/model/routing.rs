//! Who gets a waiting conversation: never somebody who cannot take it, always somebody if anybody can, and fairly.

use super::cast::{folder, member, team, tries};
use edgedesk::domain::assignment::message::Need;
use edgedesk::domain::assignment::routing::{Colleague, Hand, choose};
use edgedesk::domain::id::AgentId;
use edgedesk::domain::people::member::FolderRight;
use edgedesk::domain::people::role::{AddOn, Role};
use edgedesk::domain::people::settings::AssignmentPolicy;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::collections::BTreeMap;

const POLICIES: [AssignmentPolicy; 3] =
    [AssignmentPolicy::Off, AssignmentPolicy::RoundRobin, AssignmentPolicy::Balanced];

/// A colleague, and what he is doing.
#[derive(Clone, Debug)]
struct Desk {
    colleague: Colleague,
    available: bool,
    load: u32,
    last_dealt: u64,
}

impl Desk {
    fn hand(&self) -> Hand<'_> {
        let Self { colleague, available, load, last_dealt } = self;
        Hand { colleague, available: *available, load: *load, last_dealt: *last_dealt }
    }

    fn id(&self) -> AgentId {
        self.colleague.member.id
    }

    /// What [`Hand::is_free`] should say.
    fn is_free(&self) -> bool {
        let Colleague { member, active, limit, .. } = &self.colleague;
        *active && member.assignable() && self.available && self.load < *limit
    }

    fn speaks(&self, need: &Need) -> bool {
        let primary = |language: &str| language.get(..2).map(str::to_ascii_lowercase);
        need.language.is_empty() || primary(&self.colleague.language) == primary(&need.language)
    }
}

fn chosen<'a>(policy: AssignmentPolicy, need: &Need, desks: &'a [Desk]) -> Option<&'a Desk> {
    let id = choose(policy, need, desks.iter().map(Desk::hand))?;
    Some(desks.iter().find(|desk| desk.id() == id).expect("somebody from elsewhere was chosen"))
}

/// Those among whom a policy decides.
fn candidates<'a>(need: &Need, desks: &'a [Desk]) -> impl Iterator<Item = &'a Desk> {
    let need = without_deserted_team(need, desks);
    desks.iter().filter(move |desk| desk.is_free() && desk.colleague.serves(&need))
}

/// A team none of whose people can be assigned anything holds nothing up.
fn without_deserted_team(need: &Need, desks: &[Desk]) -> Need {
    let works = |desk: &&Desk| desk.colleague.active && desk.colleague.member.assignable();
    let of_team = |team| desks.iter().filter(works).any(|desk| desk.colleague.member.teams.contains(&team));
    Need { team: need.team.filter(|team| of_team(*team)), ..need.clone() }
}

fn preferred<'a>(need: &Need, desks: &'a [Desk]) -> Option<&'a Desk> {
    desks.iter().find(|desk| desk.is_free() && need.prefers == Some(desk.id()))
}

proptest! {
    #![proptest_config(tries(2_000))]

    #[test]
    fn only_somebody_who_can_take_it_gets_it(policy in select(&POLICIES), (desks, need) in office()) {
        let Some(desk) = chosen(policy, &need, &desks) else { return Ok(()) };
        prop_assert!(desk.available && desk.colleague.active && desk.colleague.member.assignable());
        prop_assert!(desk.load < desk.colleague.limit);
        prop_assert!(need.prefers == Some(desk.id()) || desk.colleague.serves(&without_deserted_team(&need, &desks)));
    }

    #[test]
    fn somebody_gets_it_if_anybody_can(policy in select(&POLICIES), (desks, need) in office()) {
        let dealt = policy != AssignmentPolicy::Off && candidates(&need, &desks).next().is_some();
        let anybody = preferred(&need, &desks).is_some() || dealt;
        prop_assert_eq!(chosen(policy, &need, &desks).is_some(), anybody);
    }

    #[test]
    fn whoever_is_preferred_comes_first(policy in select(&POLICIES), (desks, need) in office()) {
        if let Some(desk) = preferred(&need, &desks) {
            prop_assert_eq!(chosen(policy, &need, &desks).map(Desk::id), Some(desk.id()));
        }
    }

    #[test]
    fn nobody_else_gets_one_as_long_as_agents_take_them((desks, need) in office()) {
        let got = chosen(AssignmentPolicy::Off, &need, &desks).map(Desk::id);
        prop_assert_eq!(got, preferred(&need, &desks).map(Desk::id));
    }

    /// Nobody comes before him by business unit, by language within one, or because he himself had it for too long.
    #[test]
    fn whoever_fits_best_gets_it(policy in select(&POLICIES), (desks, need) in office()) {
        let Some(got) = chosen(policy, &need, &desks).filter(|_| preferred(&need, &desks).is_none()) else {
            return Ok(());
        };
        let avoided = |desk: &Desk| need.avoids == Some(desk.id());
        for other in candidates(&need, &desks).filter(|other| other.id() != got.id()) {
            prop_assert!(!avoided(got));
            prop_assert!(avoided(other) || got.colleague.unit_rank <= other.colleague.unit_rank);
            let same_unit = got.colleague.unit_rank == other.colleague.unit_rank;
            prop_assert!(avoided(other) || !same_unit || got.speaks(&need) || !other.speaks(&need));
        }
    }

    #[test]
    fn balanced_gives_it_to_whoever_has_the_fewest((desks, need) in office()) {
        let Some(got) = chosen(AssignmentPolicy::Balanced, &need, &desks) else { return Ok(()) };
        let equals = candidates(&need, &desks).filter(|other| {
            other.colleague.unit_rank == got.colleague.unit_rank
                && other.speaks(&need) == got.speaks(&need)
                && need.avoids != Some(other.id())
        });
        for other in equals.filter(|_| need.prefers != Some(got.id())) {
            prop_assert!(got.load <= other.load);
            prop_assert!(got.load < other.load || got.last_dealt <= other.last_dealt);
        }
    }

    /// Among equals, whatever they have and whoever got one last.
    #[test]
    fn round_robin_gives_everybody_one_before_anybody_two(
        past in vec((0u32..5, 0u64..5), 1..6),
        rounds in 1usize..4,
    ) {
        let mut desks: Vec<_> = (0u128..).zip(&past).map(|(number, (load, last_dealt))| {
            let colleague = Colleague {
                member: member(number, "Agent", &[Role::Agent], &[]),
                active: true,
                language: "en".to_owned(),
                limit: 100,
                unit_rank: 0,
            };
            Desk { colleague, available: true, load: *load, last_dealt: *last_dealt }
        }).collect();
        let mut dealt = BTreeMap::new();
        for deal in 0..rounds * desks.len() {
            let id = chosen(AssignmentPolicy::RoundRobin, &Need::default(), &desks).map(Desk::id);
            let desk = desks.iter_mut().find(|desk| Some(desk.id()) == id).expect("everybody is free");
            (desk.load, desk.last_dealt) = (desk.load + 1, 100 + deal as u64);
            *dealt.entry(desk.id()).or_insert(0) += 1;
            let round = deal / past.len() + 1;
            prop_assert!(dealt.values().all(|got| *got <= round), "{:?}", dealt);
        }
        prop_assert!(dealt.len() == past.len() && dealt.values().all(|got| *got == rounds), "{:?}", dealt);
    }
}

/// Some colleagues, and a conversation for one of them.
fn office() -> impl Strategy<Value = (Vec<Desk>, Need)> {
    vec(any::<u8>(), 0..6).prop_flat_map(|places| {
        let count = places.len();
        let desks: Vec<_> = (0..count).map(|number| desk(number as u128)).collect();
        (desks, need(count as u128))
    })
}

fn desk(number: u128) -> impl Strategy<Value = Desk> {
    let member = (
        select(vec![
            Role::Agent,
            Role::Agent,
            Role::Supervisor,
            Role::AgentManager,
            Role::Administrator,
            Role::Compliance,
        ]),
        subsequence(vec![AddOn::Dispenser, AddOn::Transfer], 0..=2),
        subsequence(vec![team(0).id, team(1).id], 0..=2),
        vec((0u128..2, any::<bool>(), any::<bool>()), 0..3),
    )
        .prop_map(move |(role, add_ons, teams, rights)| {
            let mut member = member(number, "Agent", &[role], &add_ons);
            member.teams = teams;
            let right =
                |(number, see_incoming, assign)| FolderRight { folder: folder(number).id, see_incoming, assign };
            member.folders = rights.into_iter().map(right).collect();
            member
        });
    let colleague = (member, prop::bool::weighted(0.8), language(), 0u32..4, 0u32..2).prop_map(
        |(member, active, language, limit, unit_rank)| Colleague { member, active, language, limit, unit_rank },
    );
    (colleague, prop::bool::weighted(0.8), 0u32..4, 0u64..4).prop_map(|(colleague, available, load, last_dealt)| Desk {
        colleague,
        available,
        load,
        last_dealt,
    })
}

fn need(count: u128) -> impl Strategy<Value = Need> {
    let somebody = move || proptest::option::of((0..=count).prop_map(|number| member(number, "Agent", &[], &[]).id));
    let place = (proptest::option::weighted(0.3, 0u128..2), proptest::option::weighted(0.3, 0u128..2));
    (place, language(), somebody(), somebody()).prop_map(|((in_folder, in_team), language, prefers, avoids)| Need {
        folder: in_folder.map(|number| folder(number).id),
        team: in_team.map(|number| team(number).id),
        language,
        prefers,
        avoids,
    })
}

fn language() -> impl Strategy<Value = String> {
    select(vec!["", "en", "de", "de-AT", "DE_ch"]).prop_map(str::to_owned)
}
