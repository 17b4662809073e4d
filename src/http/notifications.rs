//! What the caller was told of: listed, as far as he may still know of it, and marked as read.

use super::body::{Json, Query};
use super::cursor;
use super::problem::Answer;
use super::session::AtCompany;
use crate::domain::id::{ConversationId, NotificationId};
use crate::domain::input::FieldError;
use crate::domain::notification::decide::{Sight, sight};
use crate::domain::notification::preferences::Kind;
use crate::domain::time::Instant;
use crate::objects::desk_do::protocol::{self as desk, DeskRequest, Notice};
use crate::store::notifications::{self, Notification, Position, Which};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Unread ones that are counted; whoever has more has to read some.
const COUNTED: u32 = 200;
/// Rows that are looked at for one part of the list, a part at a time.
const LOOKED_AT: u32 = 100;
/// How often another part is looked at, where much is not to be seen any more.
const LOOKS: u8 = 10;

/// Which to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NotificationQuery {
    /// Only what is not read yet.
    #[serde(default)]
    unread: bool,
    /// From 1 to 100; 20 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next` of the part before.
    cursor: Option<String>,
}

/// What the caller was told of, newest first.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Notifications {
    items: Vec<Item>,
    next: Option<String>,
    /// How many are not read, 200 at most.
    unread: u32,
}

/// Something that the caller was told of.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Item {
    id: NotificationId,
    kind: Kind,
    /// When it happened last.
    at: Instant,
    /// How often it happened since he last read of it.
    count: u32,
    read: bool,
    /// None of one that waits for anybody and that he does not see before it is his.
    conversation: Option<About>,
}

/// The conversation that it is about, as it is now.
#[derive(Serialize, utoipa::ToSchema)]
pub struct About {
    id: ConversationId,
    number: u32,
    subject: String,
    /// Whom it is with.
    contact: String,
}

/// What was read: one of the three.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// At most 100.
    ids: Option<Vec<NotificationId>>,
    /// `true`: everything.
    all: Option<bool>,
    /// All that is about this conversation.
    conversation_id: Option<ConversationId>,
}

/// What is left to read.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Left {
    /// How many are not read, 200 at most.
    unread: u32,
}

/// What the caller was told of. What he may not see any more is not listed, nor counted.
#[utoipa::path(get, path = "/api/companies/{company}/notifications", tag = "notifications",
    params(("company" = String, Path), NotificationQuery), responses((status = 200, body = Notifications)))]
#[worker::send]
pub async fn list(at: AtCompany, Query(query): Query<NotificationQuery>) -> Answer<axum::Json<Notifications>> {
    at.require_unconfined()?;
    let limit = query.limit.unwrap_or(20);
    if !(1..=100).contains(&limit) {
        return Err(FieldError::new("limit", "out_of_range", "Between 1 and 100, please.").into());
    }
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut after = query.cursor.as_deref().map(cursor::read).transpose()?;
    let mut found: Vec<(Notification, Sight)> = Vec::new();
    for _ in 0..LOOKS {
        let rows = notifications::list(&at.db, at.member.id, query.unread, after, LOOKED_AT).await?;
        let more = rows.len() >= usize::try_from(LOOKED_AT).unwrap_or(usize::MAX);
        after = rows.last().map(|one| Position { at: one.at, id: one.id }).filter(|_| more);
        found.extend(rows.into_iter().filter_map(|one| known(&at, one)));
        if found.len() > wanted || after.is_none() {
            break;
        }
    }
    if found.len() > wanted {
        found.truncate(wanted);
        after = found.last().map(|(one, _)| Position { at: one.at, id: one.id });
    }
    let items = found.into_iter().map(|(one, sight)| item(one, sight)).collect::<Answer<_>>()?;
    let next = after.as_ref().map(cursor::write).transpose()?;
    Ok(axum::Json(Notifications { items, next, unread: unread(&at).await? }))
}

/// Notes what the caller has read.
#[utoipa::path(put, path = "/api/companies/{company}/notifications/read", tag = "notifications",
    params(("company" = String, Path)), request_body = Reading, responses((status = 200, body = Left)))]
#[worker::send]
pub async fn read(at: AtCompany, Json(reading): Json<Reading>) -> Answer<axum::Json<Left>> {
    at.require_unconfined()?;
    let which = which(reading)?;
    if notifications::read_by(&at.db, at.member.id, &which, at.here.now).await? {
        // His other windows count anew.
        let frame = json!({ "type": "notifications_read" }).to_string();
        let notices = vec![Notice { agent: at.member.id, frame, digest: None }];
        let (env, company) = (at.here.env.clone(), at.company.id);
        at.here.afterwards(async move { desk::tell(&env, company, &DeskRequest::Notify { notices }).await });
    }
    Ok(axum::Json(Left { unread: unread(&at).await? }))
}

fn which(reading: Reading) -> Answer<Which> {
    const MOST: usize = 100;
    match (reading.ids, reading.all, reading.conversation_id) {
        (Some(ids), None, None) if ids.len() <= MOST => Ok(Which::These(ids)),
        (Some(_), None, None) => {
            Err(FieldError::new("ids", "too_long", format!("At most {MOST} at once, please.")).into())
        }
        (None, Some(true), None) => Ok(Which::All),
        (None, None, Some(conversation)) => Ok(Which::Of(conversation)),
        _ => Err(FieldError::new("ids", "required", "Give one of ids, all (true) and conversation_id.").into()),
    }
}

/// How many the caller may know of and has not read.
async fn unread(at: &AtCompany) -> Answer<u32> {
    let rows = notifications::list(&at.db, at.member.id, true, None, COUNTED).await?;
    Ok(u32::try_from(rows.into_iter().filter_map(|one| known(at, one)).count()).unwrap_or(COUNTED))
}

/// A notification with how much the caller may know of its conversation by now; none where he may know nothing.
fn known(at: &AtCompany, one: Notification) -> Option<(Notification, Sight)> {
    match sight(one.kind, &at.member, one.place, one.place.relation_to(&at.member, one.participates)) {
        Sight::Nothing => None,
        sight => Some((one, sight)),
    }
}

fn item(one: Notification, sight: Sight) -> Answer<Item> {
    #[derive(Deserialize)]
    struct View {
        subject: String,
        contact: Contact,
    }
    #[derive(Deserialize)]
    struct Contact {
        name: String,
    }
    let conversation = if sight == Sight::Sees {
        let view: View = serde_json::from_str(&one.view)?;
        let (subject, contact) = (view.subject, view.contact.name);
        Some(About { id: one.conversation, number: one.number, subject, contact })
    } else {
        None
    };
    let Notification { id, kind, at, count, read, .. } = one;
    Ok(Item { id, kind, at, count, read, conversation })
}
