//! What translates: the Workers AI binding where there is one, else an endpoint that speaks as `LibreTranslate` does, else
//! nothing. Texts go out of the house here, and nowhere into a log.

use crate::domain::translation::{Cut, Service, pieces, primary};
use futures_util::future::{Either, join_all, select};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::time::Duration;
use url::Url;
use worker::wasm_bindgen::JsValue;
use worker::{AbortController, Ai, Delay, Env, Fetch, Headers, Method, Request, RequestInit, RequestRedirect};

/// The binding of Workers AI.
const BINDING: &str = "AI";
/// Any language of a hundred into any other.
const MODEL: &str = "@cf/meta/m2m100-1.2b";
/// Where the endpoint is, without `/translate`.
const URL: &str = "TRANSLATE_URL";
/// The endpoint's key, if it wants one.
const KEY: &str = "TRANSLATE_KEY";

/// A service that has not translated a piece by then is not there.
const PATIENCE: Duration = Duration::from_secs(10);
/// Nor is one that has not translated a whole text by then.
const PATIENCE_IN_ALL: Duration = Duration::from_secs(30);
/// Pieces of a text that are under way at once: the runtime opens six connections, and others need some.
const AT_ONCE: usize = 2;
/// The model reads some hundred words at a time, and no line breaks.
const AI_CUT: Cut = Cut { most: 800, packs: false };
/// Endpoints in the open take two thousand characters.
const ENDPOINT_CUT: Cut = Cut { most: 1_900, packs: true };

/// A service that translates.
#[derive(Debug)]
pub enum Translator {
    /// Workers AI.
    WorkersAi(Ai),
    /// An endpoint, by the address of its `translate`.
    Endpoint { url: Url, key: Option<String> },
}

/// A text in another language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Translated {
    pub text: String,
    /// The language it was in, where the service knows, else as it was said to be.
    pub from: Option<String>,
}

/// What the model answers.
#[derive(Deserialize)]
struct AiAnswer {
    translated_text: String,
}

/// What the model is asked.
#[derive(Serialize)]
struct AiQuestion<'a> {
    text: &'a str,
    source_lang: &'a str,
    target_lang: &'a str,
}

/// What an endpoint answers.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EndpointAnswer {
    translated_text: String,
    detected_language: Option<Detected>,
}

#[derive(Deserialize)]
struct Detected {
    language: String,
}

impl Translator {
    /// The service of this deployment, if it has one.
    #[must_use]
    pub fn of(env: &Env) -> Option<Self> {
        if let Ok(ai) = env.ai(BINDING) {
            return Some(Self::WorkersAi(ai));
        }
        let base = env.var(URL).ok()?.to_string();
        let url = Url::parse(&format!("{}/translate", base.trim().trim_end_matches('/'))).ok()?;
        let key = env.secret(KEY).ok().map(|key| key.to_string()).filter(|key| !key.is_empty());
        matches!(url.scheme(), "http" | "https").then_some(Self::Endpoint { url, key })
    }

    /// Which one it is.
    #[must_use]
    pub const fn service(&self) -> Service {
        match self {
            Self::WorkersAi(_) => Service::WorkersAi,
            Self::Endpoint { .. } => Service::Endpoint,
        }
    }

    /// Whether it finds out by itself what language a text is in.
    #[must_use]
    pub const fn detects(&self) -> bool {
        matches!(self, Self::Endpoint { .. })
    }

    /// Translates a text; `from` is the language it is in, where that is known.
    ///
    /// # Errors
    /// What failed, without anything of the text.
    pub async fn translate(&self, text: &str, from: Option<&str>, to: &str) -> Result<Translated, String> {
        match select(std::pin::pin!(self.translate_all(text, from, to)), Delay::from(PATIENCE_IN_ALL)).await {
            Either::Left((translated, _)) => translated,
            Either::Right(((), _)) => Err("no answer in all".to_owned()),
        }
    }

    async fn translate_all(&self, text: &str, from: Option<&str>, to: &str) -> Result<Translated, String> {
        let cut = if self.detects() { ENDPOINT_CUT } else { AI_CUT };
        let mut from = from.map(str::to_owned);
        let mut all = String::with_capacity(text.len());
        for some in pieces(text, cut).chunks(AT_ONCE) {
            let known = from.clone();
            let asked = some.iter().map(|piece| self.translate_piece(piece, known.as_deref(), to));
            for translated in join_all(asked).await {
                let Translated { text, from: detected } = translated?;
                all.push_str(&text);
                from = from.or(detected);
            }
            // Nothing to translate: the rest is in no other language either.
            if from.as_deref() == Some(to) {
                return Ok(Translated { text: text.to_owned(), from });
            }
        }
        Ok(Translated { text: all, from })
    }

    /// Translates a piece; the space around it stays as it is.
    async fn translate_piece(&self, piece: &str, from: Option<&str>, to: &str) -> Result<Translated, String> {
        let words = piece.trim();
        if words.is_empty() {
            return Ok(Translated { text: piece.to_owned(), from: None });
        }
        let Translated { text, from } = match self {
            Self::WorkersAi(ai) => ask_model(ai, words, from, to).await?,
            Self::Endpoint { url, key } => ask_endpoint(url, key.as_deref(), words, from, to).await?,
        };
        let most = words.len().saturating_mul(10).saturating_add(1_000);
        if text.trim().is_empty() || text.len() > most {
            return Err("no translation".to_owned());
        }
        let start = piece.len().saturating_sub(piece.trim_start().len());
        let (before, after) = (piece.get(..start), piece.get(piece.trim_end().len()..));
        let around = |space: Option<&str>| space.unwrap_or_default().to_owned();
        Ok(Translated { text: around(before) + text.trim() + &around(after), from })
    }
}

async fn ask_model(ai: &Ai, words: &str, from: Option<&str>, to: &str) -> Result<Translated, String> {
    let source = from.ok_or("the language is not known")?;
    let question = AiQuestion { text: words, source_lang: name_for_model(source), target_lang: name_for_model(to) };
    let asked = std::pin::pin!(ai.run::<_, AiAnswer>(MODEL, question));
    match select(asked, Delay::from(PATIENCE)).await {
        Either::Left((Ok(AiAnswer { translated_text }), _)) => {
            Ok(Translated { text: translated_text, from: Some(source.to_owned()) })
        }
        Either::Left((Err(_), _)) => Err("the model failed".to_owned()),
        Either::Right(((), _)) => Err("no answer".to_owned()),
    }
}

/// The model knows one Norwegian.
fn name_for_model(language: &str) -> &str {
    if language == "nb" { "no" } else { language }
}

async fn ask_endpoint(
    url: &Url,
    key: Option<&str>,
    words: &str,
    from: Option<&str>,
    to: &str,
) -> Result<Translated, String> {
    let failed = |error: worker::Error| error.to_string();
    let mut question = json!({ "q": words, "source": from.unwrap_or("auto"), "target": to, "format": "text" });
    if let (Some(key), Some(question)) = (key, question.as_object_mut()) {
        question.insert("api_key".to_owned(), json!(key));
    }
    let headers = Headers::new();
    headers.set("content-type", "application/json").map_err(failed)?;
    let mut init = RequestInit::new();
    // Texts and the key go where they were meant to go.
    init.with_redirect(RequestRedirect::Manual);
    init.with_method(Method::Post).with_headers(headers).with_body(Some(JsValue::from_str(&question.to_string())));
    let request = Request::new_with_init(url.as_str(), &init).map_err(failed)?;
    let abort = AbortController::default();
    let signal = abort.signal();
    let fetch = Fetch::Request(request);
    let asked = async {
        let mut response = fetch.send_with_signal(&signal).await.map_err(failed)?;
        match response.status_code() {
            200 => response.text().await.map_err(failed),
            status => Err(format!("status {status}")),
        }
    };
    let answer = match select(std::pin::pin!(asked), Delay::from(PATIENCE)).await {
        Either::Left((answer, _)) => answer?,
        Either::Right(((), _)) => {
            abort.abort();
            return Err("no answer".to_owned());
        }
    };
    let Translated { text, from: detected } = read_answer(&answer)?;
    Ok(Translated { text, from: from.map(str::to_owned).or(detected) })
}

/// What an endpoint answered: the text, and the language that it found the question to be in.
///
/// # Errors
/// When it is not what `LibreTranslate` answers.
pub fn read_answer(answer: &str) -> Result<Translated, String> {
    let answer: EndpointAnswer = serde_json::from_str(answer).map_err(|_| "not understood".to_owned())?;
    let from = answer.detected_language.and_then(|detected| primary(&detected.language));
    Ok(Translated { text: answer.translated_text, from })
}
