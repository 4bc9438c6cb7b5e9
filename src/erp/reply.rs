//! What came back, told apart by what it means for the row.

use std::convert::Infallible;
use std::time::Duration;

use secrecy::SecretString;

use crate::model::change::Held;
use crate::model::code::OwnCode;
use crate::model::counted::counted;
use crate::model::otherwise::{Otherwise, StoredOtherwise};
use crate::model::patch::Patch;
use crate::model::stored::Stored;

/// An answer that did not confirm anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The endpoint's own code, where it gave one.
    pub code: Option<String>,
    /// The endpoint's own message, or the start of what it sent instead.
    pub message: String,
}

/// Why no answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SilenceKind {
    /// No connection could be made: nothing was sent.
    NeverConnected,
    /// What answers is not the server that it should be, by its certificate: nothing was sent.
    NotTrusted,
    /// A proxy on the way wants a login before it lets anybody through: nothing was sent.
    ProxyLogin,
    /// The request was sent, and no answer came in time.
    TimedOut,
    /// The connection was lost after the request was sent, or may have been.
    Lost,
    /// An answer came, with this status, that is too long to be read.
    TooLong(u16),
}

impl SilenceKind {
    /// Whether the request may have reached a server.
    #[must_use]
    pub fn is_sent(self) -> bool {
        !matches!(self, Self::NeverConnected | Self::NotTrusted | Self::ProxyLogin)
    }

    /// Whether time may mend it. What it does not mend is not tried again: a password must not be offered to
    /// a stranger, and a proxy may lock an account whose login it refuses too often.
    #[must_use]
    pub fn may_pass(self) -> bool {
        !matches!(self, Self::NotTrusted | Self::ProxyLogin)
    }
}

/// No answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silence {
    /// Why.
    pub kind: SilenceKind,
    /// Why, in words.
    pub text: String,
}

/// What a confirmed update says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Updated {
    /// HTTP status.
    pub status: u16,
    /// The fields that were stored differently from what was sent.
    pub differences: Vec<Difference>,
    /// The record as it is stored now.
    pub record: Stored,
}

/// A field that was stored differently from what was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which, and how.
    pub otherwise: StoredOtherwise,
    /// What was sent and what is stored, in words; secrets are replaced.
    pub values: String,
}

impl Updated {
    /// Judges the differences anew, now that it is known what fields held before.
    pub fn knowing(&mut self, patch: &Patch, before: &[Held]) {
        for Difference { otherwise, .. } in &mut self.differences {
            let Some(held) = before.iter().find(|held| held.field == otherwise.field) else {
                continue;
            };
            let sent = patch.fields().find(|(field, _)| field.name == otherwise.field);
            let Some((field, change)) = sent else { continue };
            if let Some(stored) = self.record.value(field) {
                otherwise.kind = Otherwise::of(change.value(), stored, held.value.as_deref());
            }
        }
    }
}

impl Difference {
    /// What a person is told of it.
    #[must_use]
    pub fn warning(&self) -> String {
        let Self { otherwise: StoredOtherwise { field, kind, length, .. }, values } = self;
        let how = match kind {
            Otherwise::Cut => format!("cut at {}: ", counted(*length, "character")),
            Otherwise::Case => "stored in another case: ".to_owned(),
            Otherwise::Trimmed => "stored with other spaces around it: ".to_owned(),
            Otherwise::Ignored => "not stored: ".to_owned(),
            Otherwise::Rewritten => String::new(),
        };
        format!("{field}: {how}{values} ({})", OwnCode::Stored.as_str())
    }
}

/// The reply to an update or a query, which is good if it gives an `A`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply<A> {
    /// What was asked for.
    Good(A),
    /// This row is refused, and nothing was applied.
    Refused(Answer),
    /// The token is not, or no longer, good.
    Unauthorized(Answer),
    /// Wrong address or rights, or a filter before the endpoint that dislikes this row.
    WrongAddress(Answer),
    /// A proxy on the way wants a login.
    ProxyLogin(Answer),
    /// It may go better another time.
    Transient {
        /// The answer.
        answer: Answer,
        /// How long the endpoint asks not to be asked.
        retry_after: Option<Duration>,
        /// Whether an update may have been applied all the same.
        may_have_applied: bool,
    },
    /// No answer.
    Silence(Silence),
}

impl<A> Reply<A> {
    /// What was asked for, or else the reply without it.
    ///
    /// # Errors
    /// It is another reply.
    pub fn good(self) -> Result<A, Reply<Infallible>> {
        Err(match self {
            Self::Good(good) => return Ok(good),
            Self::Refused(answer) => Reply::Refused(answer),
            Self::Unauthorized(answer) => Reply::Unauthorized(answer),
            Self::WrongAddress(answer) => Reply::WrongAddress(answer),
            Self::ProxyLogin(answer) => Reply::ProxyLogin(answer),
            Self::Transient { answer, retry_after, may_have_applied } => {
                Reply::Transient { answer, retry_after, may_have_applied }
            }
            Self::Silence(silence) => Reply::Silence(silence),
        })
    }

    /// How long the endpoint asks not to be asked.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Transient { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// The reply to a login.
#[derive(Clone, Debug)]
pub enum LoginReply {
    /// A token.
    Token(SecretString),
    /// Wrong user, password or data source: never asked again, since that could lock the account.
    Refused(Answer),
    /// Wrong address, or a proxy that wants a login.
    WrongAddress(Answer),
    /// It may go better another time.
    Transient {
        /// The answer.
        answer: Answer,
        /// How long the endpoint asks not to be asked.
        retry_after: Option<Duration>,
    },
    /// No answer.
    Silence(Silence),
}
