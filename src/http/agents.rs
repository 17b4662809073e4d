//! The people of a company: their list, inviting somebody, changing what he may do (specification E, F).

use super::body::{Json, Query};
use super::invitations::{self, Delivery};
use super::problem::{Answer, Problem};
use super::repeat::Repeatable;
use super::session::{AtAgent, AtCompany};
use crate::domain::conversation::command::Candidate;
use crate::domain::conversation::event::TeamKind;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{AgentId, ClientId, InvitationId, RoleId, TeamId, UserId};
use crate::domain::input::{self, FieldError, Form};
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, Scope, permit_company, relation_between, scope_of};
use crate::domain::people::role::{AddOn, Role};
use crate::domain::people::{delegation, email, settings};
use crate::domain::time::Instant;
use crate::effects::{handover, revocation};
use crate::objects::call;
use crate::objects::desk_do::{self, protocol::DeskRequest, protocol::Presence, protocol::Presences};
use crate::platform::{log, random};
use crate::store::accounts::{self, NewUser};
use crate::store::agents::{self, AgentRecord, DescriptionFile, Holdings, NewMembership, Seats, Standing};
use crate::store::audit::Deed;
use crate::store::db::{self, Changes, StoreError};
use crate::store::members::role_names;
use crate::store::{contacts, passwords, roles, teams};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use std::ops::RangeInclusive;
use worker::{D1PreparedStatement, Env};

/// Fewest and most conversations that an agent may hold at once.
pub const MAX_CHATS: RangeInclusive<u32> = 1..=1_000;

/// Which people to list.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Part of a name or an e-mail address.
    q: Option<String>,
    status: Option<Standing>,
    /// A preset's key or the id of a role of the company's own.
    role: Option<String>,
}

/// The people of a company.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Agents {
    items: Vec<AgentBody>,
    next: Option<String>,
    seats: Seats,
    /// How many could be given a conversation now: here, by their own word too, and of a role that is assigned.
    available: u32,
    /// How many of those who work here have no dashboard open.
    offline: u32,
}

/// Somebody of a company.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub struct AgentBody {
    id: AgentId,
    /// The name colleagues see.
    name: String,
    /// The name customers see; none where they see the other one.
    public_name: Option<String>,
    first_name: String,
    last_name: String,
    function: String,
    email: String,
    status: Standing,
    /// Whether the company is his.
    owner: bool,
    /// Keys of presets and ids of the company's own.
    roles: Vec<String>,
    add_ons: Vec<AddOn>,
    /// None: the company's.
    language: Option<String>,
    business_units: Vec<Named>,
    teams: Vec<Named>,
    phones: Phones,
    /// Conversations he may hold at once. None: the company's number.
    max_chats: Option<u32>,
    /// Whether conversations may be assigned to him.
    assignable: bool,
    presence: Presence,
    last_seen_at: Option<Instant>,
    photo_url: Option<String>,
    description: String,
    description_file: Option<DescriptionFile>,
}

/// A team in another thing.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub struct Named {
    id: TeamId,
    name: String,
}

/// Telephone numbers.
#[derive(Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Phones {
    landline: String,
    mobile: String,
}

/// Somebody to invite: an address and a role will do.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAgent {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    email: String,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    /// The name colleagues see; made from the others when left out.
    #[serde(default)]
    name: String,
    /// Keys of presets and ids of the company's own.
    roles: Vec<String>,
    #[serde(default)]
    add_ons: Vec<AddOn>,
    language: Option<String>,
    /// The company's first one when left out.
    #[serde(default)]
    business_units: Vec<TeamId>,
    #[serde(default)]
    teams: Vec<TeamId>,
    #[serde(default)]
    phones: Phones,
    max_chats: Option<u32>,
    /// Whether the invitation goes out by mail; otherwise its URL is in the answer, to be handed over.
    #[serde(default = "yes")]
    send_email: bool,
}

/// Somebody who was invited.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Invited {
    pub agent: AgentBody,
    /// Only when no mail was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invitation_url: Option<String>,
}

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

/// Where the conversations of somebody go who leaves.
#[derive(Clone, Copy, Debug)]
pub enum TransferTo {
    Queue,
    Agent(AgentId),
}

/// What the answer is made from, should the request be repeated. The token is not in it: it follows from the id.
#[derive(Serialize, Deserialize)]
struct Kept {
    agent: AgentId,
    handed_over: Option<InvitationId>,
}

const fn yes() -> bool {
    true
}

/// The people of a company.
#[utoipa::path(get, path = "/api/companies/{company}/agents", tag = "people",
    params(("company" = String, Path), ListQuery), responses((status = 200, body = Agents)))]
#[worker::send]
pub async fn list(at: AtCompany, Query(query): Query<ListQuery>) -> Answer<axum::Json<Agents>> {
    permit_company(&at.member, Capability::AgentList)?;
    let wanted = query.q.unwrap_or_default().trim().to_lowercase();
    let presences = presences(&at).await;
    let reach = scope_of(&at.member, Capability::AgentList);
    let visible = |record: &AgentRecord| {
        record.member.id == at.member.id
            || reach.has(Scope::All)
            || reach.meets(relation_between(&at.member, &record.member))
    };
    let matches = |record: &AgentRecord| {
        query.status.is_none_or(|status| record.status == status)
            && query.role.as_ref().is_none_or(|role| role_names(&record.member).contains(role))
            && [&record.member.name, &record.email, &record.first_name, &record.last_name]
                .iter()
                .any(|text| text.to_lowercase().contains(&wanted))
    };
    let everybody = agents::list(&at.db, at.company.id).await?.into_iter().filter(visible);
    let (items, others): (Vec<_>, Vec<_>) = everybody.partition(matches);
    let [items, others] =
        [items, others].map(|of| of.into_iter().map(|one| AgentBody::new(one, &presences)).collect::<Vec<_>>());
    let count = |is: &dyn Fn(&AgentBody) -> bool| {
        u32::try_from(items.iter().chain(&others).filter(|one| is(one)).count()).unwrap_or(0)
    };
    let works = |one: &AgentBody| one.status == Standing::Active;
    Ok(axum::Json(Agents {
        seats: agents::seats(&at.db, at.company.id).await?,
        available: count(&|one| works(one) && one.assignable && one.presence == Presence::Online),
        offline: count(&|one| works(one) && one.presence == Presence::Offline),
        items,
        next: None,
    }))
}

/// Somebody of a company.
#[utoipa::path(get, path = "/api/companies/{company}/agents/{id}", tag = "people",
    params(("company" = String, Path), ("id" = AgentId, Path)), responses((status = 200, body = AgentBody)))]
#[worker::send]
pub async fn show(here: AtAgent) -> Answer<axum::Json<AgentBody>> {
    here.permit(Capability::AgentList)?;
    let presences = presences(&here.at).await;
    Ok(axum::Json(AgentBody::new(here.target, &presences)))
}

/// Invites somebody.
#[utoipa::path(post, path = "/api/companies/{company}/agents", tag = "people", params(("company" = String, Path)),
    request_body = NewAgent,
    responses((status = 201, body = Invited), (status = 409, description = "`already_member`, `no_free_seat`")))]
#[worker::send]
pub async fn create(at: AtCompany, Json(body): Json<NewAgent>) -> Answer {
    let mut form = Form::default();
    let address = form.take(email::normalise("email", &body.email));
    let first_name = form.take(input::optional_line("first_name", &body.first_name));
    let last_name = form.take(input::optional_line("last_name", &body.last_name));
    let name = form.take(input::optional_line("name", &body.name));
    let name = if name.is_empty() { display_name(&first_name, &last_name, &address) } else { name };
    let language = body.language.as_deref().map(|language| form.take(settings::check_language("language", language)));
    let landline = form.take(settings::check_phone("phones.landline", &body.phones.landline));
    let mobile = form.take(settings::check_phone("phones.mobile", &body.phones.mobile));
    check_max_chats(&mut form, body.max_chats);
    let after =
        with_roles(&at, &mut form, Member::named(AgentId::new(random::id(at.here.now)), &name), &body.roles).await?;
    let units = known_teams(&at, &mut form, "business_units", TeamKind::BusinessUnit, &body.business_units).await?;
    let groups = known_teams(&at, &mut form, "teams", TeamKind::Group, &body.teams).await?;
    form.finish()?;
    permit_company(&at.member, Capability::AgentInvite)?;
    let mut after = Member { add_ons: body.add_ons.clone(), ..after };
    delegation::may_invite(&at.member, &after).map_err(Problem::forbidden)?;
    require_own_teams(&at, Capability::AgentInvite, units.iter().chain(&groups))?;
    let units = units_of_newcomer(&at, units).await?;

    let repeatable = Repeatable::new(at.signed_in.user, body.client_id, &at.company.slug, &body)?;
    if let Some(first) = repeatable.earlier::<Kept>(&at.db).await? {
        return invited(&at, first).await;
    }
    let now = at.here.now;
    let known = accounts::user_by_email(&at.db, &address).await?;
    let user = known.as_ref().map_or_else(|| UserId::new(random::id(now)), |user| user.id);
    // Whoever comes back finds what he wrote under his name.
    let old = agents::of_user(&at.db, at.company.id, user).await?;
    match old {
        Some(old) if old.status == Standing::Removed => after.id = old.member.id,
        // Perhaps by this very request, sent twice at once.
        Some(_) => {
            return match repeatable.earlier::<Kept>(&at.db).await? {
                Some(first) => invited(&at, first).await,
                None => Err(already_member()),
            };
        }
        None => {}
    }
    if body.send_email {
        invitations::require_mail_allowed(&at, &address).await?;
    }
    let mut statements = Vec::new();
    if known.is_none() {
        let new_user =
            NewUser { id: user, email: &address, first_name: &first_name, last_name: &last_name, password_hash: None };
        statements.push(accounts::insert_user(&at.db, &new_user, now)?);
    }
    let membership = NewMembership {
        id: after.id,
        company: at.company.id,
        user,
        roles: &role_names(&after),
        add_ons: &serde_json::to_string(&after.add_ons)?,
        name: &after.name,
        first_name: &first_name,
        last_name: &last_name,
        language: language.as_deref(),
        landline: &landline,
        mobile: &mobile,
        max_chats: body.max_chats,
    };
    statements.push(agents::insert(&at.db, &membership, now)?);
    statements.push(agents::require_seats(&at.db, at.company.id)?);
    statements.push(roles::require_known(&at.db, at.company.id, &role_names(&after))?);
    statements.extend(agents::set_teams(&at.db, at.company.id, after.id, TeamKind::BusinessUnit, &units)?);
    statements.extend(agents::set_teams(&at.db, at.company.id, after.id, TeamKind::Group, &groups)?);
    let delivery = Delivery::of(body.send_email);
    let invitation = invitations::issue(&at, after.id, delivery, &mut statements)?;
    let kept = Kept { agent: after.id, handed_over: (!body.send_email).then_some(invitation) };
    let detail =
        json!({ "email": address, "roles": role_names(&after), "add_ons": after.add_ons, "by_mail": body.send_email });
    statements.push(at.audit(&deed("agent.invited", &after, detail))?);
    statements.extend(repeatable.keep(&at.db, &kept, now)?);
    if let Err(error) = db::transaction(&at.db, statements).await {
        return match repeatable.earlier::<Kept>(&at.db).await? {
            // Sent twice at once: the other was carried out.
            Some(first) => invited(&at, first).await,
            _ => Err(taken_in_the_meantime(error)),
        };
    }
    if body.send_email {
        invitations::mail(&at, &address, invitation).await?;
    }
    invited(&at, kept).await
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
    revocation::rights_changed(&at.here.env, at.company.id, &[agent]).await;
    if let Some(to) = plan {
        hand_over(at, agent, to.as_ref()).await?;
    }
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

/// Where somebody's conversations go: nowhere while he has some and nothing was said, else to an agent or the queue.
///
/// # Errors
/// 409 `has_open_conversations`, `has_sticky_contacts` with the counts; 422 when they cannot go there.
pub async fn plan(here: &AtAgent, to: Option<TransferTo>, unstick: bool) -> Answer<Option<Candidate>> {
    let at = &here.at;
    let agent = here.target.member.id;
    let candidate = match to {
        Some(TransferTo::Agent(to)) => {
            let candidate = agents::candidate(&at.db, at.company.id, to).await?;
            let able = candidate.filter(|candidate| candidate.assignable && candidate.agent.id != agent);
            Some(able.ok_or(Refusal::NotAssignable)?)
        }
        Some(TransferTo::Queue) | None => None,
    };
    let Holdings { open_conversations, sticky_contacts } = agents::holdings(&at.db, at.company.id, agent).await?;
    let refused = |code: &str, detail: &str| {
        Err(Problem::conflict(code, detail)
            .with("open_conversations", json!(open_conversations))
            .with("sticky_contacts", json!(sticky_contacts)))
    };
    if open_conversations > 0 && to.is_none() {
        return refused("has_open_conversations", "Say where the open conversations go: `transfer_to`.");
    }
    if sticky_contacts > 0 && !unstick {
        return refused("has_sticky_contacts", "Customers are stuck to this person: say `unstick`.");
    }
    Ok(candidate)
}

/// Hands over what an agent still has, and once more when the index has caught up.
///
/// # Errors
/// What failed.
pub async fn hand_over(at: &AtCompany, agent: AgentId, to: Option<&Candidate>) -> Answer<u32> {
    let handed = handover::deliver(&at.here.env, &at.db, at.company.id, agent, to).await;
    let handed = handed.map_err(|error| Problem::internal("hand-over", &error))?;
    let (env, company, to) = (at.here.env.clone(), at.company.id, to.cloned());
    at.here.afterwards(async move {
        if let Err(error) = handover::deliver_stragglers(&env, company, agent, to.as_ref()).await {
            log::fault("hand-over", &agent.to_string(), &error);
        }
    });
    Ok(handed)
}

/// A line of the audit trail about a member.
pub fn deed(action: &'static str, member: &Member, detail: serde_json::Value) -> Deed {
    Deed { action, target_kind: "agent", target_id: member.id.to_string(), target_name: member.name.clone(), detail }
}

/// Who is there, as far as the Desk answers: a list without it is better than none.
pub async fn presences(at: &AtCompany) -> Presences {
    let (env, desk): (&Env, _) = (&at.here.env, at.company.id.to_string());
    match call::call::<()>(env, desk_do::BINDING, &desk, &DeskRequest::Presences).await {
        Ok(call::Answer::Done(text)) => serde_json::from_str(&text).unwrap_or_default(),
        Ok(call::Answer::Refused(())) => Presences::default(),
        Err(error) => {
            log::fault("presences", &desk, &error);
            Presences::default()
        }
    }
}

/// Whether the caller may do something to a member that only those above him may do.
///
/// # Errors
/// 403.
pub fn require_above(here: &AtAgent, capability: Capability) -> Answer<()> {
    here.permit(capability)?;
    if delegation::manages(&here.at.member, &here.target.member) { Ok(()) } else { Err(Problem::forbidden(capability)) }
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

/// Whoever manages his own teams only puts nobody into another, and takes nobody out of one.
fn require_own_teams<'a>(
    at: &AtCompany,
    capability: Capability,
    teams: impl IntoIterator<Item = &'a TeamId>,
) -> Answer<()> {
    let everywhere = scope_of(&at.member, capability).has(Scope::All);
    let his = everywhere || teams.into_iter().all(|team| at.member.teams.contains(team));
    if his { Ok(()) } else { Err(Problem::forbidden(capability)) }
}

/// The member with these roles instead of his.
async fn with_roles(at: &AtCompany, form: &mut Form, member: Member, names: &[String]) -> Answer<Member> {
    let mut after = Member { roles: Vec::new(), custom_roles: Vec::new(), ..member };
    if names.is_empty() {
        form.fault(FieldError::new("roles", "required", "Give at least one role."));
    }
    let all_presets = names.iter().all(|name| Role::parse(name).is_some());
    let own = if all_presets { Vec::new() } else { roles::list(&at.db, at.company.id).await? };
    for (place, name) in names.iter().enumerate() {
        let custom = RoleId::parse(name).and_then(|id| own.iter().find(|role| role.id == id));
        match (Role::parse(name), custom) {
            (Some(role), _) if !after.roles.contains(&role) => after.roles.push(role),
            (None, Some(role)) if !after.custom_roles.contains(role) => after.custom_roles.push(role.clone()),
            (Some(_), _) | (None, Some(_)) => {}
            (None, None) => {
                form.fault(FieldError::new(format!("roles[{place}]"), "unknown_role", "There is no such role."));
            }
        }
    }
    if after.is_confined() && after.bases().any(|role| !role.confined()) {
        let detail = "A role that is kept to the orders section goes with no other.";
        form.fault(FieldError::new("roles", "confined_role", detail));
    }
    Ok(after)
}

async fn known_teams(
    at: &AtCompany,
    form: &mut Form,
    field: &str,
    kind: TeamKind,
    ids: &[TeamId],
) -> Answer<Vec<TeamId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let known = teams::list(&at.db, at.company.id, kind).await?;
    for (place, id) in ids.iter().enumerate() {
        if !known.iter().any(|team| team.id == *id) {
            form.fault(FieldError::new(format!("{field}[{place}]"), "unknown_team", "There is nothing of this kind."));
        }
    }
    Ok(ids.to_vec())
}

/// Whoever invites into his own teams only, invites into one of them.
async fn units_of_newcomer(at: &AtCompany, wanted: Vec<TeamId>) -> Answer<Vec<TeamId>> {
    if !wanted.is_empty() {
        return Ok(wanted);
    }
    let everywhere = scope_of(&at.member, Capability::AgentInvite).has(Scope::All);
    let units = teams::list(&at.db, at.company.id, TeamKind::BusinessUnit).await?;
    let own = units.iter().find(|unit| at.member.teams.contains(&unit.id)).map(|unit| unit.id);
    let first = teams::default_unit(&at.db, at.company.id).await?.map(|unit| unit.id);
    Ok(if everywhere { first } else { own }.into_iter().collect())
}

fn check_max_chats(form: &mut Form, max_chats: Option<u32>) {
    if max_chats.is_some_and(|number| !MAX_CHATS.contains(&number)) {
        form.fault(FieldError::new("max_chats", "out_of_range", "Between 1 and 1000, please."));
    }
}

async fn invited(at: &AtCompany, kept: Kept) -> Answer {
    let invitation_url = kept.handed_over.map(|invitation| invitations::url(at, invitation)).transpose()?;
    let record = agents::find(&at.db, at.company.id, kept.agent).await?.ok_or_else(Problem::not_found)?;
    let agent = AgentBody::new(record, &Presences::default());
    Ok((StatusCode::CREATED, axum::Json(Invited { agent, invitation_url })).into_response())
}

/// The name that colleagues see where nobody chose one.
pub fn display_name(first_name: &str, last_name: &str, address: &str) -> String {
    match format!("{first_name} {last_name}").trim() {
        "" => address.split('@').next().unwrap_or(address).to_owned(),
        name => name.to_owned(),
    }
}

fn taken_in_the_meantime(error: StoreError) -> Problem {
    match error {
        StoreError::Conflict(text) if text.contains("memberships") || text.contains("users.email") => already_member(),
        other => other.into(),
    }
}

/// 409: the person works here, or was invited, already.
pub fn already_member() -> Problem {
    Problem::conflict("already_member", "This person works here, or was invited, already.")
}

impl AgentBody {
    /// A member as his colleagues see him.
    pub fn new(record: AgentRecord, presences: &Presences) -> Self {
        let seen = presences.get(&record.member.id);
        let teams = |kind| {
            let of_kind = record.teams.iter().filter(|team| team.kind == kind);
            of_kind.map(|team| Named { id: team.id, name: team.name.clone() }).collect()
        };
        Self {
            id: record.member.id,
            business_units: teams(TeamKind::BusinessUnit),
            teams: teams(TeamKind::Group),
            assignable: record.status == Standing::Active && record.member.assignable(),
            presence: seen.map_or(Presence::Offline, |seen| seen.presence),
            last_seen_at: seen.and_then(|seen| seen.last_seen_at),
            roles: role_names(&record.member),
            name: record.member.name,
            public_name: record.public_name,
            first_name: record.first_name,
            last_name: record.last_name,
            function: record.member.function,
            email: record.email,
            status: record.status,
            owner: record.member.owner,
            add_ons: record.member.add_ons,
            language: record.language,
            phones: Phones { landline: record.landline, mobile: record.mobile },
            max_chats: record.max_chats,
            photo_url: record.member.photo_url,
            description: record.description,
            description_file: record.description_file,
        }
    }
}

impl<'de> Deserialize<'de> for TransferTo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match AgentId::parse(&text) {
            _ if text == "queue" => Ok(Self::Queue),
            Some(agent) => Ok(Self::Agent(agent)),
            None => Err(serde::de::Error::custom("expected an agent's id, or `queue`")),
        }
    }
}

/// Tells a field that is null from one that is left out.
pub fn present<'de, D, T>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Some)
}
