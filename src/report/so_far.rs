//! What has become of the rows so far, in words.

use console::{StyledObject, style};

use crate::model::counted::grouped;
use crate::model::outcome::Status;

/// What is done with the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Each is a request of its own.
    Updating,
    /// Records are asked for, and the rows that are to be sent are requests, too.
    LookingFirst,
    /// Records are asked for, and nothing is sent.
    Planning,
}

/// How many rows have ended, and how.
#[derive(Debug)]
pub(super) struct SoFar {
    pub(super) doing: Doing,
    /// Rows that have ended.
    pub(super) done: u64,
    by_status: [u64; Status::ALL.len()],
    /// Whether the words are coloured.
    is_coloured: bool,
}

impl SoFar {
    /// None has.
    pub(super) fn new(doing: Doing, is_coloured: bool) -> Self {
        Self { doing, done: 0, by_status: [0; Status::ALL.len()], is_coloured }
    }

    /// A row has ended.
    pub(super) fn ended(&mut self, status: Status) {
        self.done += 1;
        self.by_status[status as usize] += 1;
    }

    /// What has become of them, and how many of `total` are waiting.
    pub(super) fn told(&self, total: u64) -> String {
        let mut parts = match self.doing {
            Doing::Planning => self.compared(),
            Doing::Updating | Doing::LookingFirst => self.ended_rows(),
        };
        parts.push(format!("{} waiting", grouped(total.saturating_sub(self.done))));
        parts.join(", ")
    }

    fn ended_rows(&self) -> Vec<String> {
        let is_told = |status: &Status| {
            matches!(status, Status::Updated | Status::Failed) || self.rows_with(*status) > 0
        };
        let told = |status: Status| {
            let rows = self.rows_with(status);
            let text = format!("{} {}", grouped(rows), status.as_str().replace('_', " "));
            match status.is_good() {
                true => self.styled(text).green().to_string(),
                false if rows > 0 => self.styled(text).red().to_string(),
                false => text,
            }
        };
        Status::ALL.into_iter().filter(is_told).map(told).collect()
    }

    fn compared(&self) -> Vec<String> {
        let good = Status::ALL.into_iter().filter(|status| status.is_good());
        let good: u64 = good.map(|status| self.rows_with(status)).sum();
        let bad = self.done - good;
        let text = format!("{} compared", grouped(good));
        let mut parts = vec![self.styled(text).green().to_string()];
        if bad > 0 {
            parts.push(self.styled(format!("{} could not be", grouped(bad))).red().to_string());
        }
        parts
    }

    fn rows_with(&self, status: Status) -> u64 {
        self.by_status[status as usize]
    }

    /// A text that may be given a colour.
    pub(super) fn styled(&self, text: String) -> StyledObject<String> {
        style(text).for_stderr().force_styling(self.is_coloured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_confirmed_is_not_called_failed() {
        let mut so_far = SoFar::new(Doing::LookingFirst, false);
        for status in [Status::Unconfirmed, Status::Failed, Status::NotSent, Status::Unchanged] {
            so_far.ended(status);
        }
        let expected = "0 updated, 1 unchanged, 1 failed, 1 unconfirmed, 1 not sent, 6 waiting";
        assert_eq!(so_far.told(10), expected);
    }

    #[test]
    fn colours_are_there_where_they_are_wanted() {
        let mut so_far = SoFar::new(Doing::Planning, true);
        so_far.ended(Status::Valid);
        assert_eq!(so_far.told(2), "\u{1b}[32m1 compared\u{1b}[0m, 1 waiting");
    }
}
