//! Inviting somebody (specification E).

use super::{AgentBody, Phones, check_max_chats, deed, known_teams, require_own_teams, with_roles};
use crate::domain::conversation::event::TeamKind;
use crate::domain::id::{AgentId, ClientId, InvitationId, TeamId, UserId};
use crate::domain::input::{self, Form};
use crate::domain::people::member::Member;
use crate::domain::people::permission::{Capability, Scope, permit_company, scope_of};
use crate::domain::people::role::AddOn;
use crate::domain::people::{delegation, email, settings};
use crate::http::body::Json;
use crate::http::invitations::{self, Delivery};
use crate::http::problem::{Answer, Problem};
use crate::http::repeat::Repeatable;
use crate::http::session::AtCompany;
use crate::objects::desk_do::protocol::Presences;
use crate::platform::random;
use crate::store::accounts::{self, NewUser};
use crate::store::agents::{self, NewMembership, Standing};
use crate::store::db::{self, StoreError};
use crate::store::members::role_names;
use crate::store::{roles, teams};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;

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

/// What the answer is made from, should the request be repeated. The token is not in it: it follows from the id.
#[derive(Serialize, Deserialize)]
struct Kept {
    agent: AgentId,
    handed_over: Option<InvitationId>,
}

const fn yes() -> bool {
    true
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
