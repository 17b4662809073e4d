//! The lines of an export that are rows of a table: which fields they have, what those refer to, and which columns they become.

use super::super::export::Record;
use serde_json::{Value, json};

/// What a field may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Is {
    Text,
    /// An instant, as the contract writes it.
    At,
    Number,
    Flag,
    List,
    Object,
}

/// A field of a line.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    pub field: &'static str,
    /// The column that it becomes; none where it becomes rows of another table.
    pub column: Option<&'static str>,
    pub is: Is,
    pub nullable: bool,
}

/// A kind of line.
pub struct Table {
    pub kind: &'static str,
    pub table: &'static str,
    pub fields: &'static [Field],
    /// Columns that no field of the line has: made of the others.
    pub made: &'static [(&'static str, &'static str)],
    /// Fields that name a row of the same company, and in which table.
    pub references: &'static [(&'static str, &'static str)],
    /// The same for every member of a list.
    pub listed: Option<(&'static str, &'static str)>,
    /// What is worked out before.
    pub prepare: fn(&mut Record),
    /// What follows the rows; `?1` is the company, `?2` the lines.
    pub then: &'static [&'static str],
}

const fn field(field: &'static str, is: Is) -> Field {
    Field { field, column: Some(field), is, nullable: false }
}
const fn text(name: &'static str) -> Field {
    field(name, Is::Text)
}
const fn at(name: &'static str) -> Field {
    field(name, Is::At)
}
const fn number(name: &'static str) -> Field {
    field(name, Is::Number)
}
const fn flag(name: &'static str) -> Field {
    field(name, Is::Flag)
}
const fn list(name: &'static str) -> Field {
    field(name, Is::List)
}
const fn object(name: &'static str) -> Field {
    field(name, Is::Object)
}
const fn or_null(known: Field) -> Field {
    Field { nullable: true, ..known }
}
/// A field that is called otherwise than its column.
const fn named(column: &'static str, known: Field) -> Field {
    Field { column: Some(column), ..known }
}
/// A field that becomes no column.
const fn apart(known: Field) -> Field {
    Field { column: None, ..known }
}

const TABLE: Table =
    Table { kind: "", table: "", fields: &[], made: &[], references: &[], listed: None, prepare: |_| (), then: &[] };

/// The first line.
pub const COMPANY: &[Field] = &[
    text("id"),
    text("slug"),
    text("name"),
    text("description"),
    text("language"),
    text("time_zone"),
    or_null(text("logo_id")),
    at("terms_accepted_at"),
    at("created_at"),
    list("former_slugs"),
    text("format"),
    text("exported_at"),
];

/// The line of settings, without its `id`.
pub const SETTINGS: &[Field] = &[
    number("pending_close_after"),
    or_null(number("response_time")),
    text("escalation"),
    number("max_chats"),
    number("seats"),
    text("assignment_policy"),
    object("password_policy"),
    list("business_hours"),
    list("holidays"),
    object("away_reply"),
    text("translation"),
    or_null(number("retention_days")),
    list("widget_origins"),
    text("widget_colour"),
    text("widget_greeting"),
    text("widget_position"),
    or_null(text("currency")),
    or_null(text("bank_details")),
    or_null(number("orders_expire_after")),
];

/// Those of [`SETTINGS`] that are about orders.
pub const OF_ORDERS: &[&str] = &["currency", "bank_details", "orders_expire_after"];

/// The last line.
pub const END: &[Field] = &[text("exported_at"), number("lines")];

/// The row of a conversation, before it is awake.
pub const CONVERSATION: Table = Table {
    kind: "conversation",
    table: "conversations",
    fields: &[text("id"), number("number"), text("contact_id"), at("created_at")],
    made: &[("client_id", "j.value ->> '$.id'")],
    references: &[("contact_id", "contacts")],
    ..TABLE
};

/// Every other kind.
pub const TABLES: &[Table] = &[
    Table {
        kind: "role",
        table: "custom_roles",
        fields: &[text("id"), text("name"), text("base"), object("grants"), at("created_at")],
        ..TABLE
    },
    Table {
        kind: "member",
        table: "memberships",
        fields: &[
            text("id"),
            apart(text("email")),
            apart(text("first_name")),
            apart(text("last_name")),
            apart(text("status")),
            flag("owner"),
            list("roles"),
            list("add_ons"),
            text("display_name"),
            or_null(text("public_name")),
            text("function"),
            or_null(text("language")),
            or_null(number("max_chats")),
            text("landline"),
            text("mobile"),
            text("signature"),
            text("description"),
            flag("append_signature"),
            object("notifications"),
            or_null(text("photo_id")),
            or_null(text("description_file_id")),
            text("invited_first_name"),
            text("invited_last_name"),
            number("sessions_after"),
            number("password_after"),
            at("created_at"),
        ],
        made: &[
            ("user_id", "(SELECT u.id FROM users u WHERE u.email = j.value ->> '$.email')"),
            // Nobody works there before all is there.
            ("status", "'removed'"),
        ],
        then: &["INSERT INTO restoring_members (agent_id, company_id, status) \
                 SELECT j.value ->> '$.id', ?1, j.value ->> '$.status' FROM json_each(?2) j \
                 WHERE NOT EXISTS (SELECT 1 FROM restoring_members r WHERE r.agent_id = j.value ->> '$.id')"],
        ..TABLE
    },
    Table {
        kind: "team",
        table: "teams",
        fields: &[
            text("id"),
            named("kind", text("team_kind")),
            text("name"),
            number("priority"),
            at("created_at"),
            apart(list("members")),
        ],
        listed: Some(("members", "memberships")),
        then: &["INSERT OR IGNORE INTO team_members (team_id, agent_id) \
                 SELECT j.value ->> '$.id', m.value FROM json_each(?2) j, json_each(j.value ->> '$.members') m"],
        ..TABLE
    },
    Table {
        kind: "folder",
        table: "folders",
        fields: &[text("id"), text("name"), at("created_at"), apart(list("rights"))],
        then: &["INSERT OR IGNORE INTO folder_rights (folder_id, kind, holder, see_incoming, assign) \
                 SELECT j.value ->> '$.id', r.value ->> '$.kind', r.value ->> '$.holder', r.value ->> '$.see_incoming', \
                   r.value ->> '$.assign' FROM json_each(?2) j, json_each(j.value ->> '$.rights') r"],
        ..TABLE
    },
    Table {
        kind: "tag",
        table: "tags",
        fields: &[text("id"), text("name"), text("colour"), at("created_at")],
        ..TABLE
    },
    Table {
        kind: "response",
        table: "responses",
        fields: &[
            text("id"),
            text("owner_id"),
            text("scope"),
            or_null(text("team_id")),
            text("name"),
            text("shortcut"),
            or_null(text("language")),
            text("body"),
            number("uses"),
            or_null(at("last_used_at")),
            at("created_at"),
            at("updated_at"),
        ],
        made: &[("haystack", "j.value ->> '$.haystack'")],
        references: &[("owner_id", "memberships"), ("team_id", "teams")],
        prepare: |row| {
            let of = |name: &str| row.get(name).and_then(Value::as_str).unwrap_or_default();
            let haystack = format!("{}\n{}\n{}", of("name"), of("shortcut"), of("body")).to_lowercase();
            row.insert("haystack".to_owned(), json!(haystack));
        },
        ..TABLE
    },
    Table {
        kind: "automation",
        table: "automations",
        fields: &[
            text("id"),
            text("name"),
            flag("enabled"),
            number("position"),
            object("definition"),
            at("created_at"),
        ],
        ..TABLE
    },
    Table {
        kind: "report_schedule",
        table: "report_schedules",
        fields: &[
            text("id"),
            text("agent_id"),
            text("name"),
            text("report"),
            object("wanted"),
            text("every"),
            number("hour"),
            text("format"),
            text("sent_for"),
            text("paused"),
            at("created_at"),
        ],
        references: &[("agent_id", "memberships")],
        ..TABLE
    },
    Table {
        kind: "file",
        table: "files",
        fields: &[
            text("id"),
            text("purpose"),
            text("name"),
            text("type"),
            number("size"),
            text("hash"),
            at("created_at"),
        ],
        ..TABLE
    },
    Table {
        kind: "contact",
        table: "contacts",
        fields: &[
            text("id"),
            text("email"),
            text("name"),
            text("phone"),
            text("organisation"),
            text("note"),
            text("language"),
            or_null(text("sticky_agent_id")),
            at("created_at"),
        ],
        references: &[("sticky_agent_id", "memberships")],
        ..TABLE
    },
    Table {
        kind: "erased_contact",
        table: "contacts",
        fields: &[text("id"), at("created_at"), at("erased_at")],
        made: &[("email", "'erased:' || (j.value ->> '$.id')"), ("name", "'—'")],
        ..TABLE
    },
    Table {
        kind: "erased_conversation",
        table: "conversations",
        fields: &[text("id"), number("number"), text("contact_id"), at("created_at"), at("erased_at")],
        made: &[("client_id", "j.value ->> '$.id'"), ("status", "'closed'")],
        references: &[("contact_id", "contacts")],
        ..TABLE
    },
    Table {
        kind: "catalog_item",
        table: "catalog_items",
        fields: &[
            text("id"),
            text("name"),
            text("description"),
            number("price"),
            text("currency"),
            number("tax_rate"),
            or_null(text("picture_id")),
            or_null(at("archived_at")),
            at("created_at"),
        ],
        ..TABLE
    },
    Table {
        kind: "catalog_picture",
        table: "catalog_pictures",
        fields: &[text("id"), text("item_id"), text("type"), text("hash"), at("created_at")],
        ..TABLE
    },
    Table {
        kind: "order",
        table: "orders",
        fields: &[
            text("id"),
            number("number"),
            or_null(text("conversation_id")),
            text("contact_id"),
            or_null(text("made_by")),
            text("state"),
            text("currency"),
            list("lines"),
            number("net"),
            number("tax"),
            number("total"),
            number("paid"),
            number("reconciled"),
            text("note"),
            object("billing"),
            flag("known"),
            or_null(at("expires_at")),
            at("created_at"),
            at("updated_at"),
            or_null(at("deleted_at")),
            number("rev"),
        ],
        references: &[("conversation_id", "conversations"), ("contact_id", "contacts"), ("made_by", "memberships")],
        ..TABLE
    },
    Table {
        kind: "payment",
        table: "order_payments",
        fields: &[
            text("id"),
            text("order_id"),
            text("method"),
            text("state"),
            number("amount"),
            number("received"),
            text("currency"),
            text("reference"),
            or_null(text("session_id")),
            at("created_at"),
            at("updated_at"),
        ],
        references: &[("order_id", "orders")],
        ..TABLE
    },
    Table {
        kind: "order_event",
        table: "order_log",
        fields: &[
            text("id"),
            text("order_id"),
            or_null(text("payment_id")),
            at("at"),
            text("by_kind"),
            or_null(text("by_id")),
            text("by_name"),
            text("what"),
            object("detail"),
        ],
        references: &[("order_id", "orders")],
        ..TABLE
    },
    Table {
        kind: "erasure",
        table: "erasures",
        fields: &[
            text("id"),
            named("kind", text("erasure_kind")),
            or_null(text("subject_id")),
            text("subject_hash"),
            at("at"),
            or_null(text("by_id")),
            apart(text("state")),
            number("conversations"),
            number("contacts"),
            or_null(at("finished_at")),
            apart(list("of")),
        ],
        // What it was about is not in the export.
        made: &[("state", "'done'")],
        then: &["INSERT OR IGNORE INTO erasure_conversations (erasure_id, conversation_id, erased) \
                 SELECT j.value ->> '$.id', c.value, 1 FROM json_each(?2) j, json_each(j.value ->> '$.of') c"],
        ..TABLE
    },
    Table {
        kind: "audit",
        table: "audit",
        fields: &[
            text("id"),
            at("at"),
            or_null(text("actor_id")),
            text("actor_name"),
            text("action"),
            text("target_kind"),
            text("target_id"),
            text("target_name"),
            object("detail"),
            text("address"),
            text("user_agent"),
        ],
        ..TABLE
    },
];

/// The table of a kind.
#[must_use]
pub fn of_kind(kind: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.kind == kind)
}
