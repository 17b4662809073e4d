//! Who may do what to an order (specification J1–J10, N10). The orders section is one of its own: whoever is confined to it
//! sees orders without seeing conversations.

use crate::domain::conversation::state::Place;
use crate::domain::id::AgentId;
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, Denied, Scope, ScopeSet, scope_of};
use serde::{Deserialize, Serialize};

/// Any of these lets one work on an order that one sees: ask its customer, note that he confirmed, ask for payment.
pub const WORK: &[Capability] =
    &[Capability::OrderEdit, Capability::OrderCreateFromConversation, Capability::OrderCreateIndependent];

/// Where an order is, as far as permissions go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPlace {
    /// Who made it; none where its customer did.
    pub made_by: Option<AgentId>,
    /// Where its conversation is; none for an order without one.
    pub conversation: Option<Place>,
}

impl OrderPlace {
    /// The relations in which a member stands to the order: to its conversation, and to what he made himself.
    #[must_use]
    pub fn relation_to(&self, member: &Member, participates: bool) -> ScopeSet {
        let own = if self.made_by == Some(member.id) { ScopeSet::of(&[Scope::Own]) } else { ScopeSet::NONE };
        match &self.conversation {
            Some(place) => place.relation_to(member, participates).with(own),
            None => own,
        }
    }
}

/// Decides whether a member may do one of these to an order to which he stands in `relation`.
///
/// # Errors
/// [`Denied::NotVisible`] when he may not see it, [`Denied::Forbidden`] when he may see it only.
pub fn permit_order(member: &Member, any_of: &[Capability], relation: ScopeSet) -> Result<(), Denied> {
    let relation = relation.with(ScopeSet::ALL);
    if !scope_of(member, Capability::OrderView).meets(relation) {
        return Err(Denied::NotVisible);
    }
    if any_of.iter().any(|capability| scope_of(member, *capability).meets(relation)) {
        return Ok(());
    }
    Err(any_of.first().map_or(Denied::NotVisible, |capability| Denied::Forbidden(*capability)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::people::member::with_roles as member;
    use crate::domain::people::role::{AddOn, Role};
    use Capability as C;

    /// Every verb by every role and add-on, for an order of somebody else's in a conversation of somebody else's.
    // spec: J1 J3 J4 J5 J6 J7 J8 J9 J11 N10 N11
    #[test]
    fn add_ons_mean_what_their_host_says() {
        let orders = [C::OrderCreateIndependent, C::OrderCancel, C::OrderDelete, C::OrderComment];
        let money = [C::PaymentReconcile, C::PaymentReject, C::PaymentReopen, C::PaymentComment];
        let all = |role, add_ons: &[AddOn], verbs: &[Capability]| {
            let who = member(&[role], add_ons);
            verbs.iter().filter(|verb| permit_order(&who, &[**verb], ScopeSet::NONE).is_ok()).count()
        };
        assert_eq!(all(Role::Administrator, &[], &orders), 4);
        assert_eq!(all(Role::Administrator, &[], &money), 4);
        assert_eq!(all(Role::Supervisor, &[], &orders), 0);
        assert_eq!(all(Role::Supervisor, &[AddOn::IndependentOrders], &orders), 4);
        assert_eq!(all(Role::Supervisor, &[AddOn::OrderAdmin], &orders), 3);
        assert_eq!(all(Role::Supervisor, &[AddOn::PaymentReconciler], &money), 4);
        assert_eq!(all(Role::OrderPaymentAdmin, &[], &orders), 2);
        assert_eq!(all(Role::OrderPaymentAdmin, &[AddOn::IndependentOrders], &orders), 3);
        assert_eq!(all(Role::OrderPaymentAdmin, &[], &money), 0);
        assert_eq!(all(Role::OrderPaymentAdmin, &[AddOn::PaymentReconciler], &money), 4);
        assert_eq!(all(Role::Stakeholder, &[], &[C::OrderView, C::OrderEdit, C::OrderCancel]), 3);
    }

    // spec: J1 J2
    #[test]
    fn an_agent_sees_his_own_orders_and_those_of_his_conversations() {
        let agent = member(&[Role::Agent], &[]);
        let elsewhere = OrderPlace { made_by: None, conversation: Some(Place::default()) };
        let relation = elsewhere.relation_to(&agent, false);
        assert_eq!(permit_order(&agent, &[C::OrderView], relation), Err(Denied::NotVisible));
        let own = OrderPlace { made_by: Some(agent.id), conversation: None };
        assert_eq!(permit_order(&agent, &[C::OrderEdit], own.relation_to(&agent, false)), Ok(()));
        assert_eq!(permit_order(&agent, &[C::OrderView], elsewhere.relation_to(&agent, true)), Ok(()));
        let forbidden = Err(Denied::Forbidden(C::OrderDelete));
        assert_eq!(permit_order(&agent, &[C::OrderDelete], own.relation_to(&agent, false)), forbidden);
    }
}
