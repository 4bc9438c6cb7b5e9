//! A baseline while it is read: from a table to what is known of its records.

use std::fmt::Write as _;
use std::io;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};

use super::baseline::Baseline;
use super::survey::is_same_file;
use crate::checks::Rules;
use crate::config::Settings;
use crate::model::cells::trimmed;
use crate::model::mapping::{HiddenRows, Mapping, SheetChoice};
use crate::model::record::{CUSTOMER_CONTACT, Field, RecordType};
use crate::model::row::Row;
use crate::model::rules::SiteRules;
use crate::preview::{BaselineBuilder, BaselineRecord};
use crate::report::names;
use crate::sheet::{Digest, Fingerprint, Source, Table};

/// What cannot be done if a temporary file is at fault.
const SPOOL: &str = "the baseline cannot be kept in a temporary file";

/// What rows are compared with before anything is asked or sent.
#[derive(Clone)]
pub(super) enum Compare {
    /// Nothing.
    Nothing,
    /// This file, which is not read yet.
    With(PathBuf),
    /// This.
    Read(Arc<Baseline>),
}

impl Compare {
    /// The file that is to be read, if there is one.
    pub(super) fn path(&self) -> Option<&Path> {
        if let Self::With(path) = self { Some(path) } else { None }
    }
}

impl From<Option<PathBuf>> for Compare {
    fn from(path: Option<PathBuf>) -> Self {
        path.map_or(Self::Nothing, Self::With)
    }
}

impl Compare {
    /// Reads it, if there is one and it is not read yet.
    ///
    /// # Errors
    /// It cannot be used.
    pub(super) fn read(
        &self,
        files: &[PathBuf],
        settings: &Settings,
        cancelled: &AtomicBool,
    ) -> anyhow::Result<Option<Arc<Baseline>>> {
        Ok(match self {
            Self::Nothing => None,
            Self::With(path) => Some(read(path, files, settings, cancelled)?),
            Self::Read(baseline) => Some(Arc::clone(baseline)),
        })
    }
}

/// Reads the baseline of these files, as they are read themselves.
fn read(
    path: &Path,
    files: &[PathBuf],
    settings: &Settings,
    cancelled: &AtomicBool,
) -> anyhow::Result<Arc<Baseline>> {
    if names::is_standard(path) {
        bail!("the baseline must be a file; standard input is for the rows");
    }
    if files.len() > 1 {
        // What one file changes, a later one could not be compared with, nor tell from what others did.
        bail!(
            "--baseline is for one file, and {} files are to be read; put their rows into one file, in the order in which they are to be sent, or leave it out",
            files.len()
        );
    }
    if files.iter().any(|file| is_same_file(file, path)) {
        bail!(
            "{}: is given as its own baseline, so that nothing would be sent; name the export or the earlier file that it was made from",
            path.display()
        );
    }
    let table = open(path, settings, &CUSTOMER_CONTACT)?;
    let mut reading = Reading::of(&table, &settings.site)?;
    reading.read(cancelled, &mut |_| Ok(true))?;
    reading.finish(Vec::new()).map(Arc::new)
}

/// Opens the table as the files are opened; an export has neither their sheet nor their titles above the header.
pub(super) fn open(
    path: &Path,
    settings: &Settings,
    record: &'static RecordType,
) -> anyhow::Result<Table> {
    // What a field was is no less known if every row is to give it one value now.
    let mapping = Mapping { constants: Vec::new(), typed: Vec::new(), ..settings.mapping.clone() };
    let as_said = SheetChoice { hidden_rows: Some(HiddenRows::Include), ..settings.choice.clone() };
    let as_found = SheetChoice { hidden_rows: Some(HiddenRows::Include), ..SheetChoice::default() };
    let opened = |choice: &SheetChoice| {
        let source = Source::open(path, choice.encoding.as_deref())?;
        Table::open(source, choice, &mapping, record)
    };
    opened(&as_said)
        .or_else(|fault| if as_said == as_found { Err(fault) } else { opened(&as_found) })
        .context("the baseline cannot be used")
}

/// A baseline while it is read.
pub(super) struct Reading<'t> {
    table: &'t Table,
    site: SiteRules,
    stamps: Vec<&'static Field>,
    rows: Fingerprint,
    builder: BaselineBuilder,
}

impl<'t> Reading<'t> {
    /// Nothing read yet.
    ///
    /// # Errors
    /// No temporary file can be made.
    pub(super) fn of(table: &'t Table, site: &SiteRules) -> anyhow::Result<Self> {
        let builder = BaselineBuilder::new().context(SPOOL)?;
        // Today's constants say nothing of what the rows held.
        let site = SiteRules { set: Vec::new(), ..site.clone() };
        let rows = Fingerprint::default();
        Ok(Self { table, site, stamps: Vec::new(), rows, builder })
    }

    /// Reads all rows; `is_good` says of each whether its record holds what it says. Of a record with a row of which
    /// it does not, nothing is known from then on.
    ///
    /// # Errors
    /// The file cannot be read, or the temporary one not written.
    pub(super) fn read(
        &mut self,
        cancelled: &AtomicBool,
        is_good: &mut dyn FnMut(Row<'_>) -> io::Result<bool>,
    ) -> anyhow::Result<()> {
        let Self { table, site, stamps, rows, builder } = self;
        let rules = Rules::new(table.layout(), site);
        let record = table.layout().record;
        *stamps = record.last_update.iter().filter_map(|name| record.field(name)).collect();
        stamps.retain(|stamp| rules.has_column(stamp));
        let mut fault = Ok(());
        table.read(&mut |batch| {
            rows.push(Digest::of(&batch));
            fault = batch.rows().try_for_each(|row| {
                if is_good(row)? {
                    return match said(&rules, row, stamps) {
                        Some(record) => builder.add(record),
                        None => Ok(()),
                    };
                }
                builder.forget(&rules.key(row))
            });
            let goes_on = fault.is_ok() && !cancelled.load(Ordering::Relaxed);
            if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        fault.context(SPOOL)
    }

    /// The same, if it does not matter when records were last updated.
    pub(super) fn without_stamps(self) -> Self {
        Self { stamps: Vec::new(), ..self }
    }

    /// SHA-256 of the rows that were read.
    pub(super) fn rows(&self) -> Digest {
        self.rows.whole()
    }

    /// The baseline, whose rows all had these values beside those of their cells.
    ///
    /// # Errors
    /// The temporary file cannot be written.
    pub(super) fn finish(self, set: Vec<(&'static Field, String)>) -> anyhow::Result<Baseline> {
        let mut hash = Sha256::new();
        for column in &self.table.layout().columns {
            hash.update(&column.header);
            hash.update([0]);
        }
        hash.update(self.rows.whole().to_string());
        let fingerprint = hash.finalize().iter().fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("memory is always written");
            text
        });
        let records = self.builder.finish().context(SPOOL)?;
        let name = self.table.name().to_owned();
        let rows = self.rows.whole().to_string();
        Ok(Baseline { name, records, stamps: self.stamps, set, rows, fingerprint })
    }
}

/// What a row of a baseline says of its record; nothing if it names none, or if its cells cannot be trusted.
fn said(rules: &Rules<'_>, row: Row<'_>, stamps: &[&'static Field]) -> Option<BaselineRecord> {
    let key = rules.key(row);
    if !row.faults.is_empty() || !key.is_complete() {
        return None;
    }
    let position = |field: &'static Field| rules.layout.record.position(field);
    let sets = rules.assignments(row).map(|set| (set.field, set.change.value()));
    let shown = stamps.iter().filter_map(|field| Some((*field, trimmed(rules.shown(row, field)?))));
    let values = sets.chain(shown.filter(|(_, text)| !text.is_empty()));
    let values = values.filter_map(|(field, text)| Some((position(field)?, text.to_owned())));
    Some(BaselineRecord::new(key, values.collect()))
}
