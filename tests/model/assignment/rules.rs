//! What always holds, and what holds whenever nothing is under way.

use super::steps::{Setting, Step};
use super::world::{Conversation, LIMIT, Letter, Word, World, agent, rebuilt};
use stateright::{Model, Property};
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

pub const LIMITED: &str = "no agent has more conversations than he may have";
pub const BACKED: &str = "whoever has a conversation has a slot for it";
pub const FRESH: &str = "what is committed is for the epoch it is committed in";
pub const DERIVED: &str = "what the Desk derives follows from what it stores";
pub const CALM: &str = "a conversation is dealt again only after something has happened";
pub const BALANCED: &str = "at rest, slots and queue are what the conversations have and wait for";
pub const SERVED: &str = "at rest, nobody waits beside an agent who has room";
pub const RESTS: &str = "once nothing goes wrong any more, it comes to rest";

/// Why rest is a property of states, and not one of stateright's `eventually`: the checker takes a way back to a state
/// it has seen for neither an end nor a cycle, and where two ways join it goes on with what the first has met. Both can
/// only hide that something never happens; and no path has to come to rest while people and mishaps go on anyway. So
/// [`RESTS`] follows a state, two ways, through nothing but what is due; and what rest has to be like is asked of every
/// state at rest. A slot that is never freed, or a report that is never taken, is then found as a state that does not
/// come to rest, or as one that rests wrongly.
impl Model for Setting {
    type State = World;
    type Action = Step;

    /// Two new conversations; or the same when everybody has what he can have, and both closed.
    fn init_states(&self) -> Vec<World> {
        let new = World::new(self.budget);
        if self.new {
            return vec![new];
        }
        let sound = Self { mutant: None, ..self.clone() };
        let dealt = sound.rest(&new, <[Step]>::first);
        let closed = dealt.clone().and_then(|mut world| {
            world.conversations.iter_mut().for_each(Conversation::close);
            sound.rest(&world, <[Step]>::first)
        });
        dealt.into_iter().chain(closed).collect()
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        steps.extend(self.due(world));
        steps.extend(self.mishaps(world));
    }

    fn next_state(&self, world: &World, step: Step) -> Option<World> {
        Some(self.after(world, step))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(LIMITED, |setting: &Self, world: &World| {
                (0..setting.agents).all(|who| has(world, who) <= LIMIT)
            }),
            Property::always(BACKED, |_, world: &World| is_backed(world)),
            Property::always(FRESH, |_, world: &World| !world.stale),
            Property::always(CALM, |setting: &Self, world: &World| setting.is_calm(world)),
            Property::always(DERIVED, |setting: &Self, world: &World| {
                !setting.follows(world) || *world.desk == rebuilt(&world.desk, |_, _| {})
            }),
            Property::always(BALANCED, |_, world: &World| !world.rests() || is_balanced(world)),
            Property::always(SERVED, |setting: &Self, world: &World| !world.rests() || setting.is_served(world)),
            Property::always(RESTS, |setting: &Self, world: &World| {
                !setting.follows(world) || setting.comes_to_rest(world)
            }),
            Property::sometimes("two slots stand side by side", |_, world: &World| {
                (0..world.conversations.len()).any(|place| slots(world, place) > 1)
            }),
            Property::sometimes("a slot is given back", |_, world: &World| {
                let is_cancel = |letter: &Letter| matches!(letter.word, Word::Cancel(_));
                world.air.iter().any(is_cancel)
            }),
            Property::sometimes("somebody has nobody at rest", |_, world: &World| {
                world.rests() && world.conversations.iter().any(|it| !it.open || it.waits())
            }),
        ]
    }
}

impl Setting {
    fn is_calm(&self, world: &World) -> bool {
        let spent = self.budget.sum() - world.budget.sum();
        let epochs: u64 = world.conversations.iter().map(|conversation| conversation.tenure.epoch).sum();
        world.desk.reservations() <= epochs + u64::from(spent) + 2
    }

    fn is_served(&self, world: &World) -> bool {
        let room = |who: &usize| !world.away[*who] && has_at_all(world, *who) < LIMIT;
        !world.conversations.iter().any(Conversation::waits) || !(0..self.agents).any(|who| room(&who))
    }

    /// Whether this state is one of those that are followed. The same ones each time.
    fn follows(&self, world: &World) -> bool {
        if self.follow_one_in == 1 {
            return true;
        }
        let marks = world.conversations.each_ref().map(|it| (it.tenure.epoch, it.rev, it.handlers.len(), it.open));
        let mut hasher = DefaultHasher::new();
        (marks, world.desk.reservations(), world.air.len(), world.budget).hash(&mut hasher);
        hasher.finish().is_multiple_of(self.follow_one_in)
    }

    fn comes_to_rest(&self, world: &World) -> bool {
        self.rest(world, <[Step]>::first).is_some() && self.rest(world, <[Step]>::last).is_some()
    }
}

/// How many conversations an agent has that were not forced on him.
fn has(world: &World, who: usize) -> u32 {
    count(world, who, false)
}

fn has_at_all(world: &World, who: usize) -> u32 {
    count(world, who, true)
}

fn count(world: &World, who: usize, forced: bool) -> u32 {
    let of_his = world.conversations.iter().filter(|conversation| {
        conversation.tenure.holder.is_some_and(|holder| holder.agent == agent(who)) && (forced || !conversation.forced)
    });
    of_his.map(|_| 1).sum()
}

fn slots(world: &World, place: usize) -> usize {
    world.record(place).map_or(0, |record| record.slots.len())
}

fn is_backed(world: &World) -> bool {
    world.conversations.iter().enumerate().all(|(place, conversation)| {
        conversation.tenure.holder.is_none_or(|holder| {
            let slot = world.record(place).and_then(|record| record.slots.get(&holder.reservation));
            slot.is_some_and(|slot| slot.agent == holder.agent)
        })
    })
}

fn is_balanced(world: &World) -> bool {
    let waiting = world.conversations.iter().filter(|conversation| conversation.waits()).count();
    let each = world.conversations.iter().enumerate().all(|(place, conversation)| {
        let expected = usize::from(conversation.tenure.holder.is_some());
        let waiter = world.record(place).and_then(|record| record.waiter.as_ref());
        slots(world, place) == expected && waiter == conversation.told().stand(place).waits.as_ref()
    });
    each && usize::try_from(world.desk.waiting()) == Ok(waiting) && is_backed(world)
}
