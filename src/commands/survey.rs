//! The first read: every row of a file is judged and counted before anything is sent.

use std::collections::HashMap;
use std::hash::RandomState;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::bail;

use super::pipeline::{Pass, Remembered, judged};
use crate::checks::{Rules, Verdict};
use crate::config::Settings;
use crate::model::code::OwnCode;
use crate::model::key::Key;
use crate::model::outcome::{Outcome, Status};
use crate::model::record::RecordType;
use crate::model::row::{Place, Row, RowBatch};
use crate::model::rules::SiteRules;
use crate::model::tally::Tally;
use crate::sheet::{SheetFault, Source, Table};

/// A file whose rows were all read and judged once.
#[derive(Debug)]
pub(super) struct Input {
    /// The path as the person gave it.
    pub(super) path: PathBuf,
    /// Its rows.
    pub(super) table: Arc<Table>,
    /// What the first read found.
    pub(super) survey: Survey,
    /// Rows that have ended for good in the run that is continued.
    pub(super) done: u64,
    /// Whether records are looked at, and only what differs is sent.
    pub(super) skip_unchanged: bool,
}

impl Input {
    /// Rows that are still to be sent.
    pub(super) fn left(&self) -> u64 {
        self.survey.to_send.saturating_sub(self.done)
    }
}

/// What the first read of a file found.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Data rows that are not blank.
    pub(super) rows: u64,
    /// Rows that are to be sent.
    pub(super) to_send: u64,
    /// Rows from this index on stand beyond `--limit`.
    pub(super) limit: u64,
    /// Rows that did not pass the checks, also beyond the limit.
    pub(super) invalid: u64,
    /// Counts by status, as if nothing were sent.
    pub(super) tally: Tally,
    /// Cells that the rows to send would blank.
    pub(super) clears: u64,
    /// Rows without a cell that shows anything, between the header and the last row.
    pub(super) blank_rows: u64,
    /// What later reads are compared with.
    pub(super) first_read: Arc<Remembered>,
    /// The keys of the rejected rows, where rows are to be sent: the invalid ones so far.
    pub(super) rejected: RejectedKeys,
}

/// What a survey is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The rows are only judged.
    Check,
    /// The rows will be read again and sent.
    Send,
}

/// Opens the files and settles their headers, before any of them is read to its end.
///
/// # Errors
/// A file that is no table of such records, or that is given twice.
pub(super) fn open_all(
    files: &[PathBuf],
    settings: &Settings,
    record: &'static RecordType,
) -> anyhow::Result<Vec<Table>> {
    for (position, file) in files.iter().enumerate() {
        if files[..position].iter().any(|other| is_same_file(other, file)) {
            bail!("{}: is given twice; name it once", file.display());
        }
    }
    let open = |file: &PathBuf| {
        Table::open(
            Source::open(file, settings.choice.encoding.as_deref())?,
            &settings.choice,
            &settings.mapping,
            record,
        )
    };
    Ok(files.iter().map(open).collect::<Result<Vec<_>, SheetFault>>()?)
}

/// Whether two paths lead to the same file; not, if one leads nowhere.
pub(super) fn is_same_file(a: &Path, b: &Path) -> bool {
    a == b || matches!((a.canonicalize(), b.canonicalize()), (Ok(a), Ok(b)) if a == b)
}

impl Survey {
    /// Reads and judges all rows of a table, of which those beyond `limit` are not to be sent.
    /// `look` is shown every row; `cancelled` ends the read early.
    ///
    /// # Errors
    /// A file that cannot be read to its end.
    pub(super) fn of(
        table: &Table,
        site: &SiteRules,
        limit: u64,
        purpose: Purpose,
        cancelled: &AtomicBool,
        look: &mut dyn FnMut(Row<'_>, &Verdict) -> ControlFlow<()>,
    ) -> Result<Self, SheetFault> {
        let mut survey = Self { limit, ..Self::default() };
        let mut remembered = Remembered::default();
        let pass = match purpose {
            Purpose::Check => Pass::Only,
            Purpose::Send => Pass::First(&mut remembered),
        };
        let mut last_row = table.header_row();
        let rules = Rules::new(table.layout(), site);
        judged(table, site, pass, &mut |batch: &RowBatch, verdicts: &[Verdict]| {
            if cancelled.load(Ordering::Relaxed) {
                return ControlFlow::Break(());
            }
            for (row, verdict) in batch.rows().zip(verdicts) {
                survey.count(row, verdict);
                last_row = row.place.number;
                if purpose == Purpose::Send && !verdict.is_valid() && row.place.index < limit {
                    survey.rejected.rejected(&rules.key(row), row.place.index);
                }
                look(row, verdict)?;
            }
            ControlFlow::Continue(())
        })?;
        let passed = last_row - table.header_row();
        survey.blank_rows = passed.saturating_sub(survey.rows + table.skipped_rows());
        survey.first_read = Arc::new(remembered);
        Ok(survey)
    }

    fn count(&mut self, row: Row<'_>, verdict: &Verdict) {
        self.rows += 1;
        self.invalid += u64::from(!verdict.is_valid());
        if verdict.is_valid() && row.place.index < self.limit {
            self.to_send += 1;
            self.clears += u64::from(verdict.clears);
            if verdict.warnings.is_empty() {
                // Most rows: nothing of their outcome is to be told.
                self.tally.add_plain(Status::Valid);
                return;
            }
        }
        self.tally.add(row.place.number, &unsent(row, verdict, self.limit));
    }
}

/// The outcome of a row as far as it is known before anything is sent.
pub(super) fn unsent(row: Row<'_>, verdict: &Verdict, limit: u64) -> Outcome {
    if row.place.index < limit {
        return verdict.outcome();
    }
    let message = OwnCode::Limit.cause().to_owned();
    Outcome::unsent(Status::NotSent, Some(OwnCode::Limit.into()), message)
}

/// The records that rejected rows name, and which later rows have updated them since, or found updated.
///
/// Feeding such a row back would put an older value over a newer one, so that the rejects file
/// must tell. Keys are kept as hashes, and only those of rejected rows.
#[derive(Debug, Default)]
pub(super) struct RejectedKeys {
    keys: HashMap<u64, Rejected>,
    seed: RandomState,
}

/// Kept small, since a file may hold nothing but rejected rows. A count beyond four billion
/// rows stays at its end.
#[derive(Clone, Copy, Debug)]
struct Rejected {
    first_row: u32,
    /// Index of the last row that updated the record, and its number; 0 is none.
    last_updated: (u32, u32),
}

impl RejectedKeys {
    /// The row that stands here has ended so.
    pub(super) fn ended(&mut self, key: &Key, place: Place, status: Status) {
        match status {
            Status::Updated | Status::Unchanged => self.updated(key, place),
            Status::Failed => self.rejected(key, place.index),
            _ => {}
        }
    }

    /// The row with this index was rejected.
    pub(super) fn rejected(&mut self, key: &Key, index: u64) {
        if key.is_empty() {
            return;
        }
        let new = Rejected { first_row: small(index), last_updated: (0, 0) };
        let rejected = self.keys.entry(key.hash_with(&self.seed)).or_insert(new);
        rejected.first_row = rejected.first_row.min(new.first_row);
    }

    /// The row that stands here updated its record.
    fn updated(&mut self, key: &Key, place: Place) {
        if self.keys.is_empty() {
            return;
        }
        if let Some(rejected) = self.keys.get_mut(&key.hash_with(&self.seed)) {
            rejected.last_updated =
                rejected.last_updated.max((small(place.index), small(place.number)));
        }
    }

    /// The number of the last row after this one that updated the same record.
    pub(super) fn updated_after(&self, key: &Key, index: u64) -> Option<u32> {
        let (last, number) = self.get(key)?.last_updated;
        (last > small(index)).then_some(number)
    }

    /// Whether a row before this one of the same record was rejected.
    pub(super) fn rejected_before(&self, key: &Key, index: u64) -> bool {
        self.get(key).is_some_and(|rejected| rejected.first_row < small(index))
    }

    fn get(&self, key: &Key) -> Option<&Rejected> {
        if self.keys.is_empty() { None } else { self.keys.get(&key.hash_with(&self.seed)) }
    }
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rejected_row_knows_whether_a_later_one_updated_its_record() {
        let mut keys = RejectedKeys::default();
        let (a, b) = (Key::fold(["A"]), Key::fold(["B"]));
        keys.rejected(&a, 4);
        for (key, index) in [(&a, 2), (&a, 9), (&b, 9)] {
            keys.updated(key, Place { index, number: index + 2 });
        }
        assert_eq!(keys.updated_after(&a, 4), Some(11));
        assert_eq!(keys.updated_after(&a, 9), None);
        assert_eq!(keys.updated_after(&b, 4), None);
        assert!(keys.rejected_before(&a, 9));
        assert!(!keys.rejected_before(&a, 2));
    }
}
