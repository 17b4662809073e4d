//! Where a customer's conversation goes on that was merged into another one of his: whoever holds the old link is led to
//! the new one, until that is replaced.

use super::problem::{Answer, Problem};
use super::session::Here;
use crate::domain::conversation::command::Actor;
use crate::domain::conversation::refusal::Refusal;
use crate::objects::call;
use crate::objects::conversation_do::{self, protocol::ConversationRequest, protocol::CurrentLink};
use crate::platform::links::CustomerLink;

/// A conversation may be merged into one that is merged in its turn: so often at most.
const MOST_STEPS: u8 = 32;

/// The link of the conversation in which another one goes on; none where it goes on by itself.
///
/// # Errors
/// 404 where a link on the way opens nothing any more.
pub async fn follow(here: &Here, from: CustomerLink) -> Answer<Option<CustomerLink>> {
    let mut link = from;
    for _ in 0..MOST_STEPS {
        let read = ConversationRequest::Read { actor: Actor::Customer { link_version: link.version } };
        let into = match ask(here, link, &read).await? {
            call::Answer::Done(_) => return Ok((link != from).then_some(link)),
            call::Answer::Refused(Refusal::Merged { into }) => into.id,
            call::Answer::Refused(refusal) => return Err(refusal.into()),
        };
        let source = link.conversation;
        link = CustomerLink { conversation: into, version: 0 };
        let CurrentLink { version } = match ask(here, link, &ConversationRequest::LinkFrom { source }).await? {
            call::Answer::Done(current) => serde_json::from_str(&current)?,
            call::Answer::Refused(refusal) => return Err(refusal.into()),
        };
        link.version = version;
    }
    Err(Problem::not_found())
}

async fn ask(here: &Here, link: CustomerLink, request: &ConversationRequest) -> Answer<call::Answer<Refusal>> {
    Ok(call::call(&here.env, conversation_do::BINDING, &link.conversation.to_string(), request).await?)
}
