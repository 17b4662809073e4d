//! What somebody wants a report about.

use super::summary::Group;
use crate::domain::conversation::event::Channel;
use crate::domain::id::{AgentId, FolderId, TagId, TeamId};
use serde::{Deserialize, Serialize};

/// What a report is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Conversations,
    Agents,
    Payments,
}

impl Subject {
    /// The name that the contract uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Conversations => "conversations",
            Self::Agents => "agents",
            Self::Payments => "payments",
        }
    }

    /// Whether its rows may be about that.
    #[must_use]
    pub const fn takes(self, group: Group) -> bool {
        let of_orders = matches!(group, Group::State | Group::Method | Group::Currency);
        match self {
            Self::Conversations | Self::Agents => !of_orders,
            Self::Payments => of_orders || group.interval().is_some() || matches!(group, Group::Agent),
        }
    }
}

/// Which time counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// All of it.
    #[default]
    Calendar,
    /// What passed while the company was open, by the hours it had then.
    Business,
}

/// What a report is to be about; everything where a part of it is none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// What its rows are about; in a report on agents, each of them.
    #[serde(default)]
    pub group: Group,
    #[serde(default)]
    pub clock: Clock,
    /// What this agent did, or what happened in conversations of his.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<AgentId>,
    /// Conversations that belong to this team now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Conversations that are in this folder now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<FolderId>,
    /// Conversations that have this tag now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<TagId>,
    /// Conversations that came in this way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
}

impl Wanted {
    /// Whether it leaves no conversation out by what it is: where agents were is not of some of them.
    #[must_use]
    pub const fn is_of_every_conversation(&self) -> bool {
        self.team.is_none() && self.folder.is_none() && self.tag.is_none() && self.channel.is_none()
    }
}

/// As what a report is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ReportFormat)]
pub enum Format {
    #[default]
    Json,
    Csv,
    Xlsx,
}

impl Format {
    /// How files of this kind end.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// The media type of files of this kind.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}
