//! A company's Desk: whose slots are taken and what waits, who is there, and the live feed of the dashboards.

mod assignment;
mod attendance;
mod audience;
mod cutting;
mod erasing;
mod feed;
mod notices;
mod orders;
mod people;
mod presence;
pub mod protocol;
mod schema;
mod viewing;

use self::attendance::Attending;
use self::audience::Listener;
use self::cutting::TELL_AGAIN_AFTER;
use self::presence::LastSeen;
use self::protocol::{DashboardOpening, DeskRequest};
use self::schema::Tables;
use super::call;
use super::cut::RecentCuts;
use super::lane::Lane;
use super::socket::{close, close_back, misunderstood, recall, text};
use crate::domain::assignment::ledger::Ledger;
use crate::domain::assignment::routing::Roster;
use crate::domain::id::{AgentId, CompanyId};
use crate::domain::time::Instant;
use crate::platform::{clock, log};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;
use worker::{
    DurableObject, Env, Request, Response, Result, State, WebSocket, WebSocketIncomingMessage, durable_object,
};

/// The binding of `wrangler.toml`.
pub const BINDING: &str = "DESKS";

/// An alarm whose work failed rings again after this.
const RING_AGAIN_AFTER: Duration = Duration::from_secs(2);

/// The Durable Object of one company.
#[durable_object]
pub struct DeskObject {
    core: Rc<Core>,
}

struct Core {
    object: State,
    env: Env,
    tables: OnceCell<Tables>,
    cuts: RecentCuts,
    company: Cell<Option<CompanyId>>,
    /// Slots and queue as last written; none before they are first read, or after a write failed.
    ledger: RefCell<Option<Ledger>>,
    /// The people, as last read.
    roster: RefCell<Option<Rc<Roster>>>,
    /// Whose dashboards are open; none before they are first asked for.
    listeners: RefCell<Option<BTreeMap<AgentId, Listener>>>,
    /// When everybody was last there, as last written.
    last_seen: RefCell<Option<BTreeMap<AgentId, LastSeen>>>,
    /// Who was given something last, as last written.
    turns: RefCell<Option<BTreeMap<AgentId, u64>>>,
    /// Whether whoever left is about to be seen off.
    seeing_off: Cell<bool>,
    /// When the people were last read; never, before an object that has just woken reads them.
    people_read_at: Cell<Instant>,
    /// How often the people were read, and the last reading that counted.
    readings: Cell<u32>,
    read: Cell<u32>,
    /// People whose presence or load is to be told to dashboards.
    to_be_told: RefCell<BTreeSet<AgentId>>,
    /// Whether dashboards are about to be told.
    telling: Cell<bool>,
    /// When the alarm rings, as far as is known.
    alarm_at: Cell<Option<Instant>>,
    /// Reports are sent one at a time.
    sending_reports: Lane,
    /// Who is there since when, as last written; none before it is first asked for.
    attending: RefCell<Option<Attending>>,
    /// Whether reports are being told when people were there.
    telling_reports: Cell<bool>,
}

impl DurableObject for DeskObject {
    fn new(object: State, env: Env) -> Self {
        if let Ok(pair) = worker::WebSocketRequestResponsePair::new("ping", "pong") {
            object.set_websocket_auto_response(&pair);
        }
        let core = Core {
            object,
            env,
            tables: OnceCell::new(),
            cuts: RecentCuts::default(),
            company: Cell::new(None),
            ledger: RefCell::new(None),
            roster: RefCell::new(None),
            listeners: RefCell::new(None),
            last_seen: RefCell::new(None),
            turns: RefCell::new(None),
            seeing_off: Cell::new(false),
            people_read_at: Cell::new(Instant::default()),
            readings: Cell::new(0),
            read: Cell::new(0),
            to_be_told: RefCell::default(),
            telling: Cell::new(false),
            alarm_at: Cell::new(None),
            sending_reports: Lane::default(),
            attending: RefCell::new(None),
            telling_reports: Cell::new(false),
        };
        Self { core: Rc::new(core) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        if let Some(opening) = call::opening::<DashboardOpening>(&request)? {
            return Core::open_socket(&self.core, &opening).await;
        }
        let (company, request) = serde_json::from_str(&request.text().await?)?;
        self.core.belongs_to(company)?;
        Core::answer(&self.core, request).await
    }

    async fn alarm(&self) -> Result<Response> {
        self.core.alarm_at.set(None);
        if let Err(error) = Core::ring(&self.core).await {
            log::fault("desk alarm", "", &error);
            self.core.object.storage().set_alarm(RING_AGAIN_AFTER).await?;
        }
        Response::ok("")
    }

    async fn websocket_message(&self, socket: WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        // Dashboards only listen; `ping` is answered by the runtime.
        if text(&socket, message).is_some() {
            misunderstood(&socket);
        }
        Ok(())
    }

    async fn websocket_close(&self, socket: WebSocket, code: usize, _reason: String, _clean: bool) -> Result<()> {
        close_back(&socket, code);
        match recall::<DashboardOpening>(&socket) {
            Some(owner) => Core::left(&self.core, owner.member.id).await,
            None => Ok(()),
        }
    }

    async fn websocket_error(&self, socket: WebSocket, _error: worker::Error) -> Result<()> {
        close(&socket, 1011, "");
        match recall::<DashboardOpening>(&socket) {
            Some(owner) => Core::left(&self.core, owner.member.id).await,
            None => Ok(()),
        }
    }
}

impl Core {
    async fn answer(core: &Rc<Self>, request: DeskRequest) -> Result<Response> {
        match request {
            DeskRequest::Publish { conversation } if core.is_erased(conversation.id)? => {}
            DeskRequest::Publish { conversation } => {
                core.viewed_changed(&conversation)?;
                core.publish(*conversation)?;
            }
            DeskRequest::Viewing { conversation, .. } if core.is_erased(conversation.id)? => {}
            DeskRequest::Viewing { conversation, agents } => core.is_viewed(*conversation, agents)?,
            DeskRequest::Watch { holder, conversation } => {
                if core.cuts.code_for(&holder).is_some() {
                    return call::refused(&());
                }
                core.tables()?.watch(&holder, conversation)?;
            }
            DeskRequest::Cut { cut } => {
                let holders = core.holders(&cut);
                core.cut(&cut).await?;
                holders.into_iter().for_each(|agent| Self::may_have_left(core, agent));
            }
            DeskRequest::SetAvailability { agent, availability } => {
                Self::know_people(core).await?;
                core.saw(agent, Some(availability))?;
                core.says(agent)?;
                core.tell_of([agent]);
                Self::dispatch(core)?;
                Self::afterwards(core).await?;
            }
            DeskRequest::Conversations { after, limit } => {
                return call::done(&serde_json::to_string(&core.tables()?.conversations(after, limit)?)?);
            }
            DeskRequest::Presences => {
                Self::know_people(core).await?;
                return call::done(&serde_json::to_string(&core.presences()?)?);
            }
            DeskRequest::Attendance => {
                return call::done(&serde_json::to_string(&Self::attendance(core)?)?);
            }
            DeskRequest::AttendanceAnew => {
                core.tables()?.nothing_was_told()?;
                Self::look_at_attendance(core)?;
                core.arm().await?;
            }
            DeskRequest::Staffed => {
                Self::know_people(core).await?;
                return call::done(&serde_json::to_string(&core.is_staffed()?)?);
            }
            DeskRequest::Board => {
                Self::know_people(core).await?;
                return call::done(&serde_json::to_string(&core.board()?)?);
            }
            DeskRequest::PeopleChanged => Self::people_changed(core).await?,
            DeskRequest::Reserve(reserve) => {
                return match Self::reserve(core, &reserve).await? {
                    Ok(granted) => call::done(&serde_json::to_string(&granted)?),
                    Err(no_slot) => call::refused(&no_slot),
                };
            }
            DeskRequest::Cancel { conversation, reservation } => Self::cancel(core, conversation, reservation).await?,
            DeskRequest::Stand { conversation, stand } => Self::report(core, conversation, &stand).await?,
            DeskRequest::Deal { member, client_id } => {
                return match Self::deal(core, &member, client_id).await? {
                    Ok(dealt) => call::done(&serde_json::to_string(&dealt)?),
                    Err(no_slot) => call::refused(&no_slot),
                };
            }
            DeskRequest::Foremost { member } => {
                return call::done(&serde_json::to_string(&core.foremost(&member)?)?);
            }
            DeskRequest::Notify { notices } => {
                Self::know_people(core).await?;
                return call::done(&serde_json::to_string(&core.notify(&notices).await?)?);
            }
            DeskRequest::ErasuresDue { due } => {
                core.erasures_due(due).await?;
                Self::look_after_erasures(core)?;
            }
            DeskRequest::Shut => core.shut(),
            DeskRequest::OrderChanged { news } => core.tell_of_order(&news),
            DeskRequest::Reopen => core.tables()?.reopen()?,
            DeskRequest::OrdersDue { due } => core.orders_due(due).await?,
            DeskRequest::Report { schedule, due } => core.report_is_due(schedule, due).await?,
            DeskRequest::Digest { agent, due } => core.digest_is_due(agent, due).await?,
            DeskRequest::HandOver { from, to } => {
                return call::done(&serde_json::to_string(&Self::hand_over(core, from, to).await?)?);
            }
        }
        call::done("{}")
    }

    /// The alarm rang, perhaps early, perhaps twice: does what is due by what is stored.
    async fn ring(core: &Rc<Self>) -> Result<()> {
        Self::know_people(core).await?;
        Self::settle_overdue(core)?;
        core.tell_of_leavers()?;
        Self::look_at_attendance(core)?;
        Self::send_digests(core)?;
        Self::look_after_orders(core)?;
        Self::look_after_erasures(core)?;
        Self::send_reports(core);
        core.tell_conversations().await?;
        core.arm().await
    }

    /// Sees to it that the alarm rings in time for what is due and for what is owed.
    async fn arm(&self) -> Result<()> {
        let lease = self.with_ledger(|ledger| ledger.next_due())?;
        let owed = self.tables()?.owes_cuts()?.then(|| clock::now().after(TELL_AGAIN_AFTER));
        let Some(wanted) = lease
            .into_iter()
            .chain(self.next_leaving()?)
            .chain(self.tables()?.next_digest()?)
            .chain(self.tables()?.orders_due()?)
            .chain(self.tables()?.erasures_due()?)
            .chain(self.tables()?.next_report()?)
            .chain(self.next_look_at_attendance()?)
            .chain(owed)
            .min()
        else {
            return Ok(());
        };
        if self.alarm_at.get().is_none_or(|at| wanted < at) {
            crate::platform::alarm::set(&self.object.storage(), wanted).await?;
            self.alarm_at.set(Some(wanted));
        }
        Ok(())
    }

    /// Does something beside the answer; what fails is noted.
    fn beside<F: Future<Output = Result<()>> + 'static>(
        core: &Rc<Self>,
        what: &'static str,
        work: impl FnOnce(Rc<Self>) -> F,
    ) {
        let work = work(Rc::clone(core));
        core.object.wait_until(async move {
            if let Err(error) = work.await {
                log::fault(what, "", &error);
            }
        });
    }

    fn tables(&self) -> Result<&Tables> {
        if self.tables.get().is_none() {
            let _set_by_nobody_else = self.tables.set(Tables::new(self.object.storage())?);
        }
        self.tables.get().ok_or_else(|| worker::Error::RustError("the Desk has no tables".to_owned()))
    }

    /// Whose Desk this is, from the first that said so.
    fn belongs_to(&self, company: CompanyId) -> Result<()> {
        if self.company.replace(Some(company)).is_none() {
            self.tables()?.belongs_to(company)?;
        }
        Ok(())
    }
}
