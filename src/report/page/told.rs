//! What the page tells of the rows, gathered line by line: memory does not grow with their number.

use std::collections::BTreeMap;
use std::io::Read;

use super::outcomes::label;
use super::shown::{MESSAGE, NAME, Shown};
use super::timeline::Timeline;
use super::warned::Warned;
use crate::model::code::{Code, OwnCode};
use crate::model::outcome::Status;
use crate::model::record::RecordType;
use crate::report::{Account, ReadLine, ResultsFault, ResultsReader, same_run};

/// Rows that were not updated that the page lists.
pub(super) const MOST_ROWS: usize = 1_000;
/// Codes that are counted one by one; an endpoint might put an identifier into its code.
const MOST_CODES: usize = 1_000;
/// Example rows of a code.
const EXAMPLES: usize = 3;

/// What became of the rows.
#[derive(Debug)]
pub(super) struct Told {
    /// Whether these are the results of a check, and nothing was to be sent.
    pub(super) is_check: bool,
    by_status: [u64; Status::ALL.len()],
    /// Rows that have something to look at though they passed.
    pub(super) with_warnings: u64,
    /// Rows beyond `--limit`, which nobody wanted to be sent.
    pub(super) beyond_limit: u64,
    /// Requests made.
    pub(super) requests: u64,
    /// By code, the rows that were not updated.
    codes: BTreeMap<Code, CodeTold>,
    /// Rows with further codes.
    pub(super) other_codes: u64,
    /// Warnings by field and kind.
    pub(super) warned: Warned,
    /// The first rows that were not updated.
    pub(super) rows: Vec<RowTold>,
    /// When requests were made, and how long rows took.
    pub(super) timeline: Timeline,
}

/// The rows of a code.
#[derive(Debug, Default)]
pub(super) struct CodeTold {
    /// How many.
    pub(super) rows: u64,
    by_status: [u64; Status::ALL.len()],
    /// The first of them.
    pub(super) examples: Vec<RowTold>,
}

impl CodeTold {
    /// Rows that ended with a status.
    pub(super) fn ended(&self, status: Status) -> u64 {
        self.by_status[status as usize]
    }
}

/// A row that was not updated.
#[derive(Clone, Debug)]
pub(super) struct RowTold {
    /// Row number as Excel shows it.
    pub(super) row: u64,
    /// The values of the key fields.
    pub(super) key: Vec<Shown>,
    /// What became of it.
    pub(super) status: Status,
    /// Why.
    pub(super) code: Shown,
    /// Why, in words.
    pub(super) message: Shown,
}

impl RowTold {
    fn of(line: &ReadLine<'_>) -> Self {
        Self {
            row: line.row,
            key: line.key().map(|part| Shown::of_cell(part, NAME)).collect(),
            status: line.status,
            code: Shown::of_cell(line.code, NAME),
            message: Shown::of_cell(line.message, MESSAGE),
        }
    }

    /// What became of it, as a person says it.
    pub(super) fn label(&self) -> String {
        label(self.status)
    }
}

impl Told {
    /// Reads all lines of results, with the account beside them.
    ///
    /// # Errors
    /// They cannot be read.
    pub(super) fn of<R: Read>(
        results: &mut ResultsReader<R>,
        record: &'static RecordType,
        account: Option<&Account>,
    ) -> Result<Self, ResultsFault> {
        let mut told = Self {
            is_check: false,
            by_status: [0; Status::ALL.len()],
            with_warnings: 0,
            beyond_limit: 0,
            requests: 0,
            codes: BTreeMap::new(),
            other_codes: 0,
            warned: Warned::new(record),
            rows: Vec::new(),
            timeline: Timeline::new(),
        };
        while let Some(line) = results.read()? {
            told.add(&line);
        }
        told.timeline.settle();
        told.is_check = same_run::is_check(account, |status| told.rows(status));
        Ok(told)
    }

    fn add(&mut self, line: &ReadLine<'_>) {
        self.by_status[line.status as usize] += 1;
        self.requests += u64::from(line.attempts);
        self.timeline.add(line);
        if !line.warnings.is_empty() {
            self.with_warnings += 1;
            self.warned.add(line.row, line.warnings);
        }
        if line.status.is_good() {
            return;
        }
        let Ok(code) = line.code.parse::<Code>();
        if code == Code::Own(OwnCode::Limit) {
            self.beyond_limit += 1;
            return;
        }
        let full = self.codes.len() >= MOST_CODES;
        if full && !self.codes.contains_key(&code) {
            self.other_codes += 1;
        } else {
            let told = self.codes.entry(code).or_default();
            told.rows += 1;
            told.by_status[line.status as usize] += 1;
            if told.examples.len() < EXAMPLES {
                told.examples.push(RowTold::of(line));
            }
        }
        if self.rows.len() < MOST_ROWS {
            self.rows.push(RowTold::of(line));
        }
    }

    /// Rows that ended with a status.
    pub(super) fn rows(&self, status: Status) -> u64 {
        self.by_status[status as usize]
    }

    /// Rows in all.
    pub(super) fn total(&self) -> u64 {
        self.by_status.iter().sum()
    }

    /// Rows that were to be sent, and did not go well.
    pub(super) fn not_good(&self) -> u64 {
        let bad = Status::ALL.into_iter().filter(|status| !status.is_good());
        bad.map(|status| self.rows(status)).sum::<u64>() - self.beyond_limit
    }

    /// The codes of rows that were not updated, the most frequent first.
    pub(super) fn codes(&self) -> Vec<(&Code, &CodeTold)> {
        let mut codes: Vec<_> = self.codes.iter().collect();
        codes.sort_by_key(|(_, told)| std::cmp::Reverse(told.rows));
        codes
    }
}
