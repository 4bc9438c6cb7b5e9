//! What became of a row.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::code::{Code, OwnCode};
use super::mapping::column_letters;
use super::otherwise::StoredOtherwise;
use super::record::Field;

/// How a row ended. Every non-blank row of the input has exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The endpoint confirmed it.
    Updated,
    /// The endpoint already holds these values; it was not sent.
    Unchanged,
    /// Dry run: it would be sent.
    Valid,
    /// It did not pass the checks and was not sent.
    Invalid,
    /// The endpoint refused it, and no earlier attempt of this row can have been applied.
    Failed,
    /// The record is no longer what the row was made from; it was not sent.
    Conflict,
    /// It may have been applied, and was never confirmed.
    Unconfirmed,
    /// The run stopped before it, or before an earlier row of the same key was settled.
    NotSent,
}

impl Status {
    /// Every status, in the order in which summaries list them.
    pub const ALL: [Self; 8] = [
        Self::Updated,
        Self::Unchanged,
        Self::Valid,
        Self::Invalid,
        Self::Failed,
        Self::Conflict,
        Self::Unconfirmed,
        Self::NotSent,
    ];

    /// The word in the results.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Valid => "valid",
            Self::Invalid => "invalid",
            Self::Failed => "failed",
            Self::Conflict => "conflict",
            Self::Unconfirmed => "unconfirmed",
            Self::NotSent => "not_sent",
        }
    }

    /// The status of a word in the results; nothing if there is none.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// Whether later rows of the same key must not be sent any more, since their order would not hold.
    #[must_use]
    pub fn blocks_key(self) -> bool {
        matches!(self, Self::Unconfirmed | Self::NotSent)
    }

    /// Whether the row is one that went well.
    #[must_use]
    pub fn is_good(self) -> bool {
        matches!(self, Self::Updated | Self::Unchanged | Self::Valid)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a person should know about a row: why it is invalid, or what to look at though it passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which check.
    pub code: OwnCode,
    /// The column, counted from 0, where one cell is at fault.
    pub column: Option<usize>,
    /// The field that the column sets.
    pub field: Option<&'static Field>,
    /// What is wrong, in words.
    pub text: String,
}

impl Finding {
    /// What is wrong, in words, and by which check, without the place.
    #[must_use]
    pub fn reason(&self) -> String {
        format!("{} ({})", self.text, self.code.as_str())
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(column) = self.column {
            write!(f, "column {}", column_letters(column))?;
            if let Some(field) = self.field {
                write!(f, " {}", field.name)?;
            }
            f.write_str(": ")?;
        }
        f.write_str(&self.reason())
    }
}

/// What became of one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// How it ended.
    pub status: Status,
    /// HTTP status of the last answer, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http_status: Option<u16>,
    /// Why, where it is not good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// Why, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// What a person should look at though the row passed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// The fields of which something else is stored than was sent; the warnings name them, too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stored_otherwise: Vec<StoredOtherwise>,
    /// Requests made for the row.
    #[serde(default)]
    pub attempts: u32,
    /// Milliseconds from its first request to its end.
    #[serde(default)]
    pub elapsed_ms: u64,
    /// When it ended, where it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
}

impl Outcome {
    /// An outcome that says nothing, for what needs only its shape.
    #[must_use]
    pub fn blank() -> Self {
        Self::unsent(Status::Valid, None, String::new())
    }

    /// The outcome of a row that no request was made for.
    #[must_use]
    pub fn unsent(status: Status, code: Option<Code>, message: String) -> Self {
        Self {
            status,
            http_status: None,
            code,
            message,
            warnings: Vec::new(),
            stored_otherwise: Vec::new(),
            attempts: 0,
            elapsed_ms: 0,
            finished_at: None,
        }
    }
}
