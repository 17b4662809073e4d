//! The people of a company: their list, and what the modules below share (specification E, F).

pub mod changing;
pub mod inviting;
pub mod leaving;
pub mod passwords;

use super::body::Query;
use super::problem::{Answer, Problem};
use super::session::{AtAgent, AtCompany};
use crate::domain::conversation::event::TeamKind;
use crate::domain::id::{AgentId, RoleId, TeamId};
use crate::domain::input::{FieldError, Form};
use crate::domain::people::delegation;
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, Scope, permit_company, relation_between, scope_of};
use crate::domain::people::role::{AddOn, Role};
use crate::domain::time::Instant;
use crate::objects::call;
use crate::objects::desk_do::protocol::{self as desk, DeskRequest, Presence, Presences};
use crate::platform::log;
use crate::store::agents::{self, AgentRecord, DescriptionFile, Seats, Standing};
use crate::store::audit::Deed;
use crate::store::members::role_names;
use crate::store::{roles, teams};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

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
    /// Conversations he has.
    open: u32,
    /// Conversations he may have at once: his own number, else the company's.
    limit: u32,
    last_seen_at: Option<Instant>,
    photo_url: Option<String>,
    description: String,
    description_file: Option<DescriptionFile>,
}

/// A team in another thing.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = TeamOfAgent)]
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

/// A line of the audit trail about a member.
pub fn deed(action: &'static str, member: &Member, detail: serde_json::Value) -> Deed {
    Deed { action, target_kind: "agent", target_id: member.id.to_string(), target_name: member.name.clone(), detail }
}

/// Who is there, as far as the Desk answers: a list without it is better than none.
pub async fn presences(at: &AtCompany) -> Presences {
    match desk::ask::<()>(&at.here.env, at.company.id, &DeskRequest::Presences).await {
        Ok(call::Answer::Done(text)) => serde_json::from_str(&text).unwrap_or_default(),
        Ok(call::Answer::Refused(())) => Presences::default(),
        Err(error) => {
            log::fault("presences", &at.company.id.to_string(), &error);
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

fn check_max_chats(form: &mut Form, max_chats: Option<u32>) {
    if max_chats.is_some_and(|number| !MAX_CHATS.contains(&number)) {
        form.fault(FieldError::new("max_chats", "out_of_range", "Between 1 and 1000, please."));
    }
}

impl AgentBody {
    /// A member as his colleagues see him.
    pub fn new(record: AgentRecord, presences: &Presences) -> Self {
        let seen = presences.get(&record.member.id).copied().unwrap_or_default();
        let teams = |kind| {
            let of_kind = record.teams.iter().filter(|team| team.kind == kind);
            of_kind.map(|team| Named { id: team.id, name: team.name.clone() }).collect()
        };
        Self {
            id: record.member.id,
            business_units: teams(TeamKind::BusinessUnit),
            teams: teams(TeamKind::Group),
            assignable: record.status == Standing::Active && record.member.assignable(),
            presence: seen.presence,
            open: seen.open,
            limit: seen.limit,
            last_seen_at: seen.last_seen_at,
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
