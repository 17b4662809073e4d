//! Of what agents are told, and how: what happened in a conversation ([`news`]), what each of them wishes to hear of and
//! by which way ([`preferences`]), and who hears of what ([`decide`]).

pub mod decide;
pub mod digest;
pub mod news;
pub mod preferences;
