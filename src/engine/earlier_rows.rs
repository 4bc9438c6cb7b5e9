//! What rows that ended in earlier legs of a run say of the endpoint.

use crate::model::code::{Code, OwnCode};
use crate::model::outcome::{Outcome, Status};

/// The rows that ended for good in earlier legs of a run. The others are sent again, and count then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EarlierRows {
    /// Those that were sent.
    pub(super) sent: Counted,
    /// Those that were judged by what their records held, and not sent.
    pub(super) judged: Counted,
    /// Whether the endpoint has confirmed an update, or shown a record.
    pub(super) any_confirmed: bool,
}

/// How many rows have ended, and how many of them failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) ended: u64,
    pub(super) failed: u64,
}

impl Counted {
    pub(super) fn add(&mut self, other: Self) {
        self.ended += other.ended;
        self.failed += other.failed;
    }
}

impl EarlierRows {
    /// Takes in the last ending of a row.
    pub(super) fn add(&mut self, outcome: &Outcome) {
        let status = outcome.status;
        if status.blocks_key() {
            return;
        }
        let failed = u64::from(status == Status::Failed);
        let of_kind = if was_judged(outcome) { &mut self.judged } else { &mut self.sent };
        of_kind.add(Counted { ended: 1, failed });
        self.any_confirmed |= failed == 0;
    }

    /// These and those of another file.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.sent.add(other.sent);
        self.judged.add(other.judged);
        self.any_confirmed |= other.any_confirmed;
        self
    }
}

fn was_judged(outcome: &Outcome) -> bool {
    match outcome.status {
        Status::Failed => {
            matches!(outcome.code, Some(Code::Own(OwnCode::NotFound | OwnCode::NotAskable)))
        }
        status => status != Status::Updated,
    }
}
