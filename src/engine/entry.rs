//! A row on its way, and what happened to it so far.

use tokio::time::Instant;

use super::{Doubt, Job};
use crate::erp::retry::{Ending, Trail};

/// A row on its way.
#[derive(Debug)]
pub(super) struct Entry {
    /// The row.
    pub(super) job: Job,
    /// What happened to it so far.
    pub(super) trail: Trail,
    /// When it was first sent.
    pub(super) first_sent: Option<Instant>,
    /// Whether its record is to be asked for by itself.
    pub(super) alone: bool,
}

impl Entry {
    /// A row that nothing has happened to since it was taken in.
    pub(super) fn new(job: Job) -> Self {
        Self { trail: trail(&job), job, first_sent: None, alone: false }
    }

    /// Forgets what happened while the record was asked for.
    pub(super) fn begin_anew(&mut self) {
        self.trail = trail(&self.job);
    }
}

/// What happened to a row before it was taken in.
pub(super) fn trail(job: &Job) -> Trail {
    match &job.doubt {
        None => Trail::default(),
        Some(Doubt::CutOff) => Trail { cut_off: true, ..Trail::default() },
        Some(Doubt::Unconfirmed(outcome)) => {
            Trail { doubt: Some(Ending::from((**outcome).clone())), ..Trail::default() }
        }
    }
}
