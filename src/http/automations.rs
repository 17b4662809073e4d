//! Automation rules: when something happens, if conditions hold, then actions are taken; and what they would do, or did.

use super::body::{Json, Nothing, OptionalJson, Query};
use super::conversations::list::viewer;
use super::problem::{Answer, Problem};
use super::repeat::Repeatable;
use super::roles::name_taken;
use super::session::{AtCompany, AtThing, Thing};
use crate::domain::automation::action::Action;
use crate::domain::automation::condition::Conditions;
use crate::domain::automation::evaluate::Explanation;
use crate::domain::automation::rule::{Definition, MOST_RULES, Named, Rule, Trigger};
use crate::domain::conversation::command::Actor;
use crate::domain::conversation::event::RuleRef;
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{ClientId, ConversationId, RuleId};
use crate::domain::input::{FieldError, Form};
use crate::domain::people::permission::{Capability, permit_company};
use crate::domain::time::Instant;
use crate::effects::automation::{OpeningTimes, waits_changed};
use crate::objects::call;
use crate::objects::conversation_do::{self, Rehearsal, protocol::ConversationRequest};
use crate::platform::random;
use crate::store::audit::Deed;
use crate::store::automations::{self, RunBody, Stored};
use crate::store::conversations::{self as index, Filter};
use crate::store::{companies, db};
use axum::response::IntoResponse;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;

/// Most conversations in which a rule is tried out at once.
const MOST_REHEARSED: u32 = 25;
/// Runs that are shown where nothing else is asked.
const RUNS_SHOWN: u32 = 20;

/// The rules of a company, in their order.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Automations {
    items: Vec<AutomationBody>,
    next: Option<String>,
}

/// A rule, and how it does.
#[derive(Serialize, utoipa::ToSchema)]
pub struct AutomationBody {
    id: RuleId,
    name: String,
    enabled: bool,
    /// From 1: rules are looked at in this order.
    position: usize,
    #[serde(flatten)]
    definition: Definition,
    /// What it names and is not there any more: it is skipped until that is mended.
    broken: Vec<Named>,
    last_run_at: Option<Instant>,
    /// Of the last hundred runs, those of which an action was not taken.
    failures: u32,
}

/// A rule to be made, or what a rule is to say from now on.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleBody {
    /// The sender's name for this request: a repeat returns the first answer.
    client_id: Option<ClientId>,
    name: String,
    /// On, when left out.
    #[serde(default = "on")]
    enabled: bool,
    trigger: Trigger,
    #[serde(default)]
    conditions: Conditions,
    actions: Vec<Action>,
    /// No rule after this one is looked at, where it applied.
    #[serde(default)]
    stop: bool,
}

/// What of a rule is to change; what is left out stays.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleChange {
    name: Option<String>,
    enabled: Option<bool>,
    trigger: Option<Trigger>,
    conditions: Option<Conditions>,
    actions: Option<Vec<Action>>,
    stop: Option<bool>,
}

/// The order in which rules are looked at.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleOrder {
    /// Every rule once.
    ids: Vec<RuleId>,
}

/// A rule to be tried out.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DryRun {
    rule: Definition,
    /// From 1 to 25 conversations; 10 when left out.
    #[schema(minimum = 1, maximum = 25)]
    limit: Option<u32>,
}

/// What a rule would have done.
#[derive(Serialize, utoipa::ToSchema)]
pub struct DryRunBody {
    /// The newest conversations that the caller may see.
    items: Vec<TriedOut>,
    next: Option<String>,
    /// In how many of them the rule would have acted.
    applies_to: usize,
}

/// What a rule would have done in one conversation.
#[derive(Serialize, utoipa::ToSchema)]
pub struct TriedOut {
    conversation: TriedIn,
    /// When what triggers the rule happened last; null if it never did.
    triggered_at: Option<Instant>,
    /// Whether the rule would have acted then.
    applies: bool,
    /// Which of its conditions held then; now, if it was never triggered.
    explanation: Explanation,
    /// What it would have done.
    actions: Vec<Action>,
}

/// The conversation in which a rule was tried out.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
pub struct TriedIn {
    id: ConversationId,
    number: u32,
    subject: String,
}

/// What a rule did.
#[derive(Serialize, utoipa::ToSchema)]
pub struct Runs {
    items: Vec<RunBody>,
    next: Option<String>,
}

/// How much to read.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct RunsQuery {
    /// From 1 to 100; 20 when left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
}

const fn on() -> bool {
    true
}

impl Thing for Stored {
    async fn find(at: &AtCompany, id: &str) -> Result<Option<Self>, Problem> {
        let Some(id) = RuleId::parse(id) else { return Ok(None) };
        Ok(automations::find(&at.db, at.company.id, id).await?)
    }
}

/// The rules of a company.
#[utoipa::path(get, path = "/api/companies/{company}/automations", tag = "automations",
    params(("company" = String, Path)), responses((status = 200, body = Automations)))]
#[worker::send]
pub async fn list(at: AtCompany) -> Answer<axum::Json<Automations>> {
    permit_company(&at.member, Capability::AutomationManage)?;
    all(&at).await
}

/// One rule.
#[utoipa::path(get, path = "/api/companies/{company}/automations/{id}", tag = "automations",
    params(("company" = String, Path), ("id" = RuleId, Path)), responses((status = 200, body = AutomationBody)))]
#[worker::send]
pub async fn show(AtThing { at, thing: stored }: AtThing<Stored>) -> Answer<axum::Json<AutomationBody>> {
    permit_company(&at.member, Capability::AutomationManage)?;
    one(&at, stored.rule.reference.id).await.map(axum::Json)
}

/// Makes a rule, the last in the order.
#[utoipa::path(post, path = "/api/companies/{company}/automations", tag = "automations",
    params(("company" = String, Path)), request_body = RuleBody,
    responses((status = 201, body = AutomationBody), (status = 409, description = "`name_taken`, `too_many`")))]
#[worker::send]
pub async fn create(at: AtCompany, Json(body): Json<RuleBody>) -> Answer {
    let route = format!("automations of {}", at.company.id);
    let repeatable = Repeatable::new(at.signed_in.user, body.client_id, &route, &body)?;
    let RuleBody { name, enabled, trigger, conditions, actions, stop, .. } = body;
    let (name, definition) = checked(&name, Definition { trigger, conditions, actions, stop })?;
    permit_company(&at.member, Capability::AutomationManage)?;
    require_there(&at, &definition, &[]).await?;
    if let Some(first) = repeatable.earlier::<RuleId>(&at.db).await? {
        return Ok((StatusCode::CREATED, axum::Json(one(&at, first).await?)).into_response());
    }
    if automations::list(&at.db, at.company.id).await?.len() >= MOST_RULES {
        let detail = format!("A company has {MOST_RULES} rules at most. Delete one first.");
        return Err(Problem::conflict("too_many", &detail));
    }
    let rule = Rule { reference: RuleRef { id: RuleId::new(random::id(at.here.now)), name }, definition };
    let statements = vec![
        automations::insert(&at.db, at.company.id, &rule, enabled, at.here.now)?,
        at.audit(&deed("automation.created", &rule, json!({ "enabled": enabled, "rule": rule.definition })))?,
    ];
    if let Some(first) = repeatable.settle(&at.db, &rule.reference.id, statements, at.here.now, name_taken).await? {
        return Ok((StatusCode::CREATED, axum::Json(one(&at, first).await?)).into_response());
    }
    tell_who_waits(&at, &rule.definition, enabled).await;
    Ok((StatusCode::CREATED, axum::Json(one(&at, rule.reference.id).await?)).into_response())
}

/// Changes a rule. What is under way goes on as it was decided.
#[utoipa::path(patch, path = "/api/companies/{company}/automations/{id}", tag = "automations",
    params(("company" = String, Path), ("id" = RuleId, Path)), request_body = RuleChange,
    responses((status = 200, body = AutomationBody), (status = 409, description = "`name_taken`")))]
#[worker::send]
pub async fn update(
    AtThing { at, thing: stored }: AtThing<Stored>,
    Json(body): Json<RuleChange>,
) -> Answer<axum::Json<AutomationBody>> {
    let Rule { reference, definition: before } = stored.rule;
    let wanted = Definition {
        trigger: body.trigger.unwrap_or(before.trigger),
        conditions: body.conditions.unwrap_or_else(|| before.conditions.clone()),
        actions: body.actions.unwrap_or_else(|| before.actions.clone()),
        stop: body.stop.unwrap_or(before.stop),
    };
    let (name, definition) = checked(body.name.as_deref().unwrap_or(&reference.name), wanted)?;
    permit_company(&at.member, Capability::AutomationManage)?;
    // What is broken already may be switched off or given another name without being mended.
    require_there(&at, &definition, &before.names()).await?;
    let enabled = body.enabled.unwrap_or(stored.enabled);
    let rule = Rule { reference: RuleRef { id: reference.id, name }, definition };
    let from = json!({ "name": reference.name, "enabled": stored.enabled, "rule": before });
    let to = json!({ "name": rule.reference.name, "enabled": enabled, "rule": rule.definition });
    let statements = vec![
        automations::update(&at.db, &rule, enabled)?,
        at.audit(&deed("automation.changed", &rule, json!({ "from": from, "to": to })))?,
    ];
    db::transaction(&at.db, statements).await.map_err(name_taken)?;
    tell_who_waits(&at, &rule.definition, enabled).await;
    one(&at, reference.id).await.map(axum::Json)
}

/// Deletes a rule.
#[utoipa::path(delete, path = "/api/companies/{company}/automations/{id}", tag = "automations",
    params(("company" = String, Path), ("id" = RuleId, Path)), responses((status = 204)))]
#[worker::send]
pub async fn remove(AtThing { at, thing: stored }: AtThing<Stored>, _: OptionalJson<Nothing>) -> Answer {
    permit_company(&at.member, Capability::AutomationManage)?;
    let mut statements = automations::delete(&at.db, at.company.id, stored.rule.reference.id)?;
    let detail = json!({ "rule": stored.rule.definition });
    statements.push(at.audit(&deed("automation.deleted", &stored.rule, detail))?);
    db::transaction(&at.db, statements).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Says in which order rules are looked at.
#[utoipa::path(put, path = "/api/companies/{company}/automations/order", tag = "automations",
    params(("company" = String, Path)), request_body = RuleOrder,
    responses((status = 200, body = Automations), (status = 409, description = "`changed_meanwhile`")))]
#[worker::send]
pub async fn set_order(at: AtCompany, Json(body): Json<RuleOrder>) -> Answer<axum::Json<Automations>> {
    let wanted: BTreeSet<RuleId> = body.ids.iter().copied().collect();
    if wanted.len() != body.ids.len() {
        return Err(FieldError::new("ids", "twice", "This one is there twice.").into());
    }
    permit_company(&at.member, Capability::AutomationManage)?;
    let known = automations::list(&at.db, at.company.id).await?;
    if wanted != known.iter().map(|stored| stored.rule.reference.id).collect() {
        let detail = "The rules are others by now. Look again, please.";
        return Err(Problem::conflict(db::CHANGED_MEANWHILE, detail));
    }
    let (target_id, target_name) = (at.company.id.to_string(), at.company.name.clone());
    let detail = json!({ "order": body.ids });
    let deed = Deed { action: "automation.ordered", target_kind: "company", target_id, target_name, detail };
    let statements = vec![automations::set_order(&at.db, at.company.id, &body.ids)?, at.audit(&deed)?];
    db::transaction(&at.db, statements).await?;
    all(&at).await
}

/// What a rule would have done in the newest conversations that the caller may see. Nothing changes.
#[utoipa::path(post, path = "/api/companies/{company}/automations/dry-run", tag = "automations",
    params(("company" = String, Path)), request_body = DryRun, responses((status = 200, body = DryRunBody)))]
#[worker::send]
pub async fn dry_run(at: AtCompany, Json(body): Json<DryRun>) -> Answer<axum::Json<DryRunBody>> {
    let limit = body.limit.unwrap_or(10);
    if !(1..=MOST_REHEARSED).contains(&limit) {
        let detail = format!("Between 1 and {MOST_REHEARSED}, please.");
        return Err(FieldError::new("limit", "out_of_range", detail).into());
    }
    let rule = body.rule.check().map_err(|faults| within("rule", faults))?;
    permit_company(&at.member, Capability::AutomationManage)?;
    let settings = companies::settings(&at.db, at.company.id).await?.ok_or_else(Problem::not_found)?;
    let times = OpeningTimes { calendar: settings.calendar, zone: settings.time_zone };
    let newest = index::list(&at.db, &viewer(&at), &Filter::default(), None, limit).await?.items;
    let mut items = Vec::new();
    for view in newest {
        let conversation: TriedIn = serde_json::from_str(&view)?;
        if let Some(rehearsal) = rehearse(&at, conversation.id, &rule, &times).await? {
            items.push(TriedOut::new(conversation, rehearsal, &rule));
        }
    }
    let applies_to = items.iter().filter(|item| item.applies).count();
    Ok(axum::Json(DryRunBody { items, next: None, applies_to }))
}

/// What a rule did last, and what it could not do.
#[utoipa::path(get, path = "/api/companies/{company}/automations/{id}/runs", tag = "automations",
    params(("company" = String, Path), ("id" = RuleId, Path), RunsQuery), responses((status = 200, body = Runs)))]
#[worker::send]
pub async fn runs(
    AtThing { at, thing: stored }: AtThing<Stored>,
    Query(query): Query<RunsQuery>,
) -> Answer<axum::Json<Runs>> {
    let limit = query.limit.unwrap_or(RUNS_SHOWN);
    if !(1..=100).contains(&limit) {
        return Err(FieldError::new("limit", "out_of_range", "Between 1 and 100, please.").into());
    }
    permit_company(&at.member, Capability::AutomationManage)?;
    let items = automations::runs(&at.db, at.company.id, stored.rule.reference.id, limit).await?;
    Ok(axum::Json(Runs { items, next: None }))
}

/// A conversation that waits already learns of a new rule about waiting.
async fn tell_who_waits(at: &AtCompany, definition: &Definition, enabled: bool) {
    if enabled && matches!(definition.trigger, Trigger::Waited { .. }) {
        waits_changed(&at.here.env, &at.db, at.company.id).await;
    }
}

async fn rehearse(
    at: &AtCompany,
    id: ConversationId,
    rule: &Definition,
    times: &OpeningTimes,
) -> Answer<Option<Rehearsal>> {
    let (actor, rule) = (Actor::Agent(at.member.clone()), Box::new(rule.clone()));
    let request = ConversationRequest::Rehearse { actor, rule, times: times.clone() };
    match call::call::<Refusal>(&at.here.env, conversation_do::BINDING, &id.to_string(), &request).await? {
        call::Answer::Done(text) => Ok(serde_json::from_str(&text)?),
        // It has moved out of his sight since the index saw it.
        call::Answer::Refused(_) => Ok(None),
    }
}

fn checked(name: &str, definition: Definition) -> Answer<(String, Definition)> {
    let mut form = Form::default();
    let name = form.line("name", name);
    match definition.check() {
        Ok(definition) => {
            form.finish()?;
            Ok((name, definition))
        }
        Err(faults) => {
            faults.into_iter().for_each(|fault| form.fault(fault));
            form.finish()?;
            Err(Problem::not_found())
        }
    }
}

/// What a rule names has to be there, unless it named it before.
async fn require_there(at: &AtCompany, definition: &Definition, before: &[Named]) -> Answer<()> {
    let names: Vec<Named> = definition.names().into_iter().filter(|name| !before.contains(name)).collect();
    let missing = automations::missing(&at.db, at.company.id, &names).await?;
    if missing.is_empty() {
        return Ok(());
    }
    let gone = |name: &Named| missing.contains(name);
    let mut faults = Vec::new();
    let mut fault =
        |field: String| faults.push(FieldError::new(field, "unknown_value", "There is no such thing here."));
    for (list, conditions) in [("all", &definition.conditions.all), ("any", &definition.conditions.any)] {
        for (place, condition) in conditions.iter().enumerate() {
            if condition.names().iter().any(gone) {
                fault(format!("conditions.{list}[{place}].values"));
            }
        }
    }
    for (place, action) in definition.actions.iter().enumerate() {
        if action.names().as_ref().is_some_and(gone) {
            fault(format!("actions[{place}]"));
        }
    }
    if faults.is_empty() {
        faults.push(FieldError::new("trigger.tag_id", "unknown_value", "There is no such thing here."));
    }
    Err(faults.into())
}

fn within(field: &str, faults: Vec<FieldError>) -> Vec<FieldError> {
    faults.into_iter().map(|fault| FieldError { field: format!("{field}.{}", fault.field), ..fault }).collect()
}

async fn all(at: &AtCompany) -> Answer<axum::Json<Automations>> {
    let stored = automations::list(&at.db, at.company.id).await?;
    let names: Vec<Named> = stored.iter().flat_map(|one| one.rule.definition.names()).collect();
    let missing = automations::missing(&at.db, at.company.id, &names).await?;
    let items = stored.into_iter().enumerate().map(|(place, one)| AutomationBody::new(place, one, &missing)).collect();
    Ok(axum::Json(Automations { items, next: None }))
}

async fn one(at: &AtCompany, id: RuleId) -> Answer<AutomationBody> {
    let axum::Json(Automations { items, .. }) = all(at).await?;
    items.into_iter().find(|item| item.id == id).ok_or_else(Problem::not_found)
}

fn deed(action: &'static str, rule: &Rule, detail: serde_json::Value) -> Deed {
    let RuleRef { id, name } = &rule.reference;
    Deed { action, target_kind: "automation", target_id: id.to_string(), target_name: name.clone(), detail }
}

impl AutomationBody {
    fn new(place: usize, stored: Stored, missing: &[Named]) -> Self {
        let Stored { rule: Rule { reference, definition }, enabled, last_run_at, failures } = stored;
        let broken = definition.names().into_iter().filter(|name| missing.contains(name)).collect();
        let (RuleRef { id, name }, position) = (reference, place.saturating_add(1));
        Self { id, name, enabled, position, definition, broken, last_run_at, failures }
    }
}

impl TriedOut {
    fn new(conversation: TriedIn, rehearsal: Rehearsal, rule: &Definition) -> Self {
        let Rehearsal { triggered_at, explanation } = rehearsal;
        let applies = triggered_at.is_some() && explanation.applies;
        let actions = if applies { rule.actions.clone() } else { Vec::new() };
        Self { conversation, triggered_at, applies, explanation, actions }
    }
}
