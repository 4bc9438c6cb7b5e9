//! Counts of what became of the rows, for the summary and the exit code.

use std::collections::BTreeMap;

use super::code::{Code, OwnCode};
use super::outcome::{Outcome, Status};
use super::stored_counts::StoredCounts;

/// The most distinct codes that are counted one by one; an endpoint might put an identifier
/// into its code, and memory must not grow with that.
const MOST_CODES: usize = 1_000;

/// How often a code was given, and where first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeCount {
    /// Number of rows.
    pub rows: u64,
    /// Row number of the first, as Excel shows it.
    pub example_row: u64,
    /// What was said of that row.
    pub example: String,
}

/// Counts by status and by code.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    by_status: [u64; Status::ALL.len()],
    by_code: BTreeMap<Code, CodeCount>,
    with_warnings: u64,
    beyond_limit: u64,
    stored_otherwise: StoredCounts,
}

impl Tally {
    /// Counts the outcome of the row that Excel shows as `row_number`.
    pub fn add(&mut self, row_number: u64, outcome: &Outcome) {
        self.by_status[outcome.status as usize] += 1;
        self.with_warnings += u64::from(!outcome.warnings.is_empty());
        self.stored_otherwise.add(&outcome.stored_otherwise);
        let Some(code) = &outcome.code else { return };
        self.beyond_limit += u64::from(*code == Code::Own(OwnCode::Limit));
        if let Some(count) = self.by_code.get_mut(code) {
            count.rows += 1;
        } else if self.by_code.len() < MOST_CODES {
            let example = outcome.message.clone();
            self.by_code
                .insert(code.clone(), CodeCount { rows: 1, example_row: row_number, example });
        }
    }

    /// Counts a row that ended so, with neither a code nor a warning.
    pub fn add_plain(&mut self, status: Status) {
        self.by_status[status as usize] += 1;
    }

    /// Rows that ended with `status`.
    #[must_use]
    pub fn rows(&self, status: Status) -> u64 {
        self.by_status[status as usize]
    }

    /// Rows in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.by_status.iter().sum()
    }

    /// Rows that have something to look at though they passed.
    #[must_use]
    pub fn with_warnings(&self) -> u64 {
        self.with_warnings
    }

    /// What was stored otherwise than it was sent.
    #[must_use]
    pub fn stored_otherwise(&self) -> &StoredCounts {
        &self.stored_otherwise
    }

    /// The same, for what is found out of values that were stored as they were sent.
    pub fn stored_otherwise_mut(&mut self) -> &mut StoredCounts {
        &mut self.stored_otherwise
    }

    /// Rows that stand beyond `--limit`; they do not count for the exit code.
    #[must_use]
    pub fn beyond_limit(&self) -> u64 {
        self.beyond_limit
    }

    /// Whether every row that counts went well.
    #[must_use]
    pub fn all_good(&self) -> bool {
        let good: u64 = Status::ALL.iter().filter(|s| s.is_good()).map(|s| self.rows(*s)).sum();
        good + self.beyond_limit == self.total()
    }

    /// The codes, the most frequent first.
    #[must_use]
    pub fn codes(&self) -> Vec<(&Code, &CodeCount)> {
        let mut codes: Vec<_> = self.by_code.iter().collect();
        codes.sort_by_key(|(_, count)| std::cmp::Reverse(count.rows));
        codes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(code: &str) -> Outcome {
        Outcome::unsent(
            Status::Failed,
            Some(Code::Endpoint(code.into())),
            format!("because {code}"),
        )
    }

    #[test]
    fn codes_are_counted_with_their_first_row_the_most_frequent_first() {
        let mut tally = Tally::default();
        for (row, code) in [(2, "A"), (3, "B"), (4, "B")] {
            tally.add(row, &failed(code));
        }
        let codes: Vec<_> =
            tally.codes().iter().map(|(c, n)| (c.to_string(), n.rows, n.example_row)).collect();
        assert_eq!(codes, [("B".to_owned(), 2, 3), ("A".to_owned(), 1, 2)]);
        assert!(!tally.all_good());
    }

    #[test]
    fn rows_beyond_the_limit_do_not_spoil_a_good_run() {
        let mut tally = Tally::default();
        tally.add(2, &Outcome::unsent(Status::Updated, None, String::new()));
        let limit = Outcome::unsent(Status::NotSent, Some(OwnCode::Limit.into()), String::new());
        tally.add(3, &limit);
        assert!(tally.all_good());
        assert_eq!(tally.total(), 2);
    }
}
