//! Word to agents: on their open dashboards at once, and by digest or report when that is due.

use super::Core;
use super::protocol::{Notice, Presence};
use crate::domain::id::{AgentId, ReportScheduleId};
use crate::domain::time::{Instant, Span};
use crate::effects::{digest, report_mail};
use crate::objects::socket::send;
use crate::platform::{clock, log};
use std::rc::Rc;
use worker::Result;

/// A digest or a report that could not be sent is tried again after this.
const AGAIN_AFTER: Span = Span::seconds(300);

impl Core {
    /// Tells agents on their open dashboards, and notes when their digests are due. Answers those who are away.
    pub(super) async fn notify(&self, notices: &[Notice]) -> Result<Vec<AgentId>> {
        for notice in notices {
            if let Some(due) = notice.digest {
                self.tables()?.digest_is_due(notice.agent, due)?;
            }
            self.sockets_of(notice.agent).iter().for_each(|socket| send(socket, &notice.frame));
        }
        self.arm().await?;
        let presences = self.presences()?;
        let away = |agent: &AgentId| presences.get(agent).is_none_or(|seen| seen.presence == Presence::Offline);
        Ok(notices.iter().map(|notice| notice.agent).filter(away).collect())
    }

    /// Somebody wants his digest at another time, or none.
    pub(super) async fn digest_is_due(&self, agent: AgentId, due: Option<Instant>) -> Result<()> {
        self.tables()?.no_digest(agent, None)?;
        if let Some(due) = due {
            self.tables()?.digest_is_due(agent, due)?;
        }
        self.arm().await
    }

    /// Sends the digests that are due.
    pub(super) fn send_digests(core: &Rc<Self>) -> Result<()> {
        let Some(company) = core.company.get().or(core.tables()?.company()?) else { return Ok(()) };
        let now = clock::now();
        let later = now.after(AGAIN_AFTER);
        for agent in core.tables()?.take_due_digests(now, later)? {
            Self::beside(core, "digest", async move |this| {
                digest::deliver(&this.env, company, agent).await.map_err(worker::Error::RustError)?;
                this.tables()?.no_digest(agent, Some(later))
            });
        }
        Ok(())
    }

    /// Somebody has a report sent to himself, at another time, or no longer.
    pub(super) async fn report_is_due(&self, schedule: ReportScheduleId, due: Option<Instant>) -> Result<()> {
        self.tables()?.report_is_due(schedule, due)?;
        self.arm().await
    }

    /// Sends the reports that are due, one after the other: each may take as much memory as the object has to spare.
    pub(super) fn send_reports(core: &Rc<Self>) {
        Self::beside(core, "report", async move |this| {
            loop {
                if !this.sending_reports.enter(clock::now()) {
                    return Ok(());
                }
                let more = this.send_report().await;
                this.sending_reports.leave();
                if !more? {
                    return this.arm().await;
                }
            }
        });
    }

    /// Sends the report that has been due for longest. Whether there was any.
    async fn send_report(&self) -> Result<bool> {
        let Some(company) = self.company.get().or(self.tables()?.company()?) else { return Ok(false) };
        let now = clock::now();
        let Some((schedule, due)) = self.tables()?.take_due_report(now, now.after(AGAIN_AFTER))? else {
            return Ok(false);
        };
        match report_mail::deliver(&self.env, company, schedule, due).await {
            Ok(next) if next == Some(due) => {}
            Ok(next) => self.tables()?.report_was_sent(schedule, due, next)?,
            Err(error) => log::fault("report", "", &error),
        }
        Ok(true)
    }
}
