//! Opening sockets, and what clients say on them.

use super::super::{call, socket};
use super::protocol::{ClientFrame, SocketOpening};
use super::reading::{EVENTS_AT_ONCE, numbering, visible};
use super::turn::Done;
use super::{Core, sockets};
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::id::{AgentId, ClientId, FileId};
use crate::domain::people::member::Member;
use crate::objects::desk_do::protocol::{self as desk, DeskRequest};
use crate::platform::clock;
use crate::store::{agents, db};
use std::rc::Rc;
use std::time::Duration;
use worker::{Delay, Response, Result, WebSocket, WebSocketIncomingMessage, WebSocketPair};

/// The pause in which those who come and go are collected before the Desk is told.
const VIEWERS_AFTER: Duration = Duration::from_millis(100);
/// A socket on which too much is said is closed with this; what was heard is kept.
const TOO_OFTEN: u16 = 4429;

impl Core {
    pub(super) fn open_socket(&self, opening: &SocketOpening) -> Result<Response> {
        let WebSocketPair { client, server } = WebSocketPair::new()?;
        let Some(snapshot) = self.load()? else { return call::refused(&Refusal::NotFound) };
        if let Err(refusal) = visible(&snapshot.state, &opening.actor) {
            return call::refused(&refusal);
        }
        sockets::accept(&self.object, &server, opening)?;
        if let Some(code) = opening.holder.and_then(|holder| self.cuts.code_for(&holder)) {
            socket::close(&server, code, "");
            return Response::from_websocket(client);
        }
        let head = match opening.actor {
            Actor::Customer { .. } => snapshot.state.pub_head,
            _ => snapshot.state.head,
        };
        sockets::hello(&server, head);
        sockets::tell_read(&server, &opening.actor, self.read_by_other_side(&opening.actor)?);
        match opening.after {
            Some(after) if after > head || head - after > u64::from(EVENTS_AT_ONCE) => sockets::resync(&server, head),
            Some(after) => {
                let missed = self.tables.entries(numbering(&opening.actor), after, EVENTS_AT_ONCE)?;
                sockets::catch_up(&server, &opening.actor, missed);
                let translations = self.missed_translations(&opening.actor, after)?;
                sockets::catch_up_translations(&server, &translations);
            }
            None => {}
        }
        if opening.holder.is_some() {
            self.say_viewers(None)?;
        }
        Response::from_websocket(client)
    }

    /// A socket is closed: colleagues see one less.
    pub(super) fn went(&self, client: &WebSocket) -> Result<()> {
        if sockets::owner(client).is_some_and(|owner| owner.holder.is_some()) {
            self.say_viewers(Some(client))?;
        }
        Ok(())
    }

    /// Says who has it open, to them now and to the Desk afterwards; a socket that is closing counts no more.
    pub(super) fn say_viewers(&self, closing: Option<&WebSocket>) -> Result<()> {
        if let Some(snapshot) = self.load()? {
            let viewers = sockets::broadcast_viewers(&self.object, &snapshot.state, closing);
            self.viewers.replace(Some(viewers));
        }
        Ok(())
    }

    /// Tells the Desk who has the conversation open, where that is others than before: one word after the other, and of
    /// several that follow closely the last.
    pub(super) fn tell_viewers_afterwards(core: &Rc<Self>) {
        if core.viewers.borrow().is_none() || !core.telling_viewers.enter(clock::now()) {
            return;
        }
        let this = Rc::clone(core);
        core.object.wait_until(async move {
            loop {
                Delay::from(VIEWERS_AFTER).await;
                let Some(agents) = this.viewers.take() else { break };
                if let Ok(Some(snapshot)) = this.load() {
                    let state = snapshot.state.clone();
                    let company = state.company_id;
                    let request = DeskRequest::Viewing { conversation: Box::new(state), agents };
                    desk::tell(&this.env, company, &request).await;
                }
                if this.viewers.borrow().is_none() {
                    break;
                }
            }
            this.telling_viewers.leave();
        });
    }

    pub(super) async fn hear(&self, client: &WebSocket, message: WebSocketIncomingMessage) -> Result<()> {
        let Some(owner) = sockets::owner(client) else {
            socket::close(client, 4401, "");
            return Ok(());
        };
        let Some(text) = socket::text(client, message) else { return Ok(()) };
        match serde_json::from_str::<ClientFrame>(&text) {
            Ok(ClientFrame::Message { client_id, body, attachments }) => {
                let command = Command::Message { body, attachments: Vec::new() };
                self.say(client, &owner.actor, client_id, command, &attachments).await
            }
            Ok(ClientFrame::Note { client_id, body, attachments, mentions }) => {
                match self.mentioned(&owner.actor, &mentions).await? {
                    Ok(mentions) => {
                        let note = Command::Note { body, attachments: Vec::new(), mentions };
                        self.say(client, &owner.actor, client_id, note, &attachments).await
                    }
                    Err(refusal) => {
                        sockets::refuse(client, client_id, &refusal);
                        Ok(())
                    }
                }
            }
            Ok(ClientFrame::Typing {}) => {
                if let Some(snapshot) = self.load()? {
                    sockets::broadcast_typing(&self.object, client, &owner.actor, &snapshot.state);
                }
                Ok(())
            }
            Ok(ClientFrame::Read { seq }) => match &owner.actor {
                Actor::Agent(member) => self.agent_has_read(client, member, seq),
                Actor::Customer { .. } => self.customer_has_read(&owner.actor, seq),
                Actor::Automation { .. } | Actor::System => Ok(()),
            },
            Err(_) => {
                socket::misunderstood(client);
                Ok(())
            }
        }
    }

    /// The colleagues that a comment names. Customers have none, and no comments either.
    async fn mentioned(&self, actor: &Actor, ids: &[AgentId]) -> Result<std::result::Result<Vec<Member>, Refusal>> {
        let (Some(snapshot), Actor::Agent(_)) = (self.load()?, actor) else { return Ok(Ok(Vec::new())) };
        let mentioned = async { agents::mentioned(&db::open(&self.env)?, snapshot.state.company_id, ids).await };
        let members = mentioned.await.map_err(|error| worker::Error::RustError(error.to_string()))?;
        Ok(members.map_err(Refusal::from))
    }

    pub(super) async fn say(
        &self,
        client: &WebSocket,
        actor: &Actor,
        client_id: ClientId,
        mut command: Command,
        files: &[FileId],
    ) -> Result<()> {
        match self.files_of(actor, files)? {
            Ok(attachments) => command.attach(attachments),
            Err(refusal) => {
                sockets::refuse(client, client_id, &refusal);
                return Ok(());
            }
        }
        match self.command(actor, Some(client_id), &command).await? {
            Ok(Done::Said(entry)) => {
                let seq = match actor {
                    Actor::Customer { .. } => entry.pub_seq.unwrap_or(entry.seq),
                    _ => entry.seq,
                };
                sockets::acknowledge(client, client_id, seq);
            }
            Ok(Done::Changed(_)) => {}
            Err(refusal) => {
                sockets::refuse(client, client_id, &refusal);
                if matches!(refusal, Refusal::TooOften { .. }) {
                    socket::close(client, TOO_OFTEN, "too often");
                }
            }
        }
        Ok(())
    }
}
