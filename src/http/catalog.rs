//! The catalogue, and sending something of it into a conversation (specification B13).

use super::body::{Json, Nothing, OptionalJson, Query, Upload};
use super::conversations::command;
use super::cursor;
use super::files::{IMAGE_BYTES, image};
use super::orders::input::{Amount, currency_of};
use super::orders::{limit, searched};
use super::problem::{Answer, Problem};
use super::repeat::Repeatable;
use super::roles::name_taken;
use super::session::{AtCompany, AtConversation, AtThing, Thing};
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{CatalogItemId, ClientId, FileId};
use crate::domain::input::{self, FieldError, Form, MESSAGE_CHARACTERS};
use crate::domain::order::currency::Currency;
use crate::domain::order::line::{check_price, check_rate};
use crate::domain::order::money::Money;
use crate::domain::order::step::Card;
use crate::domain::people::permission::{Capability, permit_company};
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::platform::random;
use crate::store::audit::Deed;
use crate::store::catalog::{self, CatalogItem, Filter, Position};
use crate::store::db;
use crate::store::files::NewPicture;
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Characters of a description, at most.
const DESCRIPTION_CHARACTERS: usize = 2_000;
/// Most items that are sent at once.
const MOST_SENT: usize = 20;

/// Which items to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CatalogQuery {
    /// A part of the name or the description.
    q: Option<String>,
    /// `active` (when left out), `archived` or `all`.
    state: Option<String>,
    /// From 1 to 100; 50 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the part before.
    cursor: Option<String>,
}

/// A part of the catalogue, by name.
#[derive(Serialize, utoipa::ToSchema)]
pub struct CatalogItems {
    items: Vec<CatalogItem>,
    next: Option<String>,
}

/// Something new that is sold.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewItem {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    name: String,
    /// At most 2,000 characters.
    #[serde(default)]
    description: String,
    /// Without tax.
    price: Amount,
    /// Where the price does not say it: the company's own when left out.
    currency: Option<Currency>,
    /// In basis points: 1900 is 19 %.
    #[serde(default)]
    tax_rate: u32,
}

/// What is to change about an item; the rest stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemChange {
    name: Option<String>,
    description: Option<String>,
    price: Option<Amount>,
    tax_rate: Option<u32>,
    archived: Option<bool>,
}

/// What is shown to a customer.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Sending {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: ClientId,
    /// From 1 to 20.
    item_ids: Vec<CatalogItemId>,
    /// Words that go with it.
    #[serde(default)]
    text: String,
}

impl Thing for CatalogItem {
    async fn find(at: &AtCompany, id: &str) -> Result<Option<Self>, Problem> {
        let Some(id) = CatalogItemId::parse(id) else { return Ok(None) };
        Ok(catalog::find(&at.db, at.company.id, id).await?)
    }
}

/// What the company sells.
#[utoipa::path(get, path = "/api/companies/{company}/catalog", tag = "catalog",
    params(("company" = String, Path), CatalogQuery), responses((status = 200, body = CatalogItems)))]
#[worker::send]
pub async fn list(at: AtCompany, Query(query): Query<CatalogQuery>) -> Answer<axum::Json<CatalogItems>> {
    at.require_unconfined()?;
    let limit = limit(query.limit)?;
    let archived = match query.state.as_deref() {
        None | Some("active") => Some(false),
        Some("archived") => Some(true),
        Some("all") => None,
        Some(_) => return Err(FieldError::new("state", "unknown_value", "There is no such value.").into()),
    };
    let words = searched(query.q.as_deref())?;
    let after = query.cursor.as_deref().map(cursor::read).transpose()?;
    let filter = Filter { words, archived };
    let mut items = catalog::list(&at.db, at.company.id, &filter, after.as_ref(), limit.saturating_add(1)).await?;
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let last = items.last().filter(|_| more).map(|last| Position { id: last.id, name: last.name.clone() });
    let next = last.as_ref().map(cursor::write).transpose()?;
    Ok(axum::Json(CatalogItems { items, next }))
}

/// Sells something new.
#[utoipa::path(post, path = "/api/companies/{company}/catalog", tag = "catalog", params(("company" = String, Path)),
    request_body = NewItem,
    responses((status = 201, body = CatalogItem), (status = 409, description = "`name_taken`")))]
#[worker::send]
pub async fn create(at: AtCompany, Json(body): Json<NewItem>) -> Answer {
    at.require_unconfined()?;
    let currency = match (body.price.currency(), body.currency) {
        (Some(currency), _) | (None, Some(currency)) => currency,
        (None, None) => currency_of(&at).await?,
    };
    let mut form = Form::default();
    let price = form.take(body.price.of("price", body.currency.unwrap_or(currency)));
    let item = CatalogItem {
        id: CatalogItemId::new(random::id(at.here.now)),
        name: form.line("name", &body.name),
        description: form.take(input::text("description", &body.description, DESCRIPTION_CHARACTERS)),
        price: Money::new(price, currency),
        tax_rate: body.tax_rate,
        picture_url: None,
        archived: false,
        created_at: at.here.now,
    };
    check_price(&mut form, "price", price);
    check_rate(&mut form, "tax_rate", body.tax_rate);
    form.finish()?;
    permit_company(&at.member, Capability::CatalogManage)?;
    let route = format!("catalog of {}", at.company.id);
    let repeatable = Repeatable::new(at.signed_in.user, body.client_id, &route, &body)?;
    if let Some(first) = repeatable.earlier(&at.db).await? {
        return Ok((StatusCode::CREATED, axum::Json(found(&at, first).await?)).into_response());
    }
    let mut statements =
        vec![catalog::insert(&at.db, at.company.id, &item)?, at.audit(&deed("catalog.created", &item))?];
    statements.extend(repeatable.keep(&at.db, &item.id, at.here.now)?);
    let item = match db::transaction(&at.db, statements).await.map_err(name_taken) {
        Ok(_) => item,
        Err(problem) => found(&at, repeatable.first(&at.db, problem).await?).await?,
    };
    Ok((StatusCode::CREATED, axum::Json(item)).into_response())
}

async fn found(at: &AtCompany, id: CatalogItemId) -> Answer<CatalogItem> {
    catalog::find(&at.db, at.company.id, id).await?.ok_or_else(Problem::not_found)
}

/// One thing that is sold.
#[utoipa::path(get, path = "/api/companies/{company}/catalog/{id}", tag = "catalog",
    params(("company" = String, Path), ("id" = CatalogItemId, Path)), responses((status = 200, body = CatalogItem)))]
#[worker::send]
pub async fn show(AtThing { thing: item, .. }: AtThing<CatalogItem>) -> Answer<axum::Json<CatalogItem>> {
    Ok(axum::Json(item))
}

/// Changes something that is sold. What was sent or ordered of it stays as it was.
#[utoipa::path(patch, path = "/api/companies/{company}/catalog/{id}", tag = "catalog",
    params(("company" = String, Path), ("id" = CatalogItemId, Path)), request_body = ItemChange,
    responses((status = 200, body = CatalogItem), (status = 409, description = "`name_taken`")))]
#[worker::send]
pub async fn update(
    AtThing { at, thing: before }: AtThing<CatalogItem>,
    Json(change): Json<ItemChange>,
) -> Answer<axum::Json<CatalogItem>> {
    let mut form = Form::default();
    let name = change.name.map(|name| form.line("name", &name));
    let description = |typed: String| form.take(input::text("description", &typed, DESCRIPTION_CHARACTERS));
    let description = change.description.map(description);
    let price = change.price.map(|price| {
        let currency = price.currency().unwrap_or(before.price.currency);
        let amount = form.take(price.of("price", currency));
        check_price(&mut form, "price", amount);
        Money::new(amount, currency)
    });
    if let Some(rate) = change.tax_rate {
        check_rate(&mut form, "tax_rate", rate);
    }
    form.finish()?;
    permit_company(&at.member, Capability::CatalogManage)?;
    let edit = catalog::Edit { name, description, price, tax_rate: change.tax_rate, archived: change.archived };
    let Some(update) = catalog::update(&at.db, before.id, edit.clone(), at.here.now)? else {
        return Ok(axum::Json(before));
    };
    let statements = vec![update, at.audit(&deed("catalog.changed", &edit.of(before.clone())))?];
    db::transaction(&at.db, statements).await.map_err(name_taken)?;
    Ok(axum::Json(found(&at, before.id).await?))
}

/// Takes something out of the catalogue for good.
#[utoipa::path(delete, path = "/api/companies/{company}/catalog/{id}", tag = "catalog",
    params(("company" = String, Path), ("id" = CatalogItemId, Path)), responses((status = 204)))]
#[worker::send]
pub async fn remove(AtThing { at, thing: item }: AtThing<CatalogItem>, _: OptionalJson<Nothing>) -> Answer {
    permit_company(&at.member, Capability::CatalogManage)?;
    let statements = vec![catalog::delete(&at.db, item.id)?, at.audit(&deed("catalog.deleted", &item))?];
    db::transaction(&at.db, statements).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Shows a picture with something: a PNG, JPEG, GIF or WebP.
#[utoipa::path(put, path = "/api/companies/{company}/catalog/{id}/picture", tag = "catalog",
    params(("company" = String, Path), ("id" = CatalogItemId, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = CatalogItem), (status = 415, description = "`no_image`")))]
#[worker::send]
pub async fn set_picture(
    AtThing { at, thing: item }: AtThing<CatalogItem>,
    upload: Upload<IMAGE_BYTES>,
) -> Answer<axum::Json<CatalogItem>> {
    let kind = image(&upload.0)?;
    permit_company(&at.member, Capability::CatalogManage)?;
    let id = FileId::new(random::id(at.here.now));
    let picture = NewPicture { id, company: at.company.id, kind, bytes: upload.0 };
    let statements = vec![
        catalog::keep_picture(&at.here.env, &at.db, item.id, picture, at.here.now).await?,
        catalog::set_picture(&at.db, item.id, Some(id))?,
        at.audit(&deed("catalog.picture_set", &item))?,
    ];
    db::transaction(&at.db, statements).await?;
    Ok(axum::Json(found(&at, item.id).await?))
}

/// Shows something without a picture.
#[utoipa::path(delete, path = "/api/companies/{company}/catalog/{id}/picture", tag = "catalog",
    params(("company" = String, Path), ("id" = CatalogItemId, Path)), responses((status = 204)))]
#[worker::send]
pub async fn remove_picture(AtThing { at, thing: item }: AtThing<CatalogItem>, _: OptionalJson<Nothing>) -> Answer {
    permit_company(&at.member, Capability::CatalogManage)?;
    let deed = deed("catalog.picture_removed", &item);
    db::transaction(&at.db, vec![catalog::set_picture(&at.db, item.id, None)?, at.audit(&deed)?]).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Sends something of the catalogue to the customer, with words or without.
#[utoipa::path(post, path = "/api/companies/{company}/conversations/{id}/catalog", tag = "catalog",
    params(("company" = String, Path), ("id" = crate::domain::id::ConversationId, Path)), request_body = Sending,
    responses((status = 201, body = super::conversations::Said), (status = 422, description = "`unknown_item`, `archived`")))]
#[worker::send]
pub async fn send(at: AtConversation, Json(body): Json<Sending>) -> Answer {
    body.check()?;
    let catalog = Command::Catalog { body: body.text.clone(), items: Vec::new() };
    require_possible(&at, &catalog).await?;
    let items = cards(&at.at, &body.item_ids).await?;
    let catalog = Command::Catalog { body: body.text, items };
    command(at, StatusCode::CREATED, Some(body.client_id), catalog).await
}

/// Who may not send anything is told that, whatever he wants to send.
async fn require_possible(at: &AtConversation, command: &Command) -> Answer<()> {
    let actor = Actor::Agent(at.at.member.clone());
    let request = ConversationRequest::Check { actor, command: command.clone() };
    match call::call::<Refusal>(&at.at.here.env, conversation_do::BINDING, &at.id.to_string(), &request).await? {
        call::Answer::Done(_) => Ok(()),
        call::Answer::Refused(refusal) => Err(refusal.into()),
    }
}

impl Sending {
    fn check(&self) -> Answer<()> {
        let mut form = Form::default();
        form.take(input::text("text", &self.text, MESSAGE_CHARACTERS));
        if !(1..=MOST_SENT).contains(&self.item_ids.len()) {
            form.fault(FieldError::new("item_ids", "out_of_range", format!("From 1 to {MOST_SENT} items, please.")));
        }
        Ok(form.finish()?)
    }
}

/// What is sent, in the order in which it was named.
async fn cards(at: &AtCompany, ids: &[CatalogItemId]) -> Answer<Vec<Card>> {
    let items = catalog::several(&at.db, at.company.id, ids).await?;
    let mut form = Form::default();
    let mut cards = Vec::new();
    for (place, id) in ids.iter().enumerate() {
        let field = format!("item_ids[{place}]");
        match items.iter().find(|item| item.id == *id) {
            None => form.fault(FieldError::new(field, "unknown_item", "There is no such item.")),
            Some(item) if item.archived => {
                form.fault(FieldError::new(field, "archived", "This is not sold any more."));
            }
            Some(item) => cards.push(Card::from(item.clone())),
        }
    }
    form.finish()?;
    Ok(cards)
}

fn deed(action: &'static str, item: &CatalogItem) -> Deed {
    let (target_id, target_name) = (item.id.to_string(), item.name.clone());
    let detail = json!({ "price": item.price, "tax_rate": item.tax_rate, "archived": item.archived });
    Deed { action, target_kind: "catalog_item", target_id, target_name, detail }
}
