//! The chat window's words, in the languages it speaks.

use crate::http::availability::Availability;
use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;

/// A language that the chat window speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    French,
}

/// What the chat window says.
pub struct Words {
    pub chat: &'static str,
    pub greeting: &'static str,
    pub here: &'static str,
    pub nobody: &'static str,
    pub closed: &'static str,
    pub opens: &'static str,
    pub name: &'static str,
    pub email: &'static str,
    pub message: &'static str,
    pub hint: &'static str,
    pub send: &'static str,
    pub missing: &'static str,
    pub lost_title: &'static str,
    pub lost: &'static str,
    pub again: &'static str,
}

const ENGLISH: Words = Words {
    chat: "Chat",
    greeting: "How can we help you?",
    here: "We are here: you can expect an answer soon.",
    nobody: "Nobody is here right now. Leave a message: we answer by e-mail.",
    closed: "We are closed. Leave a message: we answer by e-mail.",
    opens: "We open again:",
    name: "Your name",
    email: "Your e-mail address",
    message: "Your message",
    hint: "Answers appear here and in your mailbox.",
    send: "Send",
    missing: "Something is missing. Nothing you wrote was lost.",
    lost_title: "This conversation cannot be shown here",
    lost: "Nothing you sent was lost. Your browser does not let this window remember the conversation, or its link is \
           not valid any more. The newest link in our mails opens it.",
    again: "Begin a new conversation",
};

const FRENCH: Words = Words {
    chat: "Discussion",
    greeting: "Comment pouvons-nous vous aider ?",
    here: "Nous sommes là : vous recevrez bientôt une réponse.",
    nobody: "Il n’y a personne pour le moment. Laissez un message : nous répondrons par e-mail.",
    closed: "Nous sommes fermés. Laissez un message : nous répondrons par e-mail.",
    opens: "Réouverture :",
    name: "Votre nom",
    email: "Votre adresse e-mail",
    message: "Votre message",
    hint: "Les réponses arrivent ici et dans votre boîte mail.",
    send: "Envoyer",
    missing: "Il manque quelque chose. Rien de ce que vous avez écrit n’est perdu.",
    lost_title: "Cette conversation ne peut pas s’afficher ici",
    lost: "Rien de ce que vous avez envoyé n’est perdu. Votre navigateur ne permet pas à cette fenêtre de retenir la \
           conversation, ou son lien n’est plus valable. Le lien le plus récent de nos e-mails l’ouvre.",
    again: "Commencer une nouvelle conversation",
};

impl Words {
    /// What is said of who is there.
    #[must_use]
    pub const fn notice(&self, availability: &Availability) -> &'static str {
        match (availability.available, availability.open) {
            (true, _) => self.here,
            (_, true) => self.nobody,
            _ => self.closed,
        }
    }
}

impl Language {
    /// The language that a tag (`fr-CA`) asks for; English for any other.
    #[must_use]
    pub fn of(tag: &str) -> Self {
        let primary = tag.trim().split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("fr") { Self::French } else { Self::English }
    }

    /// The first language that a browser names.
    #[must_use]
    pub fn accepted(headers: &HeaderMap) -> Self {
        let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        Self::of(accepted.split([',', ';']).next().unwrap_or_default())
    }

    /// `en` or `fr`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::French => "fr",
        }
    }

    /// What is said in it.
    #[must_use]
    pub const fn words(self) -> &'static Words {
        match self {
            Self::English => &ENGLISH,
            Self::French => &FRENCH,
        }
    }
}
