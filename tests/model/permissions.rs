//! The whole table of roles, add-ons, capabilities and relations.

use super::cast::{self, START, ana, candidate, member, sara};
use super::history::{Tie, conversation};
use edgedesk::domain::conversation::command::{Actor, Command};
use edgedesk::domain::conversation::decide::decide;
use edgedesk::domain::conversation::event::{Event, FolderRef};
use edgedesk::domain::conversation::refusal::Refusal;
use edgedesk::domain::conversation::state::{Place, State};
use edgedesk::domain::conversation::status::Status;
use edgedesk::domain::people::member::{FolderRight, Member};
use edgedesk::domain::people::permission::{Capability, Denied, Scope, ScopeSet, permit, permit_company, scope_of};
use edgedesk::domain::people::role::{AddOn, Role};

const ADD_ONS: [AddOn; 7] = [
    AddOn::Dispenser,
    AddOn::Transfer,
    AddOn::IndependentOrders,
    AddOn::OrderAdmin,
    AddOn::PaymentReconciler,
    AddOn::ConversationReports,
    AddOn::PaymentReports,
];

const SCOPES: [Scope; 7] =
    [Scope::Own, Scope::Participating, Scope::Folder, Scope::FolderAssign, Scope::Team, Scope::Unassigned, Scope::All];

#[test]
fn what_a_view_does_not_reach_is_not_there() {
    for role in Role::ALL {
        for add_ons in ADD_ONS.iter().map(std::slice::from_ref).chain([[].as_slice(), &ADD_ONS]) {
            let member = member(1, "Ana", &[role], add_ons);
            for relation in subsets(&SCOPES) {
                let sees = reaches(&member, Capability::ConversationView, &relation);
                for capability in Capability::ALL.iter().copied() {
                    let expected = match (sees, reaches(&member, capability, &relation)) {
                        (false, _) => Err(Denied::NotVisible),
                        (true, false) => Err(Denied::Forbidden(capability)),
                        (true, true) => Ok(()),
                    };
                    let answer = permit(&member, capability, ScopeSet::of(&relation));
                    assert_eq!(answer, expected, "{role:?} {add_ons:?} {capability:?} {relation:?}");
                }
            }
        }
    }
}

#[test]
fn what_concerns_the_company_needs_more_than_ones_own() {
    for role in Role::ALL {
        let member = member(1, "Ana", &[role], &ADD_ONS);
        for capability in Capability::ALL.iter().copied() {
            let undivided = ["tenant.", "automation.", "agent.role", "agent.addons"]
                .iter()
                .any(|kind| capability.name().starts_with(kind));
            let granted = grants(&member)
                .filter(|(capabilities, _)| capabilities.contains(&capability))
                .any(|(_, scope)| scope.has(Scope::All) || (!undivided && scope.has(Scope::Team)));
            // Who is kept to the orders section does not learn what else there is.
            let expected = match (role, granted) {
                (Role::OrderPaymentAdmin, _) if !capability.is_of_orders() => Err(Denied::NotVisible),
                (_, true) => Ok(()),
                (_, false) => Err(Denied::Forbidden(capability)),
            };
            assert_eq!(permit_company(&member, capability), expected, "{role:?} {capability:?}");
        }
    }
}

#[test]
fn an_add_on_gives_nothing_to_a_role_that_does_not_carry_it() {
    for role in Role::ALL {
        for add_on in ADD_ONS {
            let (with, without) = (member(1, "Ana", &[role], &[add_on]), member(1, "Ana", &[role], &[]));
            let given = Capability::ALL.iter().filter(|c| scope_of(&with, **c) != scope_of(&without, **c));
            let given: Vec<&str> = given.map(|capability| capability.name()).collect();
            assert_eq!(given, adds(role, add_on), "{role:?} {add_on:?}");
        }
    }
}

/// What an add-on adds to a role (specification J2, J4–J6, J8–J10, K3–K5, N10), written down once more.
fn adds(role: Role, add_on: AddOn) -> &'static [&'static str] {
    let leads = matches!(role, Role::Supervisor | Role::SuperAgent);
    match (role, add_on) {
        (Role::Agent, AddOn::Dispenser) => &["conversation.assign_self"],
        (Role::Agent, AddOn::Transfer) => &["conversation.assign_other", "conversation.assign_team"],
        (Role::Agent | Role::ClientManager | Role::OrderPaymentAdmin, AddOn::IndependentOrders) => {
            &["order.create_independent"]
        }
        (_, AddOn::IndependentOrders) if leads => {
            &["order.view", "order.create_independent", "order.cancel", "order.delete", "order.comment"]
        }
        (_, AddOn::OrderAdmin) if leads => {
            &["order.view", "order.create_from_conversation", "order.cancel", "order.delete", "order.comment"]
        }
        (_, AddOn::PaymentReconciler) if leads => {
            &["order.view", "payment.reconcile", "payment.reject", "payment.reopen", "payment.comment"]
        }
        (Role::OrderPaymentAdmin, AddOn::PaymentReconciler) => {
            &["payment.reconcile", "payment.reject", "payment.reopen", "payment.comment"]
        }
        (_, AddOn::ConversationReports) if leads => &["report.conversations", "report.export"],
        (_, AddOn::PaymentReports) if leads || role == Role::OrderPaymentAdmin => &["report.payments", "report.export"],
        _ => &[],
    }
}

// spec: D1 D2 D3
#[test]
fn a_right_in_a_folder_reaches_that_folder_and_no_other() {
    let (mine, other) = (cast::folder(1), cast::folder(2));
    for role in Role::ALL {
        for (see_incoming, assign) in [(false, false), (true, false), (false, true), (true, true)] {
            let mut one = member(1, "Ana", &[role], &[]);
            let without = one.clone();
            one.folders = vec![FolderRight { folder: mine.id, see_incoming, assign }];
            let at = |folder: &FolderRef| Place { assignee: Some(sara().id), folder: Some(folder.id), team: None };
            let may =
                |who: &Member, capability, folder| permit(who, capability, at(folder).relation_to(who, false)).is_ok();
            for capability in Capability::ALL.iter().copied() {
                assert_eq!(may(&one, capability, &other), may(&without, capability, &other), "{role:?} {capability:?}");
            }
            let sees = may(&without, Capability::ConversationView, &mine) || (see_incoming && !role.confined());
            assert_eq!(may(&one, Capability::ConversationView, &mine), sees, "{role:?} {see_incoming}");
            let gives =
                may(&without, Capability::ConversationAssignOther, &mine) || (sees && assign && !role.confined());
            assert_eq!(
                may(&one, Capability::ConversationAssignOther, &mine),
                gives,
                "{role:?} {see_incoming} {assign}"
            );
        }
    }
}

// spec: D2 C3
#[test]
fn sorting_by_a_right_needs_it_at_both_ends() {
    let (mine, other) = (cast::folder(1), cast::folder(2));
    let mut ana = ana();
    let held = |folder: Option<FolderRef>| {
        let mut state = conversation(Status::Open, &cast::ana(), Tie::Holds);
        state.folder = folder;
        state
    };
    let sort = |who: &Member, state: &State, to: Option<&FolderRef>| {
        decide(state, &Actor::Agent(who.clone()), &Command::SetFolder { to: to.cloned() }, START)
    };
    assert!(sort(&ana, &held(None), Some(&mine)).is_err(), "she has no right anywhere");
    ana.folders = vec![FolderRight { folder: mine.id, see_incoming: false, assign: true }];
    for (from, to, allowed) in [
        (None, Some(&mine), true),
        (Some(&mine), None, true),
        (Some(&mine), Some(&mine), true),
        (None, Some(&other), false),
        (Some(&mine), Some(&other), false),
        (Some(&other), Some(&mine), false),
        (Some(&other), None, false),
        (None, None, false),
    ] {
        let answer = sort(&ana, &held(from.cloned()), to);
        assert_eq!(answer.is_ok(), allowed, "{from:?} {to:?} {answer:?}");
        assert!(sort(&sara(), &held(from.cloned()), to).is_ok(), "a supervisor sorts everywhere");
    }
}

// spec: I7
#[test]
fn whoever_leaves_hands_over_what_is_his_and_nothing_else() {
    let hand_over = |state: &State, from: &Member, to: Option<&Member>| {
        let command = Command::HandOver { from: from.id, to: to.map(candidate) };
        decide(state, &Actor::System, &command, START)
    };
    let held = conversation(Status::Open, &ana(), Tie::Holds);
    assert!(hand_over(&held, &ana(), Some(&sara())).is_ok_and(|events| assigns(&events, &sara())));
    assert!(hand_over(&held, &ana(), None).is_ok_and(|events| events.len() == 1));
    assert_eq!(hand_over(&held, &sara(), None), Ok(Vec::new()), "it is not hers");
    assert_eq!(hand_over(&held, &ana(), Some(&cast::adam())), Err(Refusal::NotAssignable));
    let closed = conversation(Status::Closed, &ana(), Tie::Holds);
    assert_eq!(hand_over(&closed, &ana(), None), Ok(Vec::new()), "what is over stays his");
    let command = Command::HandOver { from: ana().id, to: None };
    assert_eq!(decide(&held, &Actor::Agent(sara()), &command, START), Err(Refusal::NotFound));
}

// spec: N9
#[test]
fn another_role_or_add_on_takes_nothing_away() {
    for roles in subsets(&Role::ALL) {
        for more in Role::ALL {
            let fewer = member(1, "Ana", &roles, &ADD_ONS);
            let more = member(1, "Ana", &[roles.as_slice(), &[more]].concat(), &ADD_ONS);
            assert!(includes(&more, &fewer), "{:?}", more.roles);
        }
    }
    for role in Role::ALL {
        for add_ons in subsets(&ADD_ONS) {
            for more in ADD_ONS {
                let fewer = member(1, "Ana", &[role], &add_ons);
                let more = member(1, "Ana", &[role], &[add_ons.as_slice(), &[more]].concat());
                assert!(includes(&more, &fewer), "{role:?} {:?}", more.add_ons);
                assert_eq!(more.assignable(), fewer.assignable());
            }
        }
    }
}

#[test]
fn another_role_may_only_end_being_assigned_conversations() {
    assert!(!member(1, "Ana", &[], &ADD_ONS).assignable());
    for roles in subsets(&Role::ALL).filter(|roles| !roles.is_empty()) {
        let all_assignable = roles.iter().all(|role| role.assignable());
        assert_eq!(member(1, "Ana", &roles, &ADD_ONS).assignable(), all_assignable, "{roles:?}");
        for more in Role::ALL {
            let both = member(1, "Ana", &[roles.as_slice(), &[more]].concat(), &[]);
            assert_eq!(both.assignable(), all_assignable && more.assignable(), "{roles:?} {more:?}");
        }
    }
}

// spec: C26 N3
#[test]
fn an_administrator_is_never_assigned_a_conversation() {
    for others in subsets(&Role::ALL).filter(|roles| !roles.contains(&Role::Administrator)) {
        for add_ons in [[].as_slice(), &ADD_ONS] {
            let administrator = member(1, "Adam", &[others.as_slice(), &[Role::Administrator]].concat(), add_ons);
            for (path, answer) in ways_to_hold(&administrator) {
                let given = answer.is_ok_and(|events| assigns(&events, &administrator));
                assert!(!given, "{:?} through {path}", administrator.roles);
            }
        }
    }
    // The same without the one role.
    let supervisor = member(1, "Sara", &[Role::Supervisor], &[]);
    for (path, answer) in ways_to_hold(&supervisor) {
        assert!(answer.is_ok_and(|events| assigns(&events, &supervisor)), "{path}");
    }
}

/// Every way by which a member might come to hold a conversation, and what came of it.
fn ways_to_hold(member: &Member) -> Vec<(String, Result<Vec<Event>, Refusal>)> {
    let waiting = conversation(Status::New, member, Tie::None);
    let known = conversation(Status::Open, member, Tie::TookPart);
    let mut ways = Vec::new();
    for state in [&waiting, &known] {
        let mut ask = |path: String, who: &Member, command: Command| {
            ways.push((path, decide(state, &Actor::Agent(who.clone()), &command, START)));
        };
        let give = || Command::Assign { to: Some(candidate(member)), if_epoch: None, force: false };
        ask("the Dispenser".to_owned(), member, Command::Claim { dealt: true });
        ask("picking".to_owned(), member, Command::Claim { dealt: false });
        ask("giving it to himself".to_owned(), member, give());
        for role in [Role::Administrator, Role::Supervisor, Role::SuperAgent, Role::Stakeholder] {
            let giver = cast::member(2, "Giver", &[role], &[]);
            ask(format!("{role:?}"), &giver, give());
        }
    }
    let held = conversation(Status::Open, &ana(), Tie::Holds);
    let transfer = Command::Assign { to: Some(candidate(member)), if_epoch: Some(held.assignment_epoch), force: false };
    ways.push(("a transfer".to_owned(), decide(&held, &Actor::Agent(ana()), &transfer, START)));
    ways
}

#[test]
fn the_dispenser_alone_does_not_let_one_choose() {
    let waiting = conversation(Status::New, &ana(), Tie::None);
    let claim = |who: Member, dealt| decide(&waiting, &Actor::Agent(who), &Command::Claim { dealt }, START);
    assert!(claim(ana(), true).is_ok_and(|events| assigns(&events, &ana())));
    assert_eq!(claim(ana(), false), Err(Refusal::NotFound), "she does not see what she has not been dealt");
    assert!(claim(sara(), false).is_ok_and(|events| assigns(&events, &sara())));
}

fn assigns(events: &[Event], member: &Member) -> bool {
    let holds = |event: &Event| matches!(event, Event::Assignment { to: Some(agent), .. } if agent.id == member.id);
    events.iter().any(holds)
}

/// Whether a grant reaches a relation, read off the table without the arithmetic of scopes.
fn reaches(member: &Member, capability: Capability, relation: &[Scope]) -> bool {
    grants(member)
        .filter(|(capabilities, _)| capabilities.contains(&capability))
        .flat_map(|(_, scopes)| scopes.scopes())
        .any(|scope| scope == Scope::All || relation.contains(&scope))
}

fn grants(member: &Member) -> impl Iterator<Item = (&'static [Capability], ScopeSet)> {
    let hosted = |role: &Role| member.add_ons.iter().flat_map(|add_on| add_on.grants(*role)).collect::<Vec<_>>();
    member.roles.iter().flat_map(move |role| role.grants().iter().chain(hosted(role))).copied()
}

/// Whether one may do everything that another may.
fn includes(more: &Member, fewer: &Member) -> bool {
    Capability::ALL.iter().all(|capability| {
        let (more, fewer) = (scope_of(more, *capability), scope_of(fewer, *capability));
        more.with(fewer) == more
    })
}

fn subsets<T: Copy>(all: &[T]) -> impl Iterator<Item = Vec<T>> {
    (0u32..1 << all.len()).map(|bits| {
        let chosen = all.iter().enumerate().filter(|(index, _)| bits & (1 << index) != 0);
        chosen.map(|(_, item)| *item).collect()
    })
}
