//! Changing somebody: how he is called, where he belongs, what he may do (specification F).

use super::leaving::{TransferTo, hand_over, plan};
use super::{
    AgentBody, Phones, check_max_chats, deed, known_teams, presences, require_above, require_own_teams, with_roles,
};
use crate::domain::conversation::event::TeamKind;
use crate::domain::id::{AgentId, TeamId};
use crate::domain::input::{self, FieldError, Form};
use crate::domain::people::member::Member;
use crate::domain::people::permission::Capability;
use crate::domain::people::role::AddOn;
use crate::domain::people::{delegation, settings};
use crate::effects::revocation;
use crate::http::body::{Json, present};
use crate::http::problem::{Answer, Problem};
use crate::http::session::{AtAgent, AtCompany};
use crate::store::agents::{self, AgentRecord, Standing};
use crate::store::db::{self, Changes};
use crate::store::members::role_names;
use crate::store::{contacts, passwords, roles};
use serde::Deserialize;
use serde_json::json;
use worker::D1PreparedStatement;

/// What to change; what is left out stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentChange {
    name: Option<String>,
    /// Empty: customers see the other name.
    public_name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    function: Option<String>,
    /// Null: the company's.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    language: Option<Option<String>>,
    business_units: Option<Vec<TeamId>>,
    teams: Option<Vec<TeamId>>,
    phones: Option<Phones>,
    /// Null: the company's number.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<u32>)]
    max_chats: Option<Option<u32>>,
    roles: Option<Vec<String>>,
    add_ons: Option<Vec<AddOn>>,
    /// Owners alone make owners.
    owner: Option<bool>,
    /// Where his conversations go when his new roles are never assigned any: an agent's id, or `queue`.
    #[schema(value_type = Option<String>)]
    transfer_to: Option<TransferTo>,
}

/// Changes somebody: how he is called, where he belongs, what he may do.
#[utoipa::path(patch, path = "/api/companies/{company}/agents/{id}", tag = "people",
    params(("company" = String, Path), ("id" = AgentId, Path)), request_body = AgentChange,
    responses((status = 200, body = AgentBody),
        (status = 409, description = "`has_open_conversations`, `has_sticky_contacts`, `last_owner`, `belongs_elsewhere`, `changed_meanwhile`")))]
#[worker::send]
pub async fn update(here: AtAgent, Json(body): Json<AgentChange>) -> Answer<axum::Json<AgentBody>> {
    let at = &here.at;
    let before = &here.target.member;
    let mut form = Form::default();
    let checked = Checked::of(at, &mut form, &here.target, &body).await?;
    form.finish()?;
    require_may_change(&here, &body, &checked.after)?;
    let leaves_work = before.assignable() && !checked.after.assignable() && here.target.status == Standing::Active;
    let renames = checked.first_name != here.target.first_name || checked.last_name != here.target.last_name;
    if renames && here.target.status == Standing::Invited {
        return Err(Problem::conflict("not_active", "Until he joins, this person's first and last name are his own."));
    }
    if renames && agents::works_elsewhere(&at.db, here.target.user, at.company.id).await? {
        let detail = "This person works for another company, too: first and last name are his own to change.";
        return Err(Problem::conflict("belongs_elsewhere", detail));
    }
    let plan = if leaves_work { Some(plan(&here, body.transfer_to, true).await?) } else { None };

    let agent = before.id;
    let mut statements = vec![agents::require_unchanged(&at.db, &here.target)?];
    statements.push(roles::require_known(&at.db, at.company.id, &role_names(&checked.after))?);
    if let Some(to) = plan.as_ref().and_then(Option::as_ref) {
        statements.push(agents::require_active(&at.db, to.agent.id)?);
    }
    if body.roles.is_some() || body.add_ons.is_some() || body.owner.is_some() {
        // Who gave, or was given, the means to sign in may be another one now.
        statements.extend(passwords::void_handed_over(&at.db, agent, at.here.now)?);
    }
    statements.extend(checked.columns(&body, at)?);
    statements.extend(checked.names(&here.target, &at.db)?);
    for (kind, wanted) in [(TeamKind::BusinessUnit, &body.business_units), (TeamKind::Group, &body.teams)] {
        if let Some(wanted) = wanted {
            statements.extend(agents::set_teams(&at.db, at.company.id, agent, kind, wanted)?);
        }
    }
    if plan.is_some() {
        statements.push(contacts::unstick_all(&at.db, at.company.id, agent)?);
    }
    if before.owner {
        statements.push(agents::require_owner(&at.db, at.company.id)?);
    }
    statements.push(at.audit(&deed("agent.updated", before, checked.difference(&here.target, &body)))?);
    db::transaction(&at.db, statements).await?;
    if let Some(to) = plan {
        hand_over(at, agent, to.as_ref()).await?;
    }
    revocation::rights_changed(&at.here.env, at.company.id, &[agent]).await;
    let changed = agents::find(&at.db, at.company.id, agent).await?.ok_or_else(Problem::not_found)?;
    Ok(axum::Json(AgentBody::new(changed, &presences(at).await)))
}

/// What a change comes to, checked.
struct Checked {
    after: Member,
    first_name: String,
    last_name: String,
    public_name: Option<String>,
    language: Option<Option<String>>,
    phones: Option<Phones>,
}

impl Checked {
    async fn of(at: &AtCompany, form: &mut Form, target: &AgentRecord, body: &AgentChange) -> Answer<Self> {
        let mut after = target.member.clone();
        if let Some(name) = &body.name {
            after.name = form.line("name", name);
        }
        if let Some(function) = &body.function {
            after.function = form.take(input::optional_line("function", function));
        }
        if let Some(roles) = &body.roles {
            after = with_roles(at, form, after, roles).await?;
        }
        if let Some(add_ons) = &body.add_ons {
            after.add_ons.clone_from(add_ons);
        }
        after.owner = body.owner.unwrap_or(after.owner);
        if let Some(units) = &body.business_units {
            if units.is_empty() {
                form.fault(FieldError::new("business_units", "required", "Everybody belongs to a business unit."));
            }
            known_teams(at, form, "business_units", TeamKind::BusinessUnit, units).await?;
        }
        if let Some(groups) = &body.teams {
            known_teams(at, form, "teams", TeamKind::Group, groups).await?;
        }
        check_max_chats(form, body.max_chats.flatten());
        let mut language = |name: &String| form.take(settings::check_language("language", name));
        let language = body.language.as_ref().map(|name| name.as_ref().map(&mut language));
        let line = |form: &mut Form, field: &str, given: &Option<String>, known: &str| match given {
            Some(given) => form.line(field, given),
            None => known.to_owned(),
        };
        let phones = body.phones.as_ref().map(|phones| Phones {
            landline: form.take(settings::check_phone("phones.landline", &phones.landline)),
            mobile: form.take(settings::check_phone("phones.mobile", &phones.mobile)),
        });
        let public_name = body.public_name.as_ref();
        Ok(Self {
            first_name: line(form, "first_name", &body.first_name, &target.first_name),
            last_name: line(form, "last_name", &body.last_name, &target.last_name),
            public_name: public_name.map(|name| form.take(input::optional_line("public_name", name))),
            after,
            language,
            phones,
        })
    }

    fn columns(&self, body: &AgentChange, at: &AtCompany) -> Answer<Option<D1PreparedStatement>> {
        let mut changes = Changes::default();
        changes.set_some("display_name", body.name.as_ref().map(|_| self.after.name.as_str()));
        changes.set_some("function", body.function.as_ref().map(|_| self.after.function.as_str()));
        if let Some(name) = &self.public_name {
            changes.set("public_name", Some(name.as_str()).filter(|name| !name.is_empty()));
        }
        if let Some(language) = &self.language {
            changes.set("language", language.as_deref());
        }
        if let Some(phones) = &self.phones {
            changes.set("landline", &phones.landline);
            changes.set("mobile", &phones.mobile);
        }
        if let Some(max_chats) = body.max_chats {
            changes.set("max_chats", max_chats);
        }
        if body.roles.is_some() {
            changes.set("roles", serde_json::to_string(&role_names(&self.after))?);
        }
        if body.add_ons.is_some() {
            changes.set("add_ons", serde_json::to_string(&self.after.add_ons)?);
        }
        changes.set_some("owner", body.owner);
        Ok(changes.update(&at.db, "memberships", self.after.id)?)
    }

    /// First and last name are the person's own, whatever the company.
    fn names(&self, target: &AgentRecord, db: &worker::D1Database) -> Answer<Option<D1PreparedStatement>> {
        let mut changes = Changes::default();
        if self.first_name != target.first_name || self.last_name != target.last_name {
            changes.set("first_name", &self.first_name);
            changes.set("last_name", &self.last_name);
        }
        Ok(changes.update(db, "users", target.user)?)
    }

    fn difference(&self, target: &AgentRecord, body: &AgentChange) -> serde_json::Value {
        let mut difference = serde_json::Map::new();
        let mut note = |name: &str, from: serde_json::Value, to: serde_json::Value| {
            if from != to {
                difference.insert(name.to_owned(), json!({ "from": from, "to": to }));
            }
        };
        let (before, after) = (&target.member, &self.after);
        note("name", json!(before.name), json!(after.name));
        note("first_name", json!(target.first_name), json!(self.first_name));
        note("last_name", json!(target.last_name), json!(self.last_name));
        if let Some(name) = &self.public_name {
            note("public_name", json!(target.public_name.as_deref().unwrap_or_default()), json!(name));
        }
        if let Some(phones) = &self.phones {
            note("phones", json!({ "landline": target.landline, "mobile": target.mobile }), json!(phones));
        }
        note("function", json!(before.function), json!(after.function));
        note("roles", json!(role_names(before)), json!(role_names(after)));
        note("add_ons", json!(before.add_ons), json!(after.add_ons));
        note("owner", json!(before.owner), json!(after.owner));
        if let Some(max_chats) = body.max_chats {
            note("max_chats", json!(target.max_chats), json!(max_chats));
        }
        if let Some(language) = &self.language {
            note("language", json!(target.language), json!(language));
        }
        for (name, kind, wanted) in
            [("business_units", TeamKind::BusinessUnit, &body.business_units), ("teams", TeamKind::Group, &body.teams)]
        {
            if let Some(wanted) = wanted {
                let had: Vec<TeamId> =
                    target.teams.iter().filter(|team| team.kind == kind).map(|team| team.id).collect();
                note(name, json!(had), json!(wanted));
            }
        }
        json!(difference)
    }
}

fn require_may_change(here: &AtAgent, body: &AgentChange, after: &Member) -> Answer<()> {
    let (actor, before) = (&here.at.member, &here.target.member);
    let about_him = body.name.is_some()
        || body.public_name.is_some()
        || body.first_name.is_some()
        || body.last_name.is_some()
        || body.function.is_some()
        || body.language.is_some()
        || body.business_units.is_some()
        || body.teams.is_some()
        || body.phones.is_some();
    let about_work = body.max_chats.is_some() || body.roles.is_some() || body.owner.is_some() || body.add_ons.is_some();
    let wanted = [
        // Who asks for nothing asks for no less: his request is written down, and sockets are closed.
        (about_him || !about_work, Capability::AgentEdit),
        (body.max_chats.is_some(), Capability::AgentMaxChats),
        (body.roles.is_some() || body.owner.is_some(), Capability::AgentRole),
        (body.add_ons.is_some(), Capability::AgentAddons),
    ];
    for capability in wanted.into_iter().filter(|(wanted, _)| *wanted).map(|(_, capability)| capability) {
        // Oneself one manages, too, as long as it makes one no greater.
        if actor.id == before.id { here.permit(capability)? } else { require_above(here, capability)? }
    }
    for (kind, wanted) in [(TeamKind::BusinessUnit, &body.business_units), (TeamKind::Group, &body.teams)] {
        let had: Vec<TeamId> = here.target.teams.iter().filter(|team| team.kind == kind).map(|team| team.id).collect();
        if let Some(wanted) = wanted {
            let moved =
                had.iter().filter(|id| !wanted.contains(id)).chain(wanted.iter().filter(|id| !had.contains(id)));
            require_own_teams(&here.at, Capability::AgentEdit, moved)?;
        }
    }
    delegation::may_give(actor, Some(before), after).map_err(Problem::forbidden)
}
