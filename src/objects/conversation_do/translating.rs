//! Messages in other languages: for an agent who asks, and for the customer after an answer. All of it beside everything
//! else: whatever the service does, what was written is there at once and stays.

use super::reading::{EVENTS_AT_ONCE, visible};
use super::schema::Numbering;
use super::schema::translations::OwedTranslation;
use super::turn::or_soon;
use super::{Core, sockets};
use crate::domain::conversation::command::Actor;
use crate::domain::conversation::event::{Author, Entry, Event};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::state::State as Conversation;
use crate::domain::time::{Instant, Span};
use crate::domain::translation::{Translation, language_of, primary};
use crate::platform::translator::Translator;
use crate::platform::{clock, log};
use crate::store::{companies, db};
use std::rc::Rc;
use std::time::Duration;
use worker::{Delay, Result};

/// After a failure, the service is left alone for as long.
const REST: Span = Span::seconds(3);
/// Texts that are under way at once for agents.
const AT_ONCE: usize = 2;
/// Who has not come back by then never will.
const LOST_AFTER: Span = Span::seconds(60);
/// How often somebody who waits for his turn looks, and how often at most.
const LOOKS_EVERY: Duration = Duration::from_millis(50);
const LOOKS: u32 = 200;
/// Pauses before an answer is tried again for the customer; after the last, he reads what was written.
const PAUSES: [Span; 3] = [Span::seconds(5), Span::seconds(60), Span::seconds(600)];
/// How many of his newest messages a customer who comes back may lack the translation of.
const MAY_LACK: u64 = 20;

/// Of how many of his newest messages one says which language the customer writes.
const LAST_MESSAGES: u32 = 5;

/// What is under way: of which message, into which language, since when.
pub(super) type UnderWay = (u64, String, Instant);

impl Core {
    /// A message in another language, for an agent; `on` is the company's word.
    pub(super) async fn translation(
        &self,
        actor: &Actor,
        seq: u64,
        to: &str,
        on: bool,
    ) -> Result<std::result::Result<String, Refusal>> {
        let Some(snapshot) = self.load()? else { return Ok(Err(Refusal::NotFound)) };
        if let Err(refusal) = visible(&snapshot.state, actor) {
            return Ok(Err(refusal));
        }
        let Some((body, entry)) = self.message(seq)? else { return Ok(Err(Refusal::NotFound)) };
        let Some(translator) = self.translator.as_ref().filter(|_| on) else {
            return Ok(Err(Refusal::TranslationOff));
        };
        let spoken = language_of(&body).map(str::to_owned);
        if spoken.as_deref() == Some(to) {
            return Ok(Ok(serde_json::to_string(&untranslated(seq, to, body))?));
        }
        let hint = match entry.by {
            Author::Customer { .. } => primary(&snapshot.state.language),
            _ => None,
        };
        let from = spoken.or_else(|| hint.filter(|_| !translator.detects()));
        if let Err(refusal) = self.turn_comes(seq, to).await? {
            return Ok(Err(refusal));
        }
        // Whoever was at it may have left it here.
        if let Some(known) = self.tables.translation(seq, to)? {
            self.leave(seq, to);
            return Ok(Ok(serde_json::to_string(&known)?));
        }
        let translated = self.translate(translator, seq, &body, from.as_deref(), to).await;
        self.leave(seq, to);
        match translated {
            Ok(translation) => {
                self.tables.keep_translation(&translation, false)?;
                Ok(Ok(serde_json::to_string(&translation)?))
            }
            Err(()) => Ok(Err(unavailable())),
        }
    }

    /// Waits until nobody else is at the same message, and few are at any; enters then.
    async fn turn_comes(&self, seq: u64, to: &str) -> Result<std::result::Result<(), Refusal>> {
        for _ in 0..LOOKS {
            let now = clock::now();
            if self.tables.translation(seq, to)?.is_none() && now < self.translator_rests_until.get() {
                return Ok(Err(unavailable()));
            }
            if self.enter(seq, to, now) {
                return Ok(Ok(()));
            }
            Delay::from(LOOKS_EVERY).await;
        }
        Ok(Err(unavailable()))
    }

    /// Enters, unless somebody is at it or too many are at others.
    fn enter(&self, seq: u64, to: &str, now: Instant) -> bool {
        let mut under_way = self.under_way.borrow_mut();
        under_way.retain(|(_, _, since)| now < since.after(LOST_AFTER));
        let taken = under_way.iter().any(|(of, into, _)| (*of, into.as_str()) == (seq, to));
        let enters = !taken && under_way.len() < AT_ONCE;
        if enters {
            under_way.push((seq, to.to_owned(), now));
        }
        enters
    }

    fn leave(&self, seq: u64, to: &str) {
        self.under_way.borrow_mut().retain(|(of, into, _)| (*of, into.as_str()) != (seq, to));
    }

    /// Asks the service. What failed is in the log by then, without anything of the text.
    async fn translate(
        &self,
        translator: &Translator,
        seq: u64,
        body: &str,
        from: Option<&str>,
        to: &str,
    ) -> std::result::Result<Translation, ()> {
        match translator.translate(body, from, to).await {
            Ok(translated) if translated.from.as_deref() == Some(to) => Ok(untranslated(seq, to, body.to_owned())),
            Ok(translated) => Ok(Translation {
                seq,
                language: to.to_owned(),
                from: translated.from.unwrap_or_default(),
                text: translated.text,
                by: Some(translator.service()),
            }),
            Err(error) => {
                self.translator_rests_until.set(clock::now().after(REST));
                log::fault("translation", "", &error);
                Err(())
            }
        }
    }

    /// The words of a message between customer and company; none of comments, and of whatever else there is.
    fn message(&self, seq: u64) -> Result<Option<(String, Entry)>> {
        let entry = self.tables.entries(Numbering::All, seq.saturating_sub(1), 1)?.into_iter().next();
        let Some(entry) = entry.filter(|entry| entry.seq == seq) else { return Ok(None) };
        Ok(match &entry.event {
            Event::Message { body, .. } if !body.trim().is_empty() => Some((body.clone(), entry)),
            _ => None,
        })
    }

    /// Puts answers into the customer's language once they are on their way to him as they were written.
    pub(super) fn translate_afterwards(core: &Rc<Self>) {
        if core.translator.is_none() {
            return;
        }
        let this = Rc::clone(core);
        core.object.wait_until(async move {
            if !this.translating.enter(clock::now()) {
                return;
            }
            if let Err(error) = this.translate_due().await {
                log::fault("conversation translations", "", &error);
            }
            this.translating.leave();
        });
    }

    async fn translate_due(&self) -> Result<()> {
        let Some(translator) = &self.translator else { return Ok(()) };
        let mut any = false;
        while let Some(owed) = self.due_translation()? {
            any = true;
            match self.translate_one(translator, owed).await {
                Ok(()) => self.tables.translation_is_done(owed.seq)?,
                Err(()) => match PAUSES.get(usize::try_from(owed.tries).unwrap_or(usize::MAX)) {
                    Some(pause) => self.tables.translation_failed(owed.seq, clock::now().after(*pause))?,
                    None => self.tables.translation_is_done(owed.seq)?,
                },
            }
        }
        if any { self.arm(clock::now()).await } else { Ok(()) }
    }

    /// The next answer to put into the customer's language; none while the service is left alone.
    fn due_translation(&self) -> Result<Option<OwedTranslation>> {
        let now = clock::now();
        let rests = now < self.translator_rests_until.get();
        self.load()?.filter(|_| !rests).map_or(Ok(None), |_| self.tables.due_translation(now))
    }

    /// When the alarm looks after answers that are yet to be translated; never where nothing translates.
    pub(super) fn next_translation(&self, now: Instant) -> Result<Option<Instant>> {
        if self.translator.is_none() {
            return Ok(None);
        }
        let due = self.tables.next_translation()?;
        Ok(due.map(|due| or_soon(due.max(self.translator_rests_until.get()), now)))
    }

    /// Translates one answer, if it is in another language than its reader's. What failed is in the log by then.
    async fn translate_one(&self, translator: &Translator, owed: OwedTranslation) -> std::result::Result<(), ()> {
        let failed = |error: &dyn std::fmt::Display| log::fault("translation", "", error);
        let Some(snapshot) = self.load().map_err(|error| failed(&error))? else { return Ok(()) };
        let state = &snapshot.state;
        let Some((body, entry)) = self.message(owed.seq).map_err(|error| failed(&error))? else { return Ok(()) };
        let speech = async { companies::speech(&db::open(&self.env)?, state.company_id, None).await };
        let Some(speech) = speech.await.map_err(|error| failed(&error))?.filter(|speech| speech.translates) else {
            return Ok(());
        };
        let Some(to) = self.customers_language(state).map_err(|error| failed(&error))? else { return Ok(()) };
        let spoken = language_of(&body).map(str::to_owned);
        let from = spoken.or_else(|| primary(&speech.language).filter(|_| !translator.detects()));
        if from.as_deref() == Some(to.as_str()) {
            return Ok(());
        }
        let known = self.tables.translation(owed.seq, &to).map_err(|error| failed(&error))?;
        let translation = match known {
            Some(known) => known,
            None => self.translate(translator, owed.seq, &body, from.as_deref(), &to).await?,
        };
        if translation.by.is_none() {
            return Ok(());
        }
        self.tables.keep_translation(&translation, true).map_err(|error| failed(&error))?;
        if let (Ok(Some(snapshot)), Some(pub_seq)) = (self.load(), entry.pub_seq) {
            sockets::broadcast_translation(&self.object, &snapshot.state, &translation, pub_seq);
        }
        Ok(())
    }

    /// The language the customer writes in, else the one he reads pages in.
    fn customers_language(&self, state: &Conversation) -> Result<Option<String>> {
        let written = self.tables.last_of_customer(LAST_MESSAGES)?.into_iter().find_map(|entry| match entry.event {
            Event::Message { body, .. } => language_of(&body),
            _ => None,
        });
        Ok(written.map(str::to_owned).or_else(|| primary(&state.language)))
    }

    /// What the customer reads in his language of the events of a part of the log, in the numbers of whoever asks.
    pub(super) fn told(&self, actor: &Actor, after: u64, up_to: u64) -> Result<Vec<Translation>> {
        match actor {
            Actor::Customer { .. } => self.tables.translations_for_customer(after, up_to),
            _ => self.tables.told_translations(after, up_to),
        }
    }

    /// What somebody who comes back may have missed: a translation comes after its message.
    pub(super) fn missed_translations(&self, actor: &Actor, after: u64) -> Result<Vec<Translation>> {
        let up_to = after.saturating_add(u64::from(EVENTS_AT_ONCE));
        self.told(actor, after.saturating_sub(MAY_LACK), up_to)
    }
}

/// Messages of a turn that the customer may want in his language.
pub(super) fn to_customer(entries: &[Entry]) -> Vec<u64> {
    let is_to_him = |entry: &&Entry| {
        let by_company = matches!(entry.by, Author::Agent(_) | Author::Automation(_));
        by_company && matches!(&entry.event, Event::Message { body, .. } if !body.trim().is_empty())
    };
    entries.iter().filter(is_to_him).map(|entry| entry.seq).collect()
}

/// A message that is in the language already.
fn untranslated(seq: u64, language: &str, body: String) -> Translation {
    Translation { seq, language: language.to_owned(), from: language.to_owned(), text: body, by: None }
}

const fn unavailable() -> Refusal {
    Refusal::TranslationUnavailable { retry_after: 3 }
}
