//! The whole of an assignment, explored: two conversations and the Desk as the domain has them, between them messages
//! that are late, lost, repeated or out of order, crashes of either side, and people who do not wait.
//!
//! # Layout
//!
//! - [`world`]: one state of all of it.
//! - [`steps`]: what may happen next, and how much of it.
//! - [`turns`]: what the two objects do with it, by the domain's own code.
//! - [`rules`]: what has to hold.
//! - [`mutants`]: the protocol with one rule broken at a time.
//!
//! What takes minutes is left out of `cargo test`:
//! `cargo test --release --test model -- --ignored --nocapture assignment`.

mod mutants;
mod rules;
mod steps;
mod turns;
mod world;

use self::steps::Setting;
use self::world::{Budget, NOTHING};
use edgedesk::domain::assignment::message::Mode;
use stateright::{Checker, Model};
use std::time::Instant;

/// Two conversations want one agent, who may have one.
fn one_agent(budget: Budget) -> Setting {
    let modes = &[Mode::ByHand];
    Setting { agents: 1, modes, folders: false, new: false, budget, mutant: None, follow_one_in: 1 }
}

/// Two conversations, and two agents who may have one each.
fn two_agents(budget: Budget) -> Setting {
    Setting { agents: 2, ..one_agent(budget) }
}

/// Explores all of it, and says how many states there were: fewer than expected are a model that has lost something.
fn explore(setting: &Setting, at_least: usize) {
    let begin = Instant::now();
    let checker = setting.clone().checker().threads(2).spawn_dfs().join();
    let states = checker.unique_state_count();
    println!("{states} states in {:.1?}: {setting:?}", begin.elapsed());
    checker.assert_properties();
    assert!(states >= at_least, "only {states} states");
}

#[test]
fn one_agent_and_a_mishap() {
    explore(&one_agent(Budget { acts: 3, ..NOTHING }), 8_000);
    explore(&one_agent(Budget { acts: 2, losses: 1, ..NOTHING }), 8_000);
    explore(&one_agent(Budget { acts: 2, repeats: 1, ..NOTHING }), 3_000);
    explore(&one_agent(Budget { acts: 2, crashes: 1, ..NOTHING }), 11_000);
    explore(&one_agent(Budget { acts: 2, haste: 1, ..NOTHING }), 30_000);
}

#[test]
fn one_agent_and_two_mishaps() {
    explore(&one_agent(Budget { acts: 2, losses: 1, repeats: 1, ..NOTHING }), 50_000);
}

#[test]
fn two_agents_and_a_mishap() {
    explore(&two_agents(Budget { acts: 3, ..NOTHING }), 20_000);
    explore(&two_agents(Budget { acts: 2, losses: 1, ..NOTHING }), 13_000);
    explore(&two_agents(Budget { acts: 2, repeats: 1, ..NOTHING }), 4_000);
    explore(&two_agents(Budget { acts: 2, crashes: 1, ..NOTHING }), 40_000);
    explore(&two_agents(Budget { acts: 2, haste: 1, ..NOTHING }), 45_000);
}

#[test]
fn new_conversations() {
    let new = |budget| Setting { new: true, ..one_agent(budget) };
    explore(&new(Budget { acts: 2, ..NOTHING }), 13_000);
    explore(&new(Budget { acts: 1, losses: 1, ..NOTHING }), 16_000);
    explore(&new(Budget { acts: 1, repeats: 1, ..NOTHING }), 5_000);
    explore(&new(Budget { acts: 1, crashes: 1, ..NOTHING }), 22_000);
}

#[test]
fn agents_who_come_and_go_and_get_back_what_was_theirs() {
    let modes = &[Mode::ByHand, Mode::Return];
    let budget = Budget { acts: 2, absences: 1, ..NOTHING };
    explore(&Setting { modes, ..one_agent(Budget { absences: 2, losses: 1, ..budget }) }, 30_000);
    explore(&Setting { modes, ..two_agents(budget) }, 4_000);
}

#[test]
fn conversations_forced_on_an_agent() {
    let modes = &[Mode::ByHand, Mode::Forced];
    explore(&Setting { modes, ..one_agent(Budget { acts: 3, ..NOTHING }) }, 12_000);
}

#[test]
fn conversations_moved_between_folders() {
    let moved = |budget| Setting { folders: true, ..one_agent(budget) };
    explore(&moved(Budget { acts: 2, losses: 1, ..NOTHING }), 11_000);
    explore(&moved(Budget { acts: 2, repeats: 1, ..NOTHING }), 4_000);
}

/// As much at once as is feasible. Of so many states some are followed until they rest; rest is looked at in all.
#[test]
#[ignore = "takes minutes"]
fn several_mishaps_at_once() {
    let sampled = |setting: Setting| Setting { follow_one_in: 64, ..setting };
    let any = Budget { acts: 2, losses: 1, repeats: 1, crashes: 1, haste: 1, ..NOTHING };
    explore(&sampled(one_agent(Budget { crashes: 0, ..any })), 4_000_000);
    explore(&sampled(one_agent(Budget { repeats: 0, ..any })), 2_800_000);
    explore(&sampled(two_agents(Budget { haste: 0, ..any })), 3_900_000);
    explore(&sampled(two_agents(Budget { losses: 0, crashes: 0, ..any })), 380_000);
    explore(&sampled(one_agent(Budget { acts: 3, haste: 1, ..NOTHING })), 570_000);
    explore(&sampled(two_agents(Budget { acts: 4, ..NOTHING })), 340_000);
    let new = Budget { acts: 1, losses: 1, haste: 1, ..NOTHING };
    explore(&sampled(Setting { new: true, ..one_agent(new) }), 1_000_000);
    let modes = &[Mode::ByHand, Mode::Forced, Mode::Return];
    let mixed = Budget { acts: 3, absences: 1, losses: 1, ..NOTHING };
    explore(&sampled(Setting { modes, folders: true, ..one_agent(mixed) }), 660_000);
}
