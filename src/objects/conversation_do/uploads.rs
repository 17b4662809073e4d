//! Files on their way into the conversation. Its object knows of each from before its first byte is stored, so that what
//! is not sent is found and removed, whatever happened meanwhile; the bytes themselves never come here.

use super::Core;
use super::protocol::{FileRequest, KnownFile};
use super::reading::visible;
use super::schema::uploads::Upload;
use crate::domain::conversation::attachment::Attachment;
use crate::domain::conversation::command::{Actor, Command};
use crate::domain::conversation::refusal::Refusal;
use crate::domain::conversation::upload::{Stage, Uploader, file_name, may_bring};
use crate::domain::id::{CompanyId, ConversationId, FileId};
use crate::domain::input::FieldError;
use crate::domain::time::Instant;
use crate::platform::{clock, settings};
use crate::store::attachments;
use std::result::Result as Decided;
use worker::{Error, Result};

impl Core {
    pub(super) async fn file(&self, actor: &Actor, request: FileRequest) -> Result<Decided<String, Refusal>> {
        match request {
            FileRequest::Bring { file, conversation, name, size, company } => {
                self.bring(actor, file, (company, conversation), &name, size).await
            }
            FileRequest::Brought { file, kind, size } => self.brought(actor, file, kind, size),
            FileRequest::Read { file } => self.known_file(actor, file),
            FileRequest::Remove { file } => self.take_back(actor, file).await,
        }
    }

    /// The files that a command is to carry: those its sender has brought, under the names and types they have here.
    pub(super) fn files_of(&self, actor: &Actor, files: &[FileId]) -> Result<Decided<Vec<Attachment>, Refusal>> {
        if files.is_empty() {
            return Ok(Ok(Vec::new()));
        }
        if let Some(snapshot) = self.load()?
            && let Err(refusal) = visible(&snapshot.state, actor)
        {
            return Ok(Err(refusal));
        }
        let mut attachments = Vec::new();
        for (at, file) in files.iter().enumerate() {
            let repeated = files.iter().take(at).any(|other| other == file);
            let upload = self
                .own_upload(actor, *file)?
                .filter(|upload| !repeated && !matches!(upload.stage, Stage::Arriving | Stage::Removed));
            match upload {
                Some(upload) => attachments.push(upload.attachment()),
                None => return Ok(Err(unknown(at))),
            }
        }
        Ok(Ok(attachments))
    }

    /// Whether the files of a command that is new have not been sent before, and have not expired.
    pub(super) fn are_unsent(&self, command: &Command, now: Instant) -> Result<Decided<(), Refusal>> {
        for (at, attachment) in command.attachments().iter().enumerate() {
            let ready = self
                .tables
                .upload(attachment.id)?
                .is_some_and(|upload| upload.stage == Stage::Ready && self.expires_at(upload.at) > now);
            if !ready {
                return Ok(Err(unknown(at)));
            }
        }
        Ok(Ok(()))
    }

    /// When the next file expires that was not sent.
    pub(super) fn next_expiry(&self) -> Result<Option<Instant>> {
        Ok(self.tables.oldest_unsent()?.map(|at| self.expires_at(at)))
    }

    /// Removes what was brought and not sent in time.
    pub(super) async fn clear_expired(&self) -> Result<()> {
        let before = clock::now().before(settings::uploads_last(&self.env));
        let expired = self.tables.unsent_since(before)?;
        if expired.is_empty() {
            return Ok(());
        }
        self.remove(expired.iter().map(|upload| upload.key.clone()).collect()).await?;
        for upload in expired {
            self.tables.forget_upload(upload.id)?;
        }
        Ok(())
    }

    async fn bring(
        &self,
        actor: &Actor,
        file: FileId,
        (company, conversation): (Option<CompanyId>, ConversationId),
        name: &str,
        size: u64,
    ) -> Result<Decided<String, Refusal>> {
        let company = match (self.load()?, company) {
            (Some(snapshot), _) => match may_bring(&snapshot.state, actor) {
                Ok(()) => snapshot.state.company_id,
                Err(refusal) => return Ok(Err(refusal)),
            },
            // The first words of a new conversation come with files: it is opened as soon as they are there.
            (None, Some(company)) if !self.is_erased()? => company,
            (None, _) => return Ok(Err(Refusal::NotFound)),
        };
        let Some(by) = Uploader::of(actor) else { return Ok(Err(Refusal::NotFound)) };
        let now = clock::now();
        if let Err(refusal) = by.check(&self.tables.brought(by, now)?, size, now) {
            return Ok(Err(refusal));
        }
        let (name, kind, stage) = (file_name(name), String::new(), Stage::Arriving);
        let key = attachments::key(company, conversation, file);
        let upload = Upload { id: file, by: by.to_string(), at: now, key, name, kind, size, stage };
        self.tables.begin_upload(&upload)?;
        self.arm(now).await?;
        Ok(Ok(serde_json::to_string(&upload.key)?))
    }

    fn brought(&self, actor: &Actor, file: FileId, kind: String, size: u64) -> Result<Decided<String, Refusal>> {
        let Some(arrived) = self.own_upload(actor, file)?.filter(|upload| upload.stage == Stage::Arriving) else {
            return Ok(Err(Refusal::NotFound));
        };
        let upload = Upload { kind, size, stage: Stage::Ready, ..arrived };
        self.tables.end_upload(&upload)?;
        Ok(Ok(serde_json::to_string(&upload.attachment())?))
    }

    fn known_file(&self, actor: &Actor, file: FileId) -> Result<Decided<String, Refusal>> {
        let Some(snapshot) = self.load()? else { return Ok(Err(Refusal::NotFound)) };
        if let Err(refusal) = visible(&snapshot.state, actor) {
            return Ok(Err(refusal));
        }
        let reader = Uploader::of(actor);
        let upload = self.tables.upload(file)?;
        let shown = upload.filter(|upload| reader.is_some_and(|reader| upload.stage.shows_to(reader, &upload.by)));
        let Some(upload) = shown else { return Ok(Err(Refusal::NotFound)) };
        let known = KnownFile { attachment: upload.attachment(), key: upload.key };
        Ok(Ok(serde_json::to_string(&known)?))
    }

    /// What was brought and not sent is taken back. It counts for the day all the same.
    async fn take_back(&self, actor: &Actor, file: FileId) -> Result<Decided<String, Refusal>> {
        let own = self.own_upload(actor, file)?;
        let Some(upload) = own.filter(|upload| matches!(upload.stage, Stage::Arriving | Stage::Ready)) else {
            return Ok(Err(Refusal::NotFound));
        };
        // What never arrived was never brought.
        let size = if upload.stage == Stage::Arriving { 0 } else { upload.size };
        let keys = vec![upload.key.clone()];
        self.tables.end_upload(&Upload { stage: Stage::Removed, size, ..upload })?;
        self.remove(keys).await?;
        Ok(Ok("{}".to_owned()))
    }

    async fn remove(&self, keys: Vec<String>) -> Result<()> {
        attachments::remove(&self.env, keys).await.map_err(|error| Error::RustError(error.to_string()))
    }

    fn own_upload(&self, actor: &Actor, file: FileId) -> Result<Option<Upload>> {
        let own = Uploader::of(actor).map(|uploader| uploader.to_string());
        Ok(self.tables.upload(file)?.filter(|upload| own.as_ref() == Some(&upload.by)))
    }

    fn expires_at(&self, brought_at: Instant) -> Instant {
        brought_at.after(settings::uploads_last(&self.env))
    }
}

/// A file that its sender cannot send: never brought, by somebody else, elsewhere, sent already, or expired. Which of
/// these it is tells nobody anything.
fn unknown(at: usize) -> Refusal {
    FieldError::new(
        format!("attachments[{at}]"),
        "unknown_file",
        "This file is not there any more. Attach it again, please.",
    )
    .into()
}
