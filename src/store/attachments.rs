//! The bytes of conversations' files in R2. What is known of them (whose, sent or not) is in each conversation's object;
//! a key names the company and the conversation, so that what belongs together can be found and removed together.

use super::db::StoreResult;
use crate::domain::conversation::upload::FILE_BYTES;
use crate::domain::id::{CompanyId, ConversationId, FileId};
use crate::platform::sniff;
use worker::{Bucket, Data, Env, Error, MultipartUpload, Range, UploadedPart, web_sys};

/// The binding of `wrangler.toml`.
const BINDING: &str = "FILES";

/// A file whose length is known only at its end goes in parts of this size, the smallest that R2 takes: so much of it is
/// in memory at once.
const PART_BYTES: usize = 5 * 1_024 * 1_024;

/// Where the bytes of a conversation's file are.
#[must_use]
pub fn key(company: CompanyId, conversation: ConversationId, file: FileId) -> String {
    format!("{company}/conversations/{conversation}/{file}")
}

/// Keeps a file that comes as a stream of the runtime's, whose length is known: its bytes never pass through here. Answers
/// its type, by its content.
///
/// # Errors
/// When the stream breaks off, or the bucket fails.
pub async fn keep(env: &Env, key: &str, bytes: impl Into<Data>) -> StoreResult<&'static str> {
    let bucket = env.bucket(BINDING)?;
    bucket.put(key, bytes).execute().await?;
    let head = Range::Prefix { length: u64::try_from(sniff::HEAD_BYTES).unwrap_or(u64::MAX) };
    let object = bucket.get(key).range(head).execute().await?;
    match object.as_ref().and_then(worker::Object::body) {
        Some(body) => Ok(sniff::file(&body.bytes().await?)),
        None => Ok(sniff::file(&[])),
    }
}

/// The bytes of a part of a file, as a stream; none when the bucket has lost them.
///
/// # Errors
/// When the bucket fails.
pub async fn bytes(env: &Env, key: &str, first: u64, length: u64) -> StoreResult<Option<web_sys::ReadableStream>> {
    let range = Range::OffsetWithLength { offset: first, length };
    let object = env.bucket(BINDING)?.get(key).range(range).execute().await?;
    let Some(body) = object.as_ref().and_then(worker::Object::body) else { return Ok(None) };
    match body.response_body()? {
        worker::ResponseBody::Stream(stream) => Ok(Some(stream)),
        _ => Ok(None),
    }
}

/// Removes the bytes of files; of those that are not there, nothing.
///
/// # Errors
/// When the bucket fails.
pub async fn remove(env: &Env, keys: Vec<String>) -> StoreResult<()> {
    Ok(env.bucket(BINDING)?.delete_multiple(keys).await?)
}

/// Removes the bytes of everything that was ever brought into a conversation, sent or not.
///
/// # Errors
/// When the bucket fails.
pub async fn remove_all_of(env: &Env, company: CompanyId, conversation: ConversationId) -> StoreResult<()> {
    remove_under(env, format!("{company}/conversations/{conversation}/")).await
}

/// Removes the bytes of all files of a company.
///
/// # Errors
/// When the bucket fails.
pub async fn remove_all_of_company(env: &Env, company: CompanyId) -> StoreResult<()> {
    remove_under(env, format!("{company}/")).await
}

async fn remove_under(env: &Env, prefix: String) -> StoreResult<()> {
    let bucket = env.bucket(BINDING)?;
    loop {
        let part = bucket.list().prefix(&prefix).execute().await?;
        let keys: Vec<String> = part.objects().iter().map(worker::Object::key).collect();
        if keys.is_empty() {
            return Ok(());
        }
        bucket.delete_multiple(keys).await?;
    }
}

/// A file of a form, whose length nobody knows before its end.
pub struct Growing {
    bucket: Bucket,
    key: String,
    head: Vec<u8>,
    waiting: Vec<u8>,
    size: u64,
    upload: Option<MultipartUpload>,
    parts: Vec<UploadedPart>,
}

/// What became of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grown {
    Fits,
    /// The file is larger than files may be.
    TooLarge,
}

impl Growing {
    /// The beginning of a file.
    ///
    /// # Errors
    /// When the deployment has no bucket.
    pub fn begin(env: &Env, key: &str) -> StoreResult<Self> {
        let (bucket, key) = (env.bucket(BINDING)?, key.to_owned());
        let (head, waiting, parts) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { bucket, key, head, waiting, size: 0, upload: None, parts })
    }

    /// So many bytes have come.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// When the bucket fails.
    pub async fn take(&mut self, chunk: &[u8]) -> StoreResult<Grown> {
        self.size = self.size.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if self.size > FILE_BYTES {
            return Ok(Grown::TooLarge);
        }
        let missing = sniff::HEAD_BYTES.saturating_sub(self.head.len());
        self.head.extend(chunk.iter().take(missing));
        self.waiting.extend_from_slice(chunk);
        while self.waiting.len() >= PART_BYTES {
            // All parts but the last one have the same size.
            let rest = self.waiting.split_off(PART_BYTES);
            let part = std::mem::replace(&mut self.waiting, rest);
            self.send(part).await?;
        }
        Ok(Grown::Fits)
    }

    /// Keeps what has come; answers its type, by its content.
    ///
    /// # Errors
    /// When the bucket fails.
    pub async fn finish(mut self) -> StoreResult<&'static str> {
        let rest = std::mem::take(&mut self.waiting);
        if self.upload.is_none() {
            self.bucket.put(&self.key, rest).execute().await?;
        } else {
            if !rest.is_empty() {
                self.send(rest).await?;
            }
            if let Some(upload) = self.upload.take() {
                upload.complete(self.parts).await?;
            }
        }
        Ok(sniff::file(&self.head))
    }

    /// Lets go of what has come.
    ///
    /// # Errors
    /// When the bucket fails; it lets go by itself after some days then.
    pub async fn give_up(self) -> StoreResult<()> {
        match self.upload {
            Some(upload) => Ok(upload.abort().await?),
            None => Ok(()),
        }
    }

    async fn send(&mut self, part: Vec<u8>) -> StoreResult<()> {
        let number =
            u16::try_from(self.parts.len().saturating_add(1)).map_err(|error| Error::RustError(error.to_string()))?;
        if self.upload.is_none() {
            self.upload = Some(self.bucket.create_multipart_upload(&self.key).execute().await?);
        }
        if let Some(upload) = &self.upload {
            let sent = upload.upload_part(number, part).await?;
            self.parts.push(sent);
        }
        Ok(())
    }
}
