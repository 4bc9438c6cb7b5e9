//! Results and rejects of one file, in row order.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::about::Fact;
use super::made_changes::MadeChanges;
use super::rejected_keys::RejectedKeys;
use super::settle::Ended;
use super::tell;
use crate::checks::{Rules, Verdict};
use crate::engine::Recorded;
use crate::model::code::Code;
use crate::model::mapping::Layout;
use crate::model::outcome::{Outcome, Status};
use crate::model::row::Row;
use crate::model::tally::Tally;
use crate::preview::new_value;
use crate::report::{
    BookSummary, Line, Output, Reject, Rejects, RejectsKind, Replace, ResultsWriter, names,
};

/// The files that tell of one input.
#[derive(Debug)]
pub(super) struct ResultsFiles {
    results: ResultsWriter,
    /// Where the same goes as a workbook.
    workbook: Option<Output>,
    /// What the first sheet of a workbook tells.
    facts: Vec<Fact>,
    rejects: Rejects,
    changes: Option<MadeChanges>,
}

/// The files, in place.
#[derive(Debug)]
pub(super) struct Finished {
    /// Lines about each.
    pub(super) lines: Vec<String>,
    /// Where the results are; nothing if they went to standard output.
    pub(super) results: Option<PathBuf>,
}

impl ResultsFiles {
    /// Opens the results at `path` (nothing: standard output), before anything is sent; `rejects` is where those go.
    ///
    /// # Errors
    /// They cannot be written there.
    pub(super) fn begin(
        path: Option<&Path>,
        rejects: &Path,
        replace: Replace,
        kind: RejectsKind,
        layout: &Layout,
        facts: Vec<Fact>,
    ) -> anyhow::Result<Self> {
        let workbook = path.filter(|path| names::is_workbook(path));
        let workbook = workbook.map(|path| Output::create(path, replace)).transpose()?;
        let output = match path {
            Some(path) => Output::create(&names::as_csv(path), replace)?,
            None => Output::standard(),
        };
        let results =
            ResultsWriter::begin(output, layout.record).context("the results cannot be written")?;
        let results = if workbook.is_some() { results.with_workbook() } else { results };
        let rejects = Rejects::new(rejects, replace, kind, layout);
        Ok(Self { results, workbook, facts, rejects, changes: None })
    }

    /// The same, with a list of the changes that are made.
    pub(super) fn with_changes(self, changes: Option<MadeChanges>) -> Self {
        Self { changes, ..self }
    }

    /// Writes the line of a row, the row itself if it was rejected, or must follow one that was, and what it changed.
    pub(super) fn write(
        &mut self,
        rules: &Rules<'_>,
        row: Row<'_>,
        verdict: &Verdict,
        ended: &Ended,
        rejected: Option<&RejectedKeys>,
    ) -> io::Result<()> {
        let Ended { outcome, before, .. } = ended;
        let key: Vec<&str> = rules.key_values(row).collect();
        let tells_fields = outcome.attempts > 0 || outcome.status == Status::Valid;
        let fields = match before {
            _ if !tells_fields => String::new(),
            Some(before) => joined(before.iter().map(|sent| sent.field.as_str())),
            None => {
                let sets = rules.assignments(row).filter(|set| verdict.sends(set.field));
                joined(sets.map(|set| set.field.name))
            }
        };
        self.results.write(&Line { row: row.place.number, key: &key, outcome, fields: &fields })?;
        if let Some(changes) = &mut self.changes {
            let patch = rules.patch(row);
            changes.add(row.place, &key, ended, |field| new_value(&patch, field))?;
        }
        match outcome.status {
            Status::Invalid | Status::Failed => self.reject(rules, row, verdict, outcome, rejected),
            Status::Updated | Status::Unchanged => self.repeat(rules, row, rejected),
            _ => Ok(()),
        }
    }

    /// Writes the line of a row of which only the record of its ending is left.
    pub(super) fn write_recorded(&mut self, recorded: Recorded) -> io::Result<()> {
        let Recorded { place, key, outcome, before, stored } = recorded;
        let key: Vec<&str> = key.iter().map(String::as_str).collect();
        self.results.write(&Line {
            row: place.number,
            key: &key,
            outcome: &outcome,
            fields: "",
        })?;
        match &mut self.changes {
            Some(changes) => changes.add(place, &key, &Ended { outcome, before, stored }, |_| None),
            None => Ok(()),
        }
    }

    fn reject(
        &mut self,
        rules: &Rules<'_>,
        row: Row<'_>,
        verdict: &Verdict,
        outcome: &Outcome,
        rejected: Option<&RejectedKeys>,
    ) -> io::Result<()> {
        let later = rejected.and_then(|keys| keys.updated_after(&rules.key(row), row.place.index));
        let code = outcome.code.as_ref().map(Code::to_string).unwrap_or_default();
        let message = match later {
            Some(number) => {
                format!("{}; row {number} has since updated this record", outcome.message)
            }
            None => outcome.message.clone(),
        };
        let Verdict { faults, warnings, .. } = verdict;
        self.rejects.write(&Reject { code: &code, message: &message, faults, warnings }, row)
    }

    fn repeat(
        &mut self,
        rules: &Rules<'_>,
        row: Row<'_>,
        rejected: Option<&RejectedKeys>,
    ) -> io::Result<()> {
        if !rejected.is_some_and(|keys| keys.rejected_before(&rules.key(row), row.place.index)) {
            return Ok(());
        }
        let message = format!(
            "row {} was updated; it is repeated so that it stays the last for this record",
            row.place.number
        );
        self.rejects.write(&Reject { code: "", message: &message, faults: &[], warnings: &[] }, row)
    }

    /// Puts the files in place. The counts are those of all lines.
    ///
    /// # Errors
    /// They cannot be written at all.
    pub(super) fn finish(self, tally: &Tally) -> anyhow::Result<Finished> {
        let (output, book) = self.results.into_output().context("the results cannot be written")?;
        let results = output.finish()?;
        let mut lines = tell::placed("Results", &results);
        if let Some((book, output)) = book.zip(self.workbook) {
            let summary = BookSummary { facts: &self.facts, tally };
            let output = book.finish(&summary, output).context("the workbook cannot be written")?;
            lines.extend(tell::placed("Workbook", &output.finish()?));
        }
        if let Some(placed) = self.rejects.finish()? {
            lines.extend(tell::placed("Rejects", &placed));
        }
        if let Some(changes) = self.changes {
            lines.extend(changes.finish()?);
        }
        Ok(Finished { lines, results: results.path })
    }
}

fn joined<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.collect::<Vec<_>>().join(" ")
}
