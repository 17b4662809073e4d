//! What a company, or one contact of it, has in D1, row by row, to be taken out. Secrets (hashes of passwords and tokens, keys,
//! seeds) are in none of these columns.

use super::db::{self, Bound, StoreResult};
use crate::domain::id::{CompanyId, ContactId, ConversationId};
use crate::domain::time::Instant;
use serde::Deserialize;
use serde_json::{Map, Value};
use worker::D1Database;

/// A kind of thing, and how it is read: those of the owner `?1`, in the order of their ids, after `?2`, at most `?3`.
pub struct Part {
    /// What its lines are called.
    pub kind: &'static str,
    sql: &'static str,
    /// Columns that hold JSON.
    json: &'static [&'static str],
    /// Columns that say yes or no.
    flags: &'static [&'static str],
}

/// A thing, as it is taken out.
pub type Record = Map<String, Value>;

/// Which form of export a company's is: the first line says so.
pub const FORMAT: &str = "edgedesk-company/2";

/// What of a company comes before its conversations, because they are about it.
pub const BEFORE: &[Part] = &[
    Part {
        kind: "company",
        sql: "SELECT id, slug, name, description, language, time_zone, logo_id, terms_accepted_at, created_at, \
                (SELECT json_group_array(json_object('slug', f.slug, 'kept_until', f.kept_until)) \
                   FROM former_slugs f WHERE f.company_id = companies.id) AS former_slugs \
              FROM companies WHERE id = ?1 AND id > ?2 LIMIT ?3",
        json: &["former_slugs"],
        flags: &[],
    },
    Part {
        kind: "settings",
        sql: "SELECT c.id, c.pending_close_after, c.response_time, c.escalation, c.max_chats, c.seats, c.assignment_policy, \
                c.password_policy, c.business_hours, c.holidays, c.away_reply, c.translation, c.retention_days, \
                c.widget_origins, c.widget_colour, c.widget_greeting, c.widget_position, s.currency, s.bank_details, \
                s.expires_after AS orders_expire_after \
              FROM companies c LEFT JOIN order_settings s ON s.company_id = c.id WHERE c.id = ?1 AND c.id > ?2 LIMIT ?3",
        json: &["password_policy", "business_hours", "holidays", "away_reply", "widget_origins"],
        flags: &[],
    },
    Part {
        kind: "role",
        sql: "SELECT id, name, base, grants, created_at FROM custom_roles WHERE company_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        json: &["grants"],
        flags: &[],
    },
    Part {
        kind: "member",
        sql: "SELECT m.id, u.email, u.first_name, u.last_name, m.status, m.owner, m.roles, m.add_ons, m.display_name, \
                m.public_name, m.function, m.language, m.max_chats, m.landline, m.mobile, m.signature, m.description, \
                m.append_signature, m.notifications, m.photo_id, m.description_file_id, \
                m.invited_first_name, m.invited_last_name, m.sessions_after, m.password_after, m.created_at \
              FROM memberships m JOIN users u ON u.id = m.user_id \
              WHERE m.company_id = ?1 AND m.id > ?2 ORDER BY m.id LIMIT ?3",
        json: &["roles", "add_ons", "notifications"],
        flags: &["owner", "append_signature"],
    },
    Part {
        kind: "team",
        sql: "SELECT t.id, t.kind AS team_kind, t.name, t.priority, t.created_at, \
                (SELECT json_group_array(agent_id) FROM team_members WHERE team_id = t.id) AS members \
              FROM teams t WHERE t.company_id = ?1 AND t.id > ?2 ORDER BY t.id LIMIT ?3",
        json: &["members"],
        flags: &[],
    },
    Part {
        kind: "folder",
        sql: "SELECT f.id, f.name, f.created_at, (SELECT json_group_array(json_object('kind', r.kind, 'holder', r.holder, \
                  'see_incoming', r.see_incoming, 'assign', r.assign)) FROM folder_rights r WHERE r.folder_id = f.id) AS rights \
              FROM folders f WHERE f.company_id = ?1 AND f.id > ?2 ORDER BY f.id LIMIT ?3",
        json: &["rights"],
        flags: &[],
    },
    Part {
        kind: "tag",
        sql: "SELECT id, name, colour, created_at FROM tags WHERE company_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        json: &[],
        flags: &[],
    },
    Part {
        kind: "response",
        sql: "SELECT id, owner_id, scope, team_id, name, shortcut, language, body, uses, last_used_at, created_at, updated_at \
              FROM responses WHERE company_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        json: &[],
        flags: &[],
    },
    Part {
        kind: "automation",
        sql: "SELECT id, name, enabled, position, definition, created_at FROM automations \
              WHERE company_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        json: &["definition"],
        flags: &["enabled"],
    },
    Part {
        kind: "report_schedule",
        sql: "SELECT id, agent_id, name, report, wanted, every, hour, format, sent_for, paused, created_at \
              FROM report_schedules WHERE company_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        json: &["wanted"],
        flags: &[],
    },
    Part {
        kind: "file",
        sql: "SELECT id, purpose, name, type, size, hash, created_at FROM files \
              WHERE company_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        json: &[],
        flags: &[],
    },
    Part {
        kind: "contact",
        sql: "SELECT id, email, name, phone, organisation, note, language, sticky_agent_id, created_at FROM contacts \
              WHERE company_id = ?1 AND erased_at IS NULL AND id > ?2 ORDER BY id LIMIT ?3",
        json: &[],
        flags: &[],
    },
    Part {
        kind: "erased_contact",
        sql: "SELECT id, created_at, erased_at FROM contacts \
              WHERE company_id = ?1 AND erased_at IS NOT NULL AND id > ?2 ORDER BY id LIMIT ?3",
        json: &[],
        flags: &[],
    },
    Part {
        kind: "erased_conversation",
        sql: "SELECT id, number, contact_id, created_at, erased_at FROM conversations \
              WHERE company_id = ?1 AND erased_at IS NOT NULL AND id > ?2 ORDER BY id LIMIT ?3",
        json: &[],
        flags: &[],
    },
    Part {
        kind: "catalog_item",
        sql: "SELECT id, name, description, price, currency, tax_rate, picture_id, archived_at, created_at FROM catalog_items \
              WHERE company_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        json: &[],
        flags: &[],
    },
    Part {
        kind: "catalog_picture",
        sql: "SELECT id, item_id, type, hash, created_at FROM catalog_pictures \
              WHERE company_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        json: &[],
        flags: &[],
    },
];

/// What comes after the conversations.
pub const AFTER: &[Part] = &[
    Part {
        kind: "order",
        sql: "SELECT id, number, conversation_id, contact_id, made_by, state, currency, lines, net, tax, total, paid, \
                reconciled, note, billing, known, expires_at, created_at, updated_at, deleted_at, rev FROM orders \
              WHERE company_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        json: &["lines", "billing"],
        flags: &["known"],
    },
    Part {
        kind: "payment",
        sql: "SELECT id, order_id, method, state, amount, received, currency, reference, session_id, created_at, \
                updated_at FROM order_payments WHERE company_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        json: &[],
        flags: &[],
    },
    Part {
        kind: "order_event",
        sql: "SELECT id, order_id, payment_id, at, by_kind, by_id, by_name, what, detail FROM order_log \
              WHERE company_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        json: &["detail"],
        flags: &[],
    },
    Part {
        kind: "erasure",
        sql: "SELECT id, kind AS erasure_kind, subject_id, subject_hash, at, by_id, state, conversations, contacts, finished_at, \
                (SELECT json_group_array(c.conversation_id) FROM erasure_conversations c WHERE c.erasure_id = erasures.id) AS \"of\" \
              FROM erasures WHERE company_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        json: &["of"],
        flags: &[],
    },
    Part {
        kind: "audit",
        sql: "SELECT id, at, actor_id, actor_name, action, target_kind, target_id, target_name, detail, address, user_agent \
              FROM audit WHERE company_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
        json: &["detail"],
        flags: &[],
    },
];

/// The contact's own row; `?1` is his id.
pub const CONTACT: Part = Part {
    kind: "contact",
    sql: "SELECT id, email, name, phone, organisation, note, language, created_at FROM contacts \
          WHERE id = ?1 AND id > ?2 LIMIT ?3",
    json: &[],
    flags: &[],
};

/// A contact's orders; `?1` is his id.
pub const ORDERS: Part = Part {
    kind: "order",
    sql: "SELECT id, number, conversation_id, state, currency, lines, net, tax, total, paid, note, billing, expires_at, \
            created_at, updated_at FROM orders WHERE contact_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
    json: &["lines", "billing"],
    flags: &[],
};

/// The payments of an order; `?1` is its id.
pub const PAYMENTS: Part = Part {
    kind: "payment",
    sql: "SELECT id, method, state, amount, received, currency, reference, created_at, updated_at FROM order_payments \
          WHERE order_id = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
    json: &[],
    flags: &[],
};

impl Part {
    /// Some of an owner's things of this kind, after one of them.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(&self, db: &D1Database, owner: &str, after: &str, limit: u32) -> StoreResult<Vec<Record>> {
        let rows: Vec<Record> = db::all(db, self.sql, vec![owner.into(), after.into(), limit.into()]).await?;
        rows.into_iter().map(|row| self.shaped(row)).collect()
    }

    /// The row as the contract writes things: instants, JSON, yes and no.
    fn shaped(&self, row: Record) -> StoreResult<Record> {
        let shape = |(name, value): (String, Value)| {
            let is = |names: &[&str]| names.contains(&name.as_str());
            let value = match (&value, value.as_i64()) {
                (Value::String(text), _) if is(self.json) => serde_json::from_str(text)?,
                (_, Some(number)) if is(self.flags) => Value::Bool(number != 0),
                (_, Some(millis)) if name == "at" || name.ends_with("_at") => {
                    Value::String(Instant::from_millis(millis).to_string())
                }
                _ => value,
            };
            Ok((name, value))
        };
        row.into_iter().map(shape).collect()
    }
}

/// A conversation to be taken out.
#[derive(Clone, Debug, Deserialize)]
pub struct Numbered {
    pub id: ConversationId,
    pub number: u32,
    /// When its row was made, in milliseconds.
    pub created_at: i64,
}

/// Some of a company's conversations, after a number.
///
/// # Errors
/// When the database fails.
pub async fn conversations(db: &D1Database, company: CompanyId, after: u32, limit: u32) -> StoreResult<Vec<Numbered>> {
    let sql = "SELECT id, number, created_at FROM conversations WHERE company_id = ?1 AND rev > 0 AND number > ?2 \
               ORDER BY number LIMIT ?3";
    let values: Vec<Bound> = vec![company.into(), after.into(), limit.into()];
    db::all(db, sql, values).await
}

/// Some of a contact's conversations, after a number.
///
/// # Errors
/// When the database fails.
pub async fn of_contact(db: &D1Database, contact: ContactId, after: u32, limit: u32) -> StoreResult<Vec<Numbered>> {
    let sql = "SELECT id, number, created_at FROM conversations WHERE contact_id = ?1 AND rev > 0 AND number > ?2 \
               ORDER BY number LIMIT ?3";
    let values: Vec<Bound> = vec![contact.into(), after.into(), limit.into()];
    db::all(db, sql, values).await
}
