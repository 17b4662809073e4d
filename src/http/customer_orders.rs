//! Orders as their customers work with them: ask for something of the catalogue, confirm or decline, and see how to pay.

use super::body::{Form, Json};
use super::customer_page::{ask as ask_conversation, both, company_of, or_dead_link};
use super::orders::input::NOTE_CHARACTERS;
use super::orders::require_time;
use super::pages::see_other;
use super::payments::{ask as ask_payment, opened, require_provider};
use super::problem::{Answer, Problem};
use super::public_order::{PublicOrder, PublicPayment, PublicState};
use super::reader::Reader;
use super::repeat::hash;
use super::session::{Customer, Here};
use crate::domain::conversation::event::{Author, Contact};
use crate::domain::id::{CatalogItemId, ClientId, ConversationId, OrderId, PaymentId};
use crate::domain::input::{self, FieldError};
use crate::domain::order::line::{self, Line};
use crate::domain::order::state::{Method, OrderDeed, OrderState, PaymentState};
use crate::domain::order::step::{Card, OrderWhat};
use crate::domain::time::{Instant, Span};
use crate::effects::orders::{Change, Changing, Loaded, Note};
use crate::effects::payments::{self as effect, Asked};
use crate::objects::conversation_do::protocol::ConversationRequest;
use crate::pages::conversation::PageAnswer;
use crate::platform::random;
use crate::store::orders::{Billing, ConversationName, NewOrder, OrderRecord};
use crate::store::payments::PaymentRecord;
use crate::store::profiles::Profile;
use crate::store::{catalog, conversations, db, order_requests, orders, payments};
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use worker::D1Database;

/// Most of one thing that a customer asks for by himself.
const MOST_ASKED: u32 = 9_999;
/// Orders that a customer may have asked for in one conversation without anybody having answered.
const MOST_OPEN: usize = 20;
/// Orders that his page shows, the newest ones.
const SHOWN: u32 = 50;

/// What a customer would like to have.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: ClientId,
    /// Something that was sent into this conversation.
    item_id: CatalogItemId,
    /// From 1 to 9,999.
    quantity: u32,
    /// At most 2,000 characters.
    #[serde(default)]
    note: String,
}

/// What a customer says to an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OrderAnswer)]
pub enum Said {
    Confirmed,
    Declined,
}

/// What a customer says to the order that he has seen.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    answer: Said,
    /// Of the order that he has seen: what changed since, he has not confirmed.
    rev: u32,
}

/// How a customer wants to pay.
#[derive(Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayBody {
    /// `card` or `transfer`.
    method: Method,
}

/// The orders that a customer knows of, oldest first.
#[derive(Serialize, utoipa::ToSchema)]
pub struct PublicOrders {
    items: Vec<PublicOrder>,
}

/// A customer in his conversation, which has let him in.
pub struct AtOrders {
    pub here: Here,
    pub db: D1Database,
    pub profile: Profile,
    pub conversation: ConversationId,
    pub page: PageAnswer,
}

/// The orders of the conversation that its customer knows of.
#[utoipa::path(get, path = "/api/public/conversations/{id}/orders", tag = "customers",
    params(("id" = ConversationId, Path)), responses((status = 200, body = PublicOrders)))]
#[worker::send]
pub async fn list(customer: Customer) -> Answer<axum::Json<PublicOrders>> {
    let at = AtOrders::of(&customer).await?;
    Ok(axum::Json(PublicOrders { items: shown(&at.db, &at.profile, at.conversation, at.here.now).await? }))
}

/// Asks for something that was sent into the conversation.
#[utoipa::path(post, path = "/api/public/conversations/{id}/orders", tag = "customers",
    params(("id" = ConversationId, Path)), request_body = Wish,
    responses((status = 201, body = PublicOrder), (status = 409, description = "`client_id_reused`, `too_many_open`"),
        (status = 422, description = "`unknown_item`: nobody sent it here; `archived`")))]
#[worker::send]
pub async fn request(customer: Customer, Json(wish): Json<Wish>) -> Answer {
    let at = AtOrders::of(&customer).await?;
    let order = at.request(&wish).await?;
    Ok((StatusCode::CREATED, axum::Json(order)).into_response())
}

/// Confirms an order, or declines it.
#[utoipa::path(put, path = "/api/public/conversations/{id}/orders/{order}/answer", tag = "customers",
    params(("id" = ConversationId, Path), ("order" = OrderId, Path)), request_body = AnswerBody,
    responses((status = 200, body = PublicOrder),
        (status = 409, description = "`changed_meanwhile`, `wrong_state`, `order_expired`")))]
#[worker::send]
pub async fn respond(
    customer: Customer,
    Path(path): Path<HashMap<String, String>>,
    Json(body): Json<AnswerBody>,
) -> Answer<axum::Json<PublicOrder>> {
    let at = AtOrders::of(&customer).await?;
    let order = at.order(path.get("order")).await?;
    Ok(axum::Json(at.respond(&order, &body).await?))
}

/// Asks to pay what is due. Who has asked before is answered the same.
#[utoipa::path(post, path = "/api/public/conversations/{id}/orders/{order}/payments", tag = "customers",
    params(("id" = ConversationId, Path), ("order" = OrderId, Path)), request_body = PayBody,
    responses((status = 201, body = PublicPayment), (status = 409, description = "`wrong_state`, `order_expired`"),
        (status = 422, description = "`no_provider`, `not_offered`")))]
#[worker::send]
pub async fn pay(customer: Customer, Path(path): Path<HashMap<String, String>>, Json(body): Json<PayBody>) -> Answer {
    let at = AtOrders::of(&customer).await?;
    let order = at.order(path.get("order")).await?;
    let (loaded, id) = at.pay(&order, body.method).await?;
    let payment = PublicPayment::of(opened(loaded, id)?).ok_or_else(wrong_state)?;
    Ok((StatusCode::CREATED, axum::Json(payment)).into_response())
}

/// Asks for something, from the customer's page.
#[utoipa::path(post, path = "/{company}/conversations/{id}/orders", tag = "pages",
    params(("company" = String, Path), ("id" = ConversationId, Path)),
    request_body(content = Wish, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "back to the page")))]
#[worker::send]
pub async fn request_form(
    here: Here,
    Path((slug, _)): Path<(String, String)>,
    reader: Reader,
    customer: Result<Customer, Problem>,
    form: Result<Form<Wish>, Problem>,
) -> Response {
    let asked = match both(customer, form) {
        Ok((customer, Form(wish))) => {
            from_page(&slug, &customer, &reader, async |at| at.request(&wish).await.map(|order| order.id)).await
        }
        Err(problem) => Err(problem),
    };
    or_dead_link(asked, &here, &slug, &reader).await
}

/// Confirms an order, or declines it, from the customer's page.
#[utoipa::path(post, path = "/{company}/conversations/{id}/orders/{order}/answer", tag = "pages",
    params(("company" = String, Path), ("id" = ConversationId, Path), ("order" = OrderId, Path)),
    request_body(content = AnswerBody, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "back to the page")))]
#[worker::send]
pub async fn respond_form(
    here: Here,
    Path(path): Path<HashMap<String, String>>,
    reader: Reader,
    customer: Result<Customer, Problem>,
    form: Result<Form<AnswerBody>, Problem>,
) -> Response {
    let slug = path.get("company").cloned().unwrap_or_default();
    let answered = match both(customer, form) {
        Ok((customer, Form(body))) => {
            from_page(&slug, &customer, &reader, async |at| {
                let order = at.order(path.get("order")).await?;
                match at.respond(&order, &body).await {
                    // Somebody was quicker, or the page was old: it says how things are now.
                    Err(problem) if problem.status() == StatusCode::CONFLICT => Ok(order.order.id),
                    other => other.map(|order| order.id),
                }
            })
            .await
        }
        Err(problem) => Err(problem),
    };
    or_dead_link(answered, &here, &slug, &reader).await
}

/// Asks to pay, from the customer's page, which then shows how.
#[utoipa::path(post, path = "/{company}/conversations/{id}/orders/{order}/payments", tag = "pages",
    params(("company" = String, Path), ("id" = ConversationId, Path), ("order" = OrderId, Path)),
    request_body(content = PayBody, content_type = "application/x-www-form-urlencoded"),
    responses((status = 303, description = "back to the page")))]
#[worker::send]
pub async fn pay_form(
    here: Here,
    Path(path): Path<HashMap<String, String>>,
    reader: Reader,
    customer: Result<Customer, Problem>,
    form: Result<Form<PayBody>, Problem>,
) -> Response {
    let slug = path.get("company").cloned().unwrap_or_default();
    let asked = match both(customer, form) {
        Ok((customer, Form(body))) => {
            from_page(&slug, &customer, &reader, async |at| {
                let order = at.order(path.get("order")).await?;
                match at.pay(&order, body.method).await {
                    Err(problem) if problem.status() == StatusCode::CONFLICT => Ok(order.order.id),
                    other => other.map(|_| order.order.id),
                }
            })
            .await
        }
        Err(problem) => Err(problem),
    };
    or_dead_link(asked, &here, &slug, &reader).await
}

/// Does something, and goes back to the order on the page.
async fn from_page(
    slug: &str,
    customer: &Customer,
    reader: &Reader,
    work: impl AsyncFnOnce(&AtOrders) -> Answer<OrderId>,
) -> Answer {
    let profile = company_of(&customer.here, slug, customer.link.conversation).await?;
    let at = AtOrders::of(customer).await?;
    let order = work(&at).await?;
    let id = customer.link.conversation;
    Ok(see_other(&format!("/{}/conversations/{id}{}#order-{order}", profile.slug, reader.suffix())))
}

/// What a customer is shown of the orders he knows of.
///
/// # Errors
/// When the database fails.
pub async fn shown(
    db: &D1Database,
    profile: &Profile,
    conversation: ConversationId,
    now: Instant,
) -> Answer<Vec<PublicOrder>> {
    let records = orders::of_customer(db, profile.id, conversation, SHOWN).await?;
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<OrderId> = records.iter().map(|order| order.id).collect();
    let all = payments::of_orders(db, &ids).await?;
    let settings = payments::settings(db, profile.id).await?;
    let bank = settings.map(|settings| settings.bank_details).unwrap_or_default();
    let public = |order: OrderRecord| {
        let own = all.iter().filter(|payment| payment.order.id == order.id).cloned().collect();
        public(Loaded { order, payments: own }, &bank, now)
    };
    Ok(records.into_iter().map(public).collect())
}

/// An order as its customer sees it.
fn public(Loaded { order, payments }: Loaded, bank: &str, now: Instant) -> PublicOrder {
    let gone = order.deleted_at.is_some();
    let state = match order.state {
        _ if gone => PublicState::Cancelled,
        _ if order.has_run_out(now) => PublicState::Expired,
        state => PublicState::of(state),
    };
    PublicOrder::new(state, order, payments, bank)
}

impl AtOrders {
    /// The customer in his conversation, where his link still opens it.
    async fn of(customer: &Customer) -> Answer<Self> {
        let conversation = customer.link.conversation;
        let request = ConversationRequest::Page { actor: customer.actor(), looks: false };
        let page = ask_conversation(customer, &request).await?;
        let db = db::open(&customer.here.env)?;
        let profile = crate::store::profiles::of_conversation(&db, conversation).await?;
        let profile = profile.ok_or_else(Problem::not_found)?;
        Ok(Self { here: customer.here.clone(), db, profile, conversation, page: serde_json::from_str(&page)? })
    }

    /// An order of his.
    async fn order(&self, id: Option<&String>) -> Answer<Loaded> {
        let id = id.and_then(|id| OrderId::parse(id)).ok_or_else(Problem::not_found)?;
        let loaded = Loaded::find(&self.db, self.profile.id, id, None).await?;
        let is_his = |loaded: &Loaded| {
            loaded.order.known && loaded.order.conversation.as_ref().is_some_and(|one| one.id == self.conversation)
        };
        loaded.filter(is_his).ok_or_else(Problem::not_found)
    }

    /// What was sent to him, as he saw it.
    fn card(&self, id: CatalogItemId) -> Option<&Card> {
        let mut newest_first = self.page.events.iter().rev().flat_map(|event| event.cards().into_iter().rev());
        newest_first.find(|card| card.id == id)
    }

    async fn request(&self, wish: &Wish) -> Answer<PublicOrder> {
        if !(1..=MOST_ASKED).contains(&wish.quantity) {
            let detail = format!("From 1 to {MOST_ASKED}, please.");
            return Err(FieldError::new("quantity", "out_of_range", detail).into());
        }
        let note = input::text("note", &wish.note, NOTE_CHARACTERS)?;
        let unknown = || FieldError::new("item_id", "unknown_item", "There is no such item.");
        let card = self.card(wish.item_id).ok_or_else(unknown)?;
        let hash = hash("", wish)?;
        if let Some(id) = order_requests::earlier(&self.db, self.conversation, wish.client_id, &hash).await? {
            return self.one(id).await;
        }
        let item = catalog::find(&self.db, self.profile.id, wish.item_id).await?.filter(|item| !item.archived);
        let archived = || FieldError::new("item_id", "archived", "This is not sold any more.");
        let item = item.ok_or_else(archived)?;
        let line = Line {
            item_id: Some(item.id),
            name: card.name.clone(),
            quantity: wish.quantity,
            unit_price: card.price.amount,
            tax_rate: item.tax_rate,
        };
        let (lines, totals) = line::check(vec![line])?;
        self.require_few().await?;
        let now = self.here.now;
        let (number, contact) = self.contact().await?;
        let settings = payments::settings(&self.db, self.profile.id).await?;
        let expires_after = settings.and_then(|settings| settings.expires_after);
        let new = NewOrder {
            company: self.profile.id,
            conversation: Some(ConversationName { id: self.conversation, number }),
            contact,
            agent: None,
            state: OrderState::Requested,
            currency: card.price.currency,
            lines,
            totals,
            note,
            billing: Billing::default(),
            known: true,
            expires_at: expires_after.map(|seconds| now.after(Span::seconds(seconds))),
        };
        let id = OrderId::new(random::id(now));
        let loaded = Loaded { order: OrderRecord::new(id, new, now), payments: Vec::new() };
        let notes = [Note::of_order(OrderWhat::Requested, &loaded)];
        let kept = order_requests::keep(&self.db, self.conversation, wish.client_id, &hash, id)?;
        let changing = self.changing(&loaded.order.contact);
        match changing.create(loaded.order, &notes, vec![kept]).await {
            Ok(_) => self.one(id).await,
            // The same request came twice at once: the other one is written.
            Err(db::StoreError::Conflict(_)) => {
                let first = order_requests::earlier(&self.db, self.conversation, wish.client_id, &hash).await?;
                self.one(first.ok_or_else(Problem::not_found)?).await
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn respond(&self, order: &Loaded, body: &AnswerBody) -> Answer<PublicOrder> {
        let now = self.here.now;
        let (deed, what) = match body.answer {
            Said::Confirmed => (OrderDeed::Confirm, OrderWhat::Confirmed),
            Said::Declined => (OrderDeed::Decline, OrderWhat::Declined),
        };
        let decide = |loaded: &Loaded| {
            let stood = public_problem(loaded, now);
            // Asked again, whoever has answered so already is answered the same.
            let is_so = match body.answer {
                Said::Confirmed => loaded.order.state.is_confirmed(),
                Said::Declined => loaded.order.state == OrderState::Declined,
            };
            if is_so && loaded.order.deleted_at.is_none() {
                return Ok(None);
            }
            stood?;
            if loaded.order.rev != body.rev {
                return Err(Problem::conflict("changed_meanwhile", "This order has changed. Please look again."));
            }
            // What he asked for himself is confirmed by the company's offer, not by him.
            if body.answer == Said::Confirmed && loaded.order.state != OrderState::Offered {
                return Err(wrong_state());
            }
            let after = loaded.after(deed, now).map_err(|_| wrong_state())?;
            let notes = vec![Note::of_order(what, &after)];
            Ok::<_, Problem>(Some(Change { after, notes, more: Vec::new() }))
        };
        let changed = self.changing(&order.order.contact).change(order.order.id, decide).await?;
        self.one(changed.order.id).await
    }

    async fn pay(&self, order: &Loaded, method: Method) -> Answer<(Loaded, PaymentId)> {
        require_provider(&self.here.env, method)?;
        let bank = payments::settings(&self.db, self.profile.id).await?.map(|settings| settings.bank_details);
        let offered = match method {
            Method::Card => true,
            Method::Transfer => bank.is_some_and(|bank| !bank.is_empty()),
            Method::CashOnDelivery => false,
        };
        if !offered {
            return Err(FieldError::new("method", "not_offered", "This cannot be paid in this way.").into());
        }
        let now = self.here.now;
        let waits = |payment: &&PaymentRecord| payment.method == method && payment.state == PaymentState::Awaiting;
        let id = match order.payments.iter().find(waits) {
            Some(payment) => payment.id,
            None => PaymentId::new(random::id(now)),
        };
        let changing = self.changing(&order.order.contact);
        let decide = |loaded: &Loaded| {
            if loaded.payments.iter().any(|payment| waits(&payment)) {
                return Ok(None);
            }
            public_problem(loaded, now)?;
            let asked = Asked { id, method, amount: None };
            // What colleagues see of the order is not for him.
            let private =
                |problem: Problem| if problem.status() == StatusCode::CONFLICT { wrong_state() } else { problem };
            ask_payment(loaded, asked, now).map(Some).map_err(private)
        };
        let loaded = changing.change(order.order.id, decide).await?;
        let id = loaded.payments.iter().find(waits).map_or(id, |payment| payment.id);
        Ok((effect::open_page(&changing, loaded, id).await?, id))
    }

    /// One order, as he sees it.
    async fn one(&self, id: OrderId) -> Answer<PublicOrder> {
        let loaded = Loaded::find(&self.db, self.profile.id, id, None).await?.ok_or_else(Problem::not_found)?;
        let bank = payments::settings(&self.db, self.profile.id).await?.map(|settings| settings.bank_details);
        Ok(public(loaded, &bank.unwrap_or_default(), self.here.now))
    }

    /// Nobody buries a company under orders.
    async fn require_few(&self) -> Answer<()> {
        let orders = orders::of_customer(&self.db, self.profile.id, self.conversation, SHOWN).await?;
        let open = orders.iter().filter(|order| order.state == OrderState::Requested && order.deleted_at.is_none());
        if open.count() < MOST_OPEN {
            return Ok(());
        }
        Err(Problem::conflict("too_many_open", "You have asked for a lot: please wait until somebody has answered."))
    }

    /// His conversation's number, and what the company calls him.
    async fn contact(&self) -> Answer<(u32, Contact)> {
        let known = conversations::contact_of(&self.db, self.profile.id, self.conversation).await?;
        known.ok_or_else(Problem::not_found)
    }

    fn changing(&self, contact: &Contact) -> Changing<'_> {
        let by = Author::Customer { name: contact.name.clone() };
        Changing { env: &self.here.env, db: &self.db, company: self.profile.id, by, now: self.here.now }
    }
}

/// 409 where nothing can be done with it any more. What colleagues see of it is not for him.
fn public_problem(loaded: &Loaded, now: Instant) -> Answer<()> {
    if loaded.order.deleted_at.is_some() {
        return Err(wrong_state());
    }
    require_time(loaded, now).map_err(|_| Problem::conflict("order_expired", "The time of this order has run out."))
}

fn wrong_state() -> Problem {
    Problem::conflict("wrong_state", "This cannot be done any more.")
}
