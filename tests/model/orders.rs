//! Orders and payments after any sequence of deeds, against a naive bookkeeper who writes every coin down.

use edgedesk::domain::order::state::{
    Method, OrderDeed, OrderState, PaymentDeed, PaymentState, Standing, Sums, settled, sums,
};
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

const TOTAL: i64 = 100;
const MOST_PAYMENTS: usize = 4;

/// What is done.
#[derive(Clone, Debug)]
enum Deed {
    Order(OrderDeed),
    Ask(Method, i64),
    Payment(usize, PaymentDeed),
}

/// The bookkeeper: for each payment, what came in and whether it counts and was found at the bank.
#[derive(Clone, Debug, Default)]
struct Book {
    confirmed: bool,
    over: bool,
    entries: Vec<Entry>,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    asked: i64,
    came: i64,
    counts: bool,
    found: bool,
    times_found: u32,
    waits: bool,
}

impl Book {
    fn paid(&self) -> i64 {
        self.entries.iter().filter(|entry| entry.counts).map(|entry| entry.came).sum()
    }

    fn found(&self) -> i64 {
        self.entries.iter().filter(|entry| entry.counts && entry.found).map(|entry| entry.came).sum()
    }
}

impl ReferenceStateMachine for Book {
    type State = Self;
    type Transition = Deed;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self::default()).boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Deed> {
        let order = prop_oneof![
            4 => Just(OrderDeed::Confirm),
            2 => Just(OrderDeed::Offer),
            1 => Just(OrderDeed::Edit),
            1 => Just(OrderDeed::Decline),
            1 => Just(OrderDeed::Expire),
            2 => Just(OrderDeed::Cancel),
        ];
        let method = prop_oneof![Just(Method::Card), Just(Method::Transfer), Just(Method::CashOnDelivery)];
        let payment = prop_oneof![
            (1i64..=150).prop_map(PaymentDeed::Receive),
            Just(PaymentDeed::Reconcile),
            Just(PaymentDeed::Reconcile),
            Just(PaymentDeed::Reject),
            Just(PaymentDeed::Reopen),
            Just(PaymentDeed::Fail),
            Just(PaymentDeed::Cancel),
            Just(PaymentDeed::GiveBack),
        ];
        prop_oneof![
            2 => order.prop_map(Deed::Order),
            2 => (method, 1i64..=TOTAL).prop_map(|(method, amount)| Deed::Ask(method, amount)),
            6 => (0..MOST_PAYMENTS, payment).prop_map(|(at, deed)| Deed::Payment(at, deed)),
        ]
        .boxed()
    }

    /// The bookkeeper writes down what he sees happen; whether it happens, the shop says ([`Shop::apply`]).
    fn apply(state: Self, _: &Deed) -> Self {
        state
    }
}

/// The domain's own words for it.
struct Shop {
    state: OrderState,
    payments: Vec<Standing>,
    book: Book,
}

impl Shop {
    fn sums(&self) -> Sums {
        sums(&self.payments)
    }

    fn settle(&mut self) {
        self.state = settled(self.state, TOTAL, &self.payments);
    }

    fn order(&mut self, deed: OrderDeed) {
        let before = (self.state, self.payments.clone());
        let Ok(next) = self.state.after(deed, self.sums(), TOTAL) else {
            assert_eq!(before, (self.state, self.payments.clone()), "a refusal changes nothing");
            return;
        };
        self.state = next;
        match deed {
            OrderDeed::Confirm => self.book.confirmed = true,
            OrderDeed::Cancel | OrderDeed::Expire => {
                assert_eq!(self.book.paid(), 0, "nothing is called off for which money has come");
                self.book.over = true;
                for (payment, entry) in self.payments.iter_mut().zip(&mut self.book.entries) {
                    if let Ok(cancelled) = payment.after(PaymentDeed::Cancel) {
                        *payment = cancelled;
                        entry.waits = false;
                    }
                }
            }
            OrderDeed::Decline => self.book.over = true,
            OrderDeed::Edit | OrderDeed::Offer | OrderDeed::AskPayment => {}
        }
    }

    fn ask(&mut self, method: Method, amount: i64) {
        if self.payments.len() >= MOST_PAYMENTS {
            return;
        }
        if self.state.after(OrderDeed::AskPayment, self.sums(), TOTAL).is_err() {
            return;
        }
        assert!(self.book.confirmed && !self.book.over, "only what is confirmed is paid");
        assert!(self.book.paid() < TOTAL, "what is paid in full is not paid again");
        self.payments.push(Standing { method, state: PaymentState::Awaiting, amount, received: 0 });
        let entry = Entry { asked: amount, came: 0, counts: false, found: false, times_found: 0, waits: true };
        self.book.entries.push(entry);
        self.settle();
    }

    fn pay(&mut self, at: usize, deed: PaymentDeed) {
        let Some(payment) = self.payments.get(at).copied() else { return };
        let Ok(next) = payment.after(deed) else { return };
        let entry = &mut self.book.entries[at];
        match deed {
            PaymentDeed::Receive(amount) => {
                assert!(entry.came == 0, "money comes once");
                (entry.came, entry.counts, entry.waits) = (amount, true, false);
            }
            PaymentDeed::Reconcile => {
                assert!(!entry.found, "nothing is found that was found");
                if entry.came == 0 {
                    assert_ne!(payment.method, Method::Card);
                    entry.came = entry.asked;
                }
                entry.times_found += 1;
                (entry.counts, entry.found, entry.waits) = (true, true, false);
            }
            PaymentDeed::Reject => (entry.counts, entry.waits) = (false, false),
            PaymentDeed::Reopen => (entry.counts, entry.waits) = (entry.came > 0, entry.came == 0),
            PaymentDeed::Fail | PaymentDeed::Cancel => entry.waits = false,
            // What went back and comes to count again has to be found anew.
            PaymentDeed::GiveBack => (entry.counts, entry.found, entry.times_found) = (false, false, 0),
        }
        self.payments[at] = next;
        self.settle();
    }
}

struct Orders;

impl StateMachineTest for Orders {
    type SystemUnderTest = Shop;
    type Reference = Book;

    fn init_test(book: &Book) -> Shop {
        Shop { state: OrderState::Draft, payments: Vec::new(), book: book.clone() }
    }

    fn apply(mut shop: Shop, _: &Book, deed: Deed) -> Shop {
        match deed {
            Deed::Order(deed) => shop.order(deed),
            Deed::Ask(method, amount) => shop.ask(method, amount),
            Deed::Payment(at, deed) => shop.pay(at, deed),
        }
        shop
    }

    fn check_invariants(shop: &Shop, _: &Book) {
        let Sums { paid, reconciled } = shop.sums();
        assert_eq!((paid, reconciled), (shop.book.paid(), shop.book.found()), "every coin is in the book");
        assert!(shop.book.entries.iter().all(|entry| entry.times_found <= 1), "nothing is reconciled twice");
        let waits = shop.payments.iter().filter(|one| one.state == PaymentState::Awaiting).count();
        assert_eq!(waits, shop.book.entries.iter().filter(|entry| entry.waits).count());
        match shop.state {
            OrderState::Reconciled => assert!(reconciled >= TOTAL && reconciled == paid),
            OrderState::Paid => assert!(paid >= TOTAL && reconciled < paid),
            OrderState::AwaitingPayment | OrderState::Rejected => assert!(paid < TOTAL),
            OrderState::Cancelled | OrderState::Expired | OrderState::Declined => assert!(shop.book.over),
            OrderState::Requested | OrderState::Draft | OrderState::Offered => assert!(!shop.book.confirmed),
        }
        if shop.book.over {
            assert!(!shop.state.is_confirmed(), "what is called off stays so, whatever is paid for it");
        }
    }
}

prop_state_machine! {
    // spec: J12 J13
    #[test]
    fn whatever_is_done_every_coin_is_accounted_for(sequential 1..60 => Orders);
}
