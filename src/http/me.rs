//! The caller's own membership, with all that he may do (specification F12–F20).

use super::agents::{deed, presences};
use super::body::{Json, present};
use super::conversations::translating;
use super::problem::{Answer, Problem};
use super::session::AtCompany;
use crate::domain::id::AgentId;
use crate::domain::input::{self, FieldError, Form};
use crate::domain::notification::digest;
use crate::domain::notification::preferences::{Digest, Preferences, PreferencesChange};
use crate::domain::people::permission::{Scope, effective};
use crate::domain::people::role::AddOn;
use crate::domain::people::settings;
use crate::effects::revocation;
use crate::objects::desk_do::protocol::{self as desk, Availability, DeskRequest};
use crate::platform::intl;
use crate::store::agents::{self, DescriptionFile};
use crate::store::companies;
use crate::store::db::{self, Changes};
use crate::store::members::role_names;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// The caller at one company.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Me {
    id: AgentId,
    email: String,
    first_name: String,
    last_name: String,
    /// The name colleagues see.
    name: String,
    /// The name customers see.
    public_name: String,
    function: String,
    /// Goes under his answers.
    signature: String,
    /// Whether the signature goes under his answers by itself.
    append_signature: bool,
    description: String,
    description_file: Option<DescriptionFile>,
    photo_url: Option<String>,
    /// None: the company's.
    language: Option<String>,
    /// The language that messages in others are translated into for him; null where his company has none translated.
    translates_to: Option<String>,
    /// Of what he is told, and how (specification F18, F19).
    notifications: Preferences,
    /// Whether he is there, by his own word.
    availability: Availability,
    /// Conversations he has.
    open: u32,
    /// Conversations he may have at once.
    limit: u32,
    /// Whether the company is his.
    owner: bool,
    /// Keys of presets and ids of the company's own.
    roles: Vec<String>,
    add_ons: Vec<AddOn>,
    /// Whether conversations may be assigned to him.
    assignable: bool,
    /// What he may do, and to what: capability → scopes.
    capabilities: BTreeMap<&'static str, Vec<Scope>>,
}

/// What to change; what is left out stays, an empty public name falls back to the name.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MeChange {
    name: Option<String>,
    public_name: Option<String>,
    function: Option<String>,
    signature: Option<String>,
    append_signature: Option<bool>,
    description: Option<String>,
    /// Null: the company's.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    language: Option<Option<String>>,
    notifications: Option<PreferencesChange>,
    availability: Option<Availability>,
}

/// The caller's membership.
#[utoipa::path(get, path = "/api/companies/{company}/me", tag = "people", params(("company" = String, Path)),
    responses((status = 200, body = Me)))]
#[worker::send]
pub async fn show(at: AtCompany) -> Answer<axum::Json<Me>> {
    me(&at).await
}

/// Changes how the caller is called and told of things, and whether he is there.
#[utoipa::path(patch, path = "/api/companies/{company}/me", tag = "people", params(("company" = String, Path)),
    request_body = MeChange, responses((status = 200, body = Me)))]
#[worker::send]
pub async fn update(at: AtCompany, Json(change): Json<MeChange>) -> Answer<axum::Json<Me>> {
    let mut form = Form::default();
    let name = change.name.map(|name| form.line("name", &name));
    let public_name = change.public_name.map(|name| form.take(input::optional_line("public_name", &name)));
    let function = change.function.map(|text| form.take(input::optional_line("function", &text)));
    let signature = change.signature.map(|text| form.take(input::text("signature", &text, SIGNATURE_CHARACTERS)));
    let description = change.description.map(|text| form.take(input::text("description", &text, TEXT_CHARACTERS)));
    if change.notifications.and_then(|chosen| chosen.digest?.hour).is_some_and(|hour| hour > LAST_HOUR) {
        form.fault(FieldError::new("notifications.digest.hour", "out_of_range", "From 0 to 23, please."));
    }
    let mut language = |name: String| form.take(settings::check_language("language", &name));
    let language = change.language.map(|name| name.map(&mut language));
    form.finish()?;

    let mut changes = Changes::default();
    changes.set_some("display_name", name.as_ref());
    if let Some(name) = &public_name {
        changes.set("public_name", Some(name).filter(|name| !name.is_empty()));
    }
    changes.set_some("function", function.as_ref());
    changes.set_some("signature", signature.as_ref());
    changes.set_some("append_signature", change.append_signature);
    changes.set_some("description", description.as_ref());
    if let Some(language) = &language {
        changes.set("language", language.as_ref());
    }
    let wishes = match &change.notifications {
        Some(chosen) => {
            let record = agents::find(&at.db, at.company.id, at.member.id).await?.ok_or_else(Problem::not_found)?;
            Some(Preferences::stored(&record.notifications).changed(chosen))
        }
        None => None,
    };
    changes.set_some("notifications", wishes.map(|wishes| serde_json::to_string(&wishes)).transpose()?);
    if let Some(statement) = changes.update(&at.db, "memberships", at.member.id)? {
        let changed = [
            ("name", json!(name)),
            ("public_name", json!(public_name)),
            ("function", json!(function)),
            ("signature", json!(signature)),
            ("append_signature", json!(change.append_signature)),
            ("description", json!(description)),
            ("language", json!(language)),
            ("notifications", json!(change.notifications)),
        ];
        let changed = changed.into_iter().filter(|(_, value)| !value.is_null());
        let detail: serde_json::Map<_, _> = changed.map(|(field, value)| (field.to_owned(), value)).collect();
        let line = at.audit(&deed("agent.profile_changed", &at.member, json!(detail)))?;
        db::transaction(&at.db, vec![statement, line]).await?;
        revocation::people_changed(&at.here.env, at.company.id).await;
    }
    if let Some(wishes) = wishes {
        set_digest(&at, wishes.digest).await?;
    }
    if let Some(availability) = change.availability {
        let request = DeskRequest::SetAvailability { agent: at.member.id, availability };
        desk::ask::<()>(&at.here.env, at.company.id, &request).await?;
    }
    me(&at).await
}

/// Has what is not read by then summed up at the hour that was chosen.
async fn set_digest(at: &AtCompany, digest: Digest) -> Answer<()> {
    let settings = companies::settings(&at.db, at.company.id).await?.ok_or_else(Problem::not_found)?;
    let due = digest::due(digest, at.here.now, |instant| intl::civil(&settings.time_zone, instant).minute());
    let request = DeskRequest::Digest { agent: at.member.id, due };
    desk::ask::<()>(&at.here.env, at.company.id, &request).await?;
    Ok(())
}

/// The last hour of a day.
const LAST_HOUR: u8 = 23;
/// Longest signature, in characters.
const SIGNATURE_CHARACTERS: usize = 1_000;
/// Longest description, in characters.
const TEXT_CHARACTERS: usize = 5_000;

async fn me(at: &AtCompany) -> Answer<axum::Json<Me>> {
    let record = agents::find(&at.db, at.company.id, at.member.id).await?.ok_or_else(Problem::not_found)?;
    let seen = presences(at).await.get(&at.member.id).copied().unwrap_or_default();
    let translates_to = translating::language_for(at).await?;
    let member = record.member;
    Ok(axum::Json(Me {
        id: member.id,
        email: record.email,
        first_name: record.first_name,
        last_name: record.last_name,
        signature: record.signature,
        append_signature: record.append_signature,
        description: record.description,
        description_file: record.description_file,
        language: record.language,
        translates_to,
        notifications: Preferences::stored(&record.notifications),
        availability: seen.chosen,
        open: seen.open,
        limit: seen.limit,
        owner: member.owner,
        roles: role_names(&member),
        assignable: member.assignable(),
        capabilities: effective(&member),
        name: member.name,
        public_name: member.public_name,
        function: member.function,
        photo_url: member.photo_url,
        add_ons: member.add_ons,
    }))
}
