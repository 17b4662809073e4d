//! What a company's rules say, as a conversation needs it; what an action comes to; and what is written down about it.

use crate::domain::automation::action::Action;
use crate::domain::automation::agenda::Run;
use crate::domain::automation::rule::Rule;
use crate::domain::conversation::command::Command;
use crate::domain::conversation::event::{FolderRef, RuleRef};
use crate::domain::conversation::placeholder::{self, Values};
use crate::domain::conversation::state::State;
use crate::domain::conversation::status::Status;
use crate::domain::id::{CompanyId, RuleId};
use crate::domain::people::hours::{AwayReply, Calendar};
use crate::domain::time::Instant;
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest};
use crate::platform::{clock, intl, log};
use crate::store::{agents, automations, companies, db, folders, profiles, tags, teams};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use worker::{D1Database, Env};

/// Waiting conversations that are told at once of a rule about waiting.
const TOLD_AT_ONCE: u32 = 200;

/// When a company is open, by which clock.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OpeningTimes {
    pub calendar: Calendar,
    pub zone: String,
}

impl OpeningTimes {
    /// If it is closed: which closed period this is.
    #[must_use]
    pub fn closed_period(&self, at: Instant) -> Option<i64> {
        self.calendar.closed_period(intl::civil(&self.zone, at))
    }

    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self, at: Instant) -> bool {
        self.calendar.is_open(intl::civil(&self.zone, at))
    }
}

/// Everything of a company's that says what its conversations do by themselves.
pub struct Playbook {
    /// Those that are switched on, in their order.
    pub rules: Vec<Rule>,
    /// Those of them that name what is not there any more.
    pub broken: Vec<RuleId>,
    pub times: OpeningTimes,
    away_reply: AwayReply,
    language: String,
    company: CompanyId,
}

/// Reads the playbook of a company; none of a company that is gone.
///
/// # Errors
/// When the database fails; the conversation tries again.
pub async fn playbook(env: &Env, company: CompanyId) -> Result<Option<Playbook>, String> {
    let db = db::open(env).map_err(|error| error.to_string())?;
    read(&db, company).await.map_err(|error| error.to_string())
}

async fn read(db: &D1Database, company: CompanyId) -> db::StoreResult<Option<Playbook>> {
    let Some(settings) = companies::settings(db, company).await? else { return Ok(None) };
    let rules = automations::enabled(db, company).await?;
    let named: Vec<_> = rules.iter().flat_map(|rule| rule.definition.names()).collect();
    let missing = automations::missing(db, company, &named).await?;
    let is_broken = |rule: &&Rule| rule.definition.names().iter().any(|name| missing.contains(name));
    let broken = rules.iter().filter(is_broken).map(|rule| rule.reference.id).collect();
    let times = OpeningTimes { calendar: settings.calendar, zone: settings.time_zone };
    let (away_reply, language) = (settings.away_reply, settings.language);
    Ok(Some(Playbook { rules, broken, times, away_reply, language, company }))
}

impl Playbook {
    /// What a customer of this language is told while nobody is there, and in whose name. It is a rule that every company
    /// has: its name is the company's own id.
    #[must_use]
    pub fn away_reply(&self, language: &str) -> Option<(RuleRef, Action)> {
        let body = self.away_reply.words(language, &self.language)?.to_owned();
        let name = match self.language.split('-').next() {
            Some("fr") => "Réponse hors des heures d’ouverture",
            _ => "Reply outside business hours",
        };
        let id = RuleId::new(Uuid::from_bytes(*self.company.as_bytes()));
        Some((RuleRef { id, name: name.to_owned() }, Action::Message { body }))
    }
}

/// The command that an action comes to; none when what it names is gone.
///
/// # Errors
/// When the database fails; the conversation tries again.
pub async fn command(env: &Env, state: &State, action: &Action) -> Result<Option<Command>, String> {
    let db = db::open(env).map_err(|error| error.to_string())?;
    resolve(&db, state, action).await.map_err(|error| error.to_string())
}

async fn resolve(db: &D1Database, state: &State, action: &Action) -> db::StoreResult<Option<Command>> {
    let company = state.company_id;
    Ok(match action {
        Action::Tag { tag_id } => {
            tags::find(db, company, *tag_id).await?.map(|tag| Command::SetTag { tag: tag.into(), on: true })
        }
        Action::Untag { tag_id } => {
            tags::find(db, company, *tag_id).await?.map(|tag| Command::SetTag { tag: tag.into(), on: false })
        }
        Action::Folder { folder_id: None } => Some(Command::SetFolder { to: None }),
        Action::Folder { folder_id: Some(id) } => {
            let folder = folders::find(db, company, *id).await?.map(FolderRef::from);
            folder.map(|folder| Command::SetFolder { to: Some(folder) })
        }
        Action::Team { team_id: None } => Some(Command::SetTeam { to: None }),
        Action::Team { team_id: Some(id) } => {
            teams::reference(db, company, *id).await?.map(|team| Command::SetTeam { to: Some(team) })
        }
        Action::Priority { priority } => Some(Command::SetPriority { priority: *priority }),
        Action::Assign { agent_id } => {
            let candidate = agents::candidate(db, company, *agent_id).await?;
            candidate.map(|to| Command::Assign { to: Some(to), if_epoch: None, force: false })
        }
        Action::Close {} => Some(Command::SetStatus { status: Status::Closed, until: None }),
        Action::Snooze { r#for } => {
            let until = clock::now().after(*r#for);
            Some(Command::SetStatus { status: Status::Snoozed, until: Some(until) })
        }
        Action::Note { body } => {
            let body = filled(db, state, body).await?;
            Some(Command::Note { body, attachments: Vec::new(), mentions: Vec::new() })
        }
        Action::Message { body } => {
            Some(Command::Message { body: filled(db, state, body).await?, attachments: Vec::new() })
        }
    })
}

/// A text with its placeholders filled in.
async fn filled(db: &D1Database, state: &State, text: &str) -> db::StoreResult<String> {
    let profile = profiles::of_company(db, state.company_id).await?;
    let company_name = profile.as_ref().map(|profile| profile.name.as_str()).unwrap_or_default();
    let values = Values {
        contact_name: &state.contact.name,
        agent_name: state.assignee.as_ref().map(|agent| agent.public_name.as_str()).unwrap_or_default(),
        agent_signature: "",
        company_name,
        conversation_number: state.number,
        conversation_subject: &state.subject,
    };
    Ok(placeholder::render(text, &values))
}

/// Tells conversations whose customers wait that the company's rules about waiting are others now; those that have waited
/// longest, if there are many. One that is not reached hears of it when something happens in it.
pub async fn waits_changed(env: &Env, db: &D1Database, company: CompanyId) {
    let waiting = match automations::waiting(db, company, TOLD_AT_ONCE).await {
        Ok(waiting) => waiting,
        Err(error) => return log::fault("rules about waiting", &company.to_string(), &error),
    };
    for id in waiting {
        let name = id.to_string();
        let told = call::call::<()>(env, conversation_do::BINDING, &name, &ConversationRequest::Reconsider).await;
        if let Err(error) = told {
            log::fault("rules about waiting", &name, &error);
        }
    }
}

/// Writes down what became of a run.
///
/// # Errors
/// When the database fails; the conversation tries again.
pub async fn record(env: &Env, state: &State, run: &Run) -> Result<(), String> {
    let db = db::open(env).map_err(|error| error.to_string())?;
    automations::record(&db, state.company_id, state.id, run).await.map_err(|error| error.to_string())
}
