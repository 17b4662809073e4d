//! For how long agents were there: noted where it changes, and while somebody is there once in a while, so that a Desk that
//! dies knows until when he was. Reports are told of each stretch when it has ended (`docs/reports.md`).

use super::Core;
use super::presence::GRACE;
use super::protocol::Availability;
use super::schema::attendance::Step;
use crate::domain::id::AgentId;
use crate::domain::report::attendance::{How, Stretch};
use crate::domain::time::{Instant, Span};
use crate::effects::attendance;
use crate::platform::clock;
use std::collections::BTreeMap;
use std::rc::Rc;
use worker::{Error, Result};

/// It is noted this often that somebody is still there.
const NOTED_EVERY: Span = Span::seconds(300);
/// Reports that could not be told are told again after this.
const TELL_REPORTS_AGAIN_AFTER: Span = Span::seconds(30);
/// Stretches that reports are told at once.
const TOLD_AT_ONCE: u32 = 200;
/// Stretches that a report is told of, at most: more have not ended since reports could last be told.
const TOLD_OF_AT_ONCE: u32 = 20_000;

/// The stretches that have not ended, by agent.
pub type Attending = BTreeMap<AgentId, (Stretch, Step)>;

impl Core {
    /// Somebody opened a dashboard. The first one of his begins a stretch, unless he was gone for a moment only.
    pub(super) fn attends(&self, agent: AgentId) -> Result<()> {
        let now = clock::now();
        let is_first = self.sockets_of(agent).len() == 1;
        match self.attending(agent)? {
            // Whoever was lost may be back so late that he was away meanwhile.
            Some((stretch, step)) if is_first && is_over(&stretch, step, now) => self.end(stretch)?,
            Some((stretch, Step::Left)) => self.note(stretch, Step::GoesOn)?,
            _ => {}
        }
        self.says(agent)
    }

    /// What somebody says of himself counts from now on, if he is there.
    pub(super) fn says(&self, agent: AgentId) -> Result<()> {
        if !self.is_connected(agent) {
            return Ok(());
        }
        let now = clock::now();
        let said = self.with_last_seen(|last| last.get(&agent).map(|seen| seen.chosen))?.unwrap_or_default();
        let how = match said {
            Availability::Online => How::Online,
            Availability::Away => How::Away,
            Availability::Busy => How::Busy,
        };
        match self.attending(agent)? {
            Some((stretch, _)) if stretch.how == how => return Ok(()),
            Some((stretch, _)) => self.end(Stretch { until: now, ..stretch })?,
            None => {}
        }
        let stretch = self.tables()?.begin_stretch(agent, how, now)?;
        self.with_attending(|attending| attending.insert(agent, (stretch, Step::GoesOn)))?;
        Ok(())
    }

    /// Somebody closed his last dashboard.
    pub(super) fn attended(&self, agent: AgentId, at: Instant) -> Result<()> {
        match self.attending(agent)? {
            Some((stretch, Step::GoesOn)) => self.note(Stretch { until: at, ..stretch }, Step::Left),
            _ => Ok(()),
        }
    }

    /// Ends the stretches of those who have not come back, and notes of the others that they are still there.
    pub(super) fn look_at_attendance(core: &Rc<Self>) -> Result<()> {
        let now = clock::now();
        let attending = core.with_attending(|attending| attending.clone())?;
        // Once one of them is to be noted, all are: so that the alarm rings for all together.
        let is_time = attending.values().any(|(stretch, step)| *step == Step::GoesOn && is_over(stretch, *step, now));
        for (agent, (stretch, step)) in attending {
            match (core.is_connected(agent), is_over(&stretch, step, now)) {
                (true, _) if is_time => core.note(Stretch { until: now, ..stretch }, Step::GoesOn)?,
                (false, true) => core.end(stretch)?,
                _ => {}
            }
        }
        Self::tell_reports(core)
    }

    /// When to look again.
    pub(super) fn next_look_at_attendance(&self) -> Result<Option<Instant>> {
        let owed =
            (!self.tables()?.untold_stretches(1)?.is_empty()).then(|| clock::now().after(TELL_REPORTS_AGAIN_AFTER));
        let open = self.with_attending(|attending| attending.values().map(|(one, step)| ends(one, *step)).min())?;
        Ok(owed.into_iter().chain(open).min())
    }

    /// What reports do not have: stretches that go on, up to now, and those that have just ended.
    pub(super) fn attendance(core: &Rc<Self>) -> Result<Vec<Stretch>> {
        let now = clock::now();
        let open = core.with_attending(|attending| attending.clone())?;
        let mut stretches: Vec<Stretch> = open
            .into_values()
            .map(|(one, _)| if core.is_connected(one.agent) { Stretch { until: now, ..one } } else { one })
            .collect();
        stretches.extend(core.tables()?.untold_stretches(TOLD_OF_AT_ONCE)?);
        Ok(stretches)
    }

    /// Tells reports what has ended, one part after the other. What fails is told again later.
    pub(super) fn tell_reports(core: &Rc<Self>) -> Result<()> {
        if core.telling_reports.get() || core.tables()?.untold_stretches(1)?.is_empty() {
            return Ok(());
        }
        let Some(company) = core.company.get().or(core.tables()?.company()?) else { return Ok(()) };
        core.telling_reports.set(true);
        Self::beside(core, "attendance", async move |this| {
            let told = async {
                loop {
                    let stretches = this.tables()?.untold_stretches(TOLD_AT_ONCE)?;
                    if stretches.is_empty() {
                        return Ok(());
                    }
                    attendance::deliver(&this.env, company, &stretches).await.map_err(Error::RustError)?;
                    this.tables()?.stretches_told(&stretches)?;
                }
            };
            let told = told.await;
            this.telling_reports.set(false);
            told
        });
        Ok(())
    }

    fn attending(&self, agent: AgentId) -> Result<Option<(Stretch, Step)>> {
        self.with_attending(|attending| attending.get(&agent).copied())
    }

    fn end(&self, stretch: Stretch) -> Result<()> {
        self.tables()?.write_stretch(&stretch, Step::Ended)?;
        self.with_attending(|attending| attending.remove(&stretch.agent)).map(drop)
    }

    fn note(&self, stretch: Stretch, step: Step) -> Result<()> {
        self.tables()?.write_stretch(&stretch, step)?;
        self.with_attending(|attending| attending.insert(stretch.agent, (stretch, step))).map(drop)
    }

    fn with_attending<T>(&self, work: impl FnOnce(&mut Attending) -> T) -> Result<T> {
        let mut attending = self.attending.borrow_mut();
        if attending.is_none() {
            let open = self.tables()?.open_stretches()?.into_iter();
            *attending = Some(open.map(|(stretch, step)| (stretch.agent, (stretch, step))).collect());
        }
        Ok(work(attending.get_or_insert_default()))
    }
}

/// When a stretch is over, unless somebody is heard of: he left and did not come back, or nobody knows any more that he is there.
const fn ends(stretch: &Stretch, step: Step) -> Instant {
    match step {
        Step::Left | Step::Ended => stretch.until.after(GRACE),
        Step::GoesOn => stretch.until.after(NOTED_EVERY),
    }
}

fn is_over(stretch: &Stretch, step: Step, now: Instant) -> bool {
    ends(stretch, step) <= now
}
