//! Whether and how a row is sent, once it is known what its record holds.
//!
//! A run may look before it sends: the record of each row is asked for first, and a [`Judge`] decides. What is
//! compared with what, and what is remembered of it, is no matter of the engine.

use std::future::ready;
use std::io;
use std::sync::Arc;

use futures_util::future::LocalBoxFuture;

use super::Job;
use crate::model::outcome::Outcome;
use crate::model::stored::Stored;

/// What is known of the record of a row before it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Known {
    /// What it holds.
    Found(Stored),
    /// There is no such record; what the endpoint said of it, if anything.
    Absent(String),
    /// Nothing: no question is sure to mean its key.
    NotAskable,
    /// Everything that was found, where it asks a question of its own.
    Answer(Arc<Vec<Stored>>),
}

/// What is to become of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// It is sent.
    Send,
    /// It has ended so, and is not sent.
    End(Outcome),
}

/// Waits until what must be remembered is on disk.
pub type Kept = LocalBoxFuture<'static, io::Result<()>>;

/// Decides what becomes of rows whose records are known.
pub trait Judge {
    /// Decides of one row; it may take fields out of its patch, and notes in [`Job::before`] what the
    /// record held. Rows of one key come in their order, each after the one before it has ended.
    ///
    /// # Errors
    /// What must be remembered of the row cannot be; then the run stops.
    fn judge(&mut self, job: &mut Job, known: &Known) -> io::Result<Judged>;

    /// Rows that were judged are about to be sent: what must be remembered of them is brought to disk, and not on
    /// this thread, which has answers to wait for. If it cannot be, the run stops. A judge that sends nothing has
    /// nothing to remember.
    fn keep(&mut self) -> Kept {
        Box::pin(ready(Ok(())))
    }

    /// A row that was sent has ended so; `stored` is what the record holds since, where that was confirmed.
    fn ended(&mut self, _job: &Job, _outcome: &Outcome, _stored: Option<&Stored>) {}
}
