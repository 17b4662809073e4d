//! The protocol with one rule broken at a time: the exploration has to find each of them out.

use super::one_agent;
use super::rules::{BACKED, BALANCED, CALM, LIMITED, RESTS, SERVED};
use super::steps::Setting;
use super::world::{Budget, NOTHING};
use stateright::{Checker, HasDiscoveries, Model};

/// A rule that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mutant {
    /// R1: an attempt is named after the epoch it is based on.
    EpochAsName,
    /// R2: a conversation has one slot, the one reserved last.
    SlotPerConversation,
    /// R3: whoever has too many gets another.
    NoLimit,
    /// R3: what is based on an older epoch than the Desk knows of is not refused.
    NoStaleRefusal,
    /// R4: a grant is committed whatever happened meanwhile.
    NoSecondLook,
    /// R4: a grant is committed whatever epoch it is based on.
    NoLookAtTheEpoch,
    /// R5: an offer is committed whatever epoch it is based on.
    AnyOffer,
    /// R5: a refused offer is only cancelled, and the Desk not told how the conversation stands.
    BareRefusal,
    /// R6: a report is taken whatever its age.
    AnyReport,
    /// R7: the conversation says whether it holds a reservation, and does nothing.
    OnlyAsks,
    /// R7: the waiting handler is dropped, but the epoch stays.
    NoBurning,
    /// R7: nobody looks after leases.
    NoSweeper,
    /// R8: a held slot is cancelled like any other.
    CancelsHeld,
    /// R9: what a cancelled reservation frees is not dealt.
    NoDealAfterCancel,
    /// R9: what a report frees or adds is not dealt.
    NoDealAfterReport,
}

/// What the protocol is for.
const PROMISES: [&str; 6] = [LIMITED, BACKED, BALANCED, SERVED, RESTS, CALM];

/// A promise that is broken, and after how many steps.
type Breach = Option<(&'static str, usize)>;

fn breach(setting: &Setting, within: usize) -> Breach {
    let checker = setting.clone().checker().finish_when(HasDiscoveries::AnyOf(PROMISES.into()));
    let checker = checker.target_max_depth(within + 1).spawn_bfs().join();
    let broken = checker.discoveries().into_iter().filter(|(name, _)| PROMISES.contains(name));
    broken.map(|(name, path)| (name, path.into_actions().len())).min_by_key(|(_, steps)| *steps)
}

/// The shortest way to a broken promise. The checker goes on to the end of a batch and keeps what it finds last, so that
/// it is asked again for a shorter one until there is none.
fn shortest_breach(setting: &Setting) -> Breach {
    let shorter = |longer: &(&str, usize)| breach(setting, longer.1);
    std::iter::successors(breach(setting, usize::MAX - 1), shorter).last()
}

/// A mutant breaks a promise where the protocol keeps all of them.
fn found_out(mutant: Mutant, setting: &Setting) {
    assert_eq!(breach(setting, usize::MAX - 1), None, "without the mutant");
    let (promise, steps) = shortest_breach(&Setting { mutant: Some(mutant), ..setting.clone() })
        .unwrap_or_else(|| panic!("{mutant:?} is not found out"));
    println!("{mutant:?}: after {steps} steps not \"{promise}\"");
}

#[test]
fn r1_an_epoch_is_no_name() {
    found_out(Mutant::EpochAsName, &one_agent(Budget { acts: 3, ..NOTHING }));
}

#[test]
fn r2_one_slot_is_not_enough_for_a_conversation() {
    found_out(Mutant::SlotPerConversation, &one_agent(Budget { acts: 2, ..NOTHING }));
}

#[test]
fn r3_the_limit_is_looked_at() {
    found_out(Mutant::NoLimit, &one_agent(Budget { acts: 1, ..NOTHING }));
}

#[test]
fn r4_a_grant_may_come_too_late() {
    found_out(Mutant::NoSecondLook, &one_agent(Budget { acts: 2, ..NOTHING }));
    found_out(Mutant::NoLookAtTheEpoch, &one_agent(Budget { acts: 2, ..NOTHING }));
}

#[test]
fn r5_an_offer_may_come_too_late() {
    found_out(Mutant::AnyOffer, &one_agent(Budget { acts: 1, losses: 1, ..NOTHING }));
    found_out(Mutant::BareRefusal, &one_agent(Budget { acts: 2, ..NOTHING }));
}

#[test]
fn r6_reports_come_in_any_order() {
    found_out(Mutant::AnyReport, &one_agent(Budget { acts: 1, repeats: 1, ..NOTHING }));
}

#[test]
fn r7_a_lease_is_settled() {
    found_out(Mutant::OnlyAsks, &one_agent(Budget { acts: 1, haste: 1, ..NOTHING }));
    found_out(Mutant::NoBurning, &one_agent(Budget { acts: 1, haste: 1, ..NOTHING }));
    found_out(Mutant::NoSweeper, &one_agent(Budget { acts: 1, losses: 1, ..NOTHING }));
}

#[test]
fn r9_what_is_free_is_dealt() {
    found_out(Mutant::NoDealAfterReport, &one_agent(Budget { acts: 1, ..NOTHING }));
    found_out(Mutant::NoDealAfterCancel, &one_agent(Budget { acts: 2, losses: 1, ..NOTHING }));
}

/// Belts beside braces: nothing that was explored breaks without them. Should this fail, they are braces.
#[test]
#[ignore = "takes minutes"]
fn r3_and_r8_the_belts() {
    for mutant in [Mutant::NoStaleRefusal, Mutant::CancelsHeld] {
        for budget in [
            Budget { acts: 4, ..NOTHING },
            Budget { acts: 3, losses: 1, ..NOTHING },
            Budget { acts: 3, repeats: 1, ..NOTHING },
            Budget { acts: 3, crashes: 1, ..NOTHING },
            Budget { acts: 2, haste: 1, repeats: 1, ..NOTHING },
            Budget { acts: 2, haste: 1, losses: 1, ..NOTHING },
        ] {
            let setting = Setting { mutant: Some(mutant), ..one_agent(budget) };
            assert_eq!(shortest_breach(&setting), None, "{setting:?}");
        }
    }
}
