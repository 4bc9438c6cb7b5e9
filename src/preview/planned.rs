//! What a plan says of a row.

use std::fmt;

use crate::model::code::{Code, OwnCode};
use crate::model::outcome::{Outcome, Status};

/// What would become of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Planned {
    /// It would change its record.
    WouldUpdate,
    /// Its record already holds these values.
    Unchanged,
    /// There is no record with its key.
    NotFound,
    /// It did not pass the checks.
    Invalid,
    /// Its record was updated since the baseline.
    Conflict,
    /// What its record holds could not be found out.
    Unknown,
}

impl Planned {
    /// Everything that a plan can say, in the order in which it is counted.
    pub const ALL: [Self; 6] = [
        Self::WouldUpdate,
        Self::Unchanged,
        Self::NotFound,
        Self::Invalid,
        Self::Conflict,
        Self::Unknown,
    ];

    /// What is said of a row that ended so in a run that sends nothing.
    #[must_use]
    pub fn of(outcome: &Outcome) -> Self {
        match outcome.status {
            Status::Valid | Status::Updated => Self::WouldUpdate,
            Status::Unchanged => Self::Unchanged,
            Status::Invalid => Self::Invalid,
            Status::Failed if outcome.code == Some(Code::Own(OwnCode::NotFound)) => Self::NotFound,
            Status::Conflict => Self::Conflict,
            Status::Failed | Status::Unconfirmed | Status::NotSent => Self::Unknown,
        }
    }

    /// Whether nothing stands in the way of the row.
    #[must_use]
    pub fn is_good(self) -> bool {
        matches!(self, Self::WouldUpdate | Self::Unchanged)
    }

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WouldUpdate => "would_update",
            Self::Unchanged => "unchanged",
            Self::NotFound => "not_found",
            Self::Invalid => "invalid",
            Self::Conflict => "conflict",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
