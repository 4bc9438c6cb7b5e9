//! The first read: every row of a file is judged and counted before anything is sent.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::bail;

use super::baseline::Baseline;
use super::own_updates::OwnUpdates;
use super::pipeline::{Pass, Remembered, Rows, judged};
use super::rejected_keys::RejectedKeys;
use crate::checks::{Rules, Verdict};
use crate::config::Settings;
use crate::engine::EarlierRows;
use crate::model::code::OwnCode;
use crate::model::mapped::Look;
use crate::model::outcome::{Outcome, Status};
use crate::model::record::RecordType;
use crate::model::row::{Row, RowBatch};
use crate::model::rules::SiteRules;
use crate::model::tally::Tally;
use crate::report::Reading;
use crate::sheet::{RowSet, SheetFault, Source, Table};

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
    /// What these say of the endpoint, also those beyond the limit.
    pub(super) ended: EarlierRows,
    /// Whether records are looked at before rows are sent, and what for.
    pub(super) look: Look,
    /// What its rows are compared with, if with anything.
    pub(super) baseline: Option<Arc<Baseline>>,
    /// What the run that is continued has itself done to records that come again.
    pub(super) own: OwnUpdates,
}

impl Input {
    /// Rows that are still to be sent.
    pub(super) fn left(&self) -> u64 {
        self.survey.to_send.saturating_sub(self.done)
    }

    /// Its rows, as they are judged by these rules.
    pub(super) fn rows<'a>(&'a self, site: &'a SiteRules) -> Rows<'a> {
        Rows { table: &self.table, site, baseline: self.baseline.as_deref() }
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
    /// Which these are, where rows are to be sent.
    pub(super) invalid_rows: RowSet,
    /// Counts by status, as if nothing were sent.
    pub(super) tally: Tally,
    /// Rows that say what the baseline says, and no more.
    pub(super) unchanged: u64,
    /// Rows of records that the baseline does not have.
    pub(super) unknown: u64,
    /// Cells of the rows to send or left out that are blank, and are not in the baseline.
    pub(super) emptied: u64,
    /// Cells that the rows to send would blank.
    pub(super) clears: u64,
    /// Rows without a cell that shows anything, between the header and the last row.
    pub(super) blank_rows: u64,
    /// What later reads are compared with, and which rows repeat a key.
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
    reading: &Reading,
) -> anyhow::Result<Vec<Table>> {
    for (position, file) in files.iter().enumerate() {
        if files[..position].iter().any(|other| is_same_file(other, file)) {
            bail!("{}: is given twice; name it once", file.display());
        }
    }
    let open = |file: &PathBuf| {
        reading.begin(&file.display().to_string());
        Table::open(
            Source::open(file, settings.choice.encoding.as_deref())?,
            &settings.choice,
            &settings.mapping,
            record,
        )
    };
    let tables = files.iter().map(open).collect::<Result<Vec<_>, SheetFault>>()?;
    let is_workbook = |table: &&Table| table.origin().sheet.is_some();
    if let Some(table) =
        tables.iter().find(is_workbook).filter(|_| settings.mapping.changes.is_some())
    {
        // What a workbook shows of a value is not always all of it.
        bail!("{}: a list of changes is a CSV as rowpatch wrote it, and no workbook", table.name());
    }
    Ok(tables)
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
        rows: Rows<'_>,
        limit: u64,
        purpose: Purpose,
        cancelled: &AtomicBool,
        reading: &Reading,
        look: &mut dyn FnMut(Row<'_>, &Verdict) -> ControlFlow<()>,
    ) -> Result<Self, SheetFault> {
        let mut survey = Self { limit, ..Self::default() };
        let mut remembered = Remembered::default();
        let pass = match purpose {
            Purpose::Check => Pass::Only(&mut remembered),
            Purpose::Send => Pass::First(&mut remembered),
        };
        let Rows { table, site, baseline } = rows;
        let is_compared = baseline.is_some();
        let mut last_row = table.header_row();
        reading.begin(table.name());
        let rules = Rules::new(table.layout(), site);
        judged(rows, pass, &mut |batch: &RowBatch, verdicts: &[Verdict]| {
            if cancelled.load(Ordering::Relaxed) {
                return ControlFlow::Break(());
            }
            reading.read(batch.len(), || table.part_read());
            for (row, verdict) in batch.rows().zip(verdicts) {
                if is_compared && row.place.index < limit {
                    survey.count_compared(verdict);
                }
                survey.count(row, verdict);
                last_row = row.place.number;
                if purpose == Purpose::Send && !verdict.is_valid() {
                    survey.invalid_rows.add(row.place.index);
                    if row.place.index < limit {
                        survey.rejected.rejected(&rules.key(row), row.place.index);
                    }
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
        if verdict.is_to_send() && row.place.index < self.limit {
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

impl Survey {
    fn count_compared(&mut self, verdict: &Verdict) {
        let Some(left) = verdict.compared.as_deref().filter(|_| verdict.is_valid()) else { return };
        self.unchanged += u64::from(!verdict.is_to_send());
        self.unknown += u64::from(!left.is_known);
        self.emptied += u64::from(left.emptied);
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
