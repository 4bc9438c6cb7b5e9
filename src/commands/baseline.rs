//! `--baseline`: an export, or last night's file, that rows are compared with. A cell that is equal to the baseline's
//! cell of the same record and field is left out, and so is what the checks have to say of it.

use std::collections::HashMap;
use std::hash::RandomState;
use std::io;

use super::survey::Survey;
use crate::checks::{Compared, Rules, Verdict};
use crate::model::cells::{CellMark, trimmed};
use crate::model::change::Held;
use crate::model::code::OwnCode;
use crate::model::counted::{counted, counted_are};
use crate::model::outcome::Finding;
use crate::model::record::Field;
use crate::model::row::{Row, RowBatch};
use crate::preview::{BaselineRecord, BaselineRecords};

/// What rows are compared with.
#[derive(Debug)]
pub(super) struct Baseline {
    /// The file.
    pub(super) name: String,
    /// What is known of the records.
    pub(super) records: BaselineRecords,
    /// The stamps of the last update that have a column.
    pub(super) stamps: Vec<&'static Field>,
    /// Fields that had one value for every row.
    pub(super) set: Vec<(&'static Field, String)>,
    /// SHA-256 of its rows.
    pub(super) rows: String,
    /// Tells it from all others.
    pub(super) fingerprint: String,
}

/// The fields that the rows so far would change, by the hash of the record's key: a later row that names one of them
/// is not left out, or the earlier row would have the last word. Sixteen bytes a row; two keys of one hash would only
/// send more than they must.
#[derive(Debug, Default)]
pub(super) struct ChangedSoFar {
    by_key: HashMap<u64, u64>,
    seed: RandomState,
}

impl Baseline {
    /// Whether it tells when a record was last updated.
    pub(super) fn has_stamps(&self) -> bool {
        !self.stamps.is_empty()
    }

    /// Compares the rows of a batch, which come in the order of the file.
    ///
    /// # Errors
    /// What is known of the records cannot be read.
    pub(super) fn compare(
        &self,
        rules: &Rules<'_>,
        batch: &RowBatch,
        verdicts: &mut [Verdict],
        so_far: &mut ChangedSoFar,
    ) -> io::Result<()> {
        for (row, verdict) in batch.rows().zip(verdicts) {
            let key = rules.key(row);
            if key.is_complete() {
                let record = self.records.find(&key)?;
                verdict.compared = Some(Box::new(match record {
                    Some(record) => {
                        let key = key.hash_with(&so_far.seed);
                        let mut changed = so_far.by_key.get(&key).copied().unwrap_or(0);
                        let left = self.compared(rules, row, verdict, &record, &mut changed);
                        if changed != 0 {
                            so_far.by_key.insert(key, changed);
                        }
                        left
                    }
                    None => Compared::default(),
                }));
            }
        }
        Ok(())
    }

    fn compared(
        &self,
        rules: &Rules<'_>,
        row: Row<'_>,
        verdict: &mut Verdict,
        record: &BaselineRecord,
        changed: &mut u64,
    ) -> Compared {
        let position = |field: &Field| rules.layout.record.position(field).unwrap_or(usize::MAX);
        let (mut fields, mut same) = (Vec::new(), Vec::new());
        verdict.clears = 0;
        for set in rules.assignments(row) {
            let constant = || self.set.iter().find(|(field, _)| *field == set.field);
            let then = record.value(position(set.field));
            let then = then.or_else(|| constant().map(|(_, text)| text.as_str()));
            let bit = 1 << position(set.field).min(63);
            if then.is_some_and(|then| is_same(then, set.change.value())) && *changed & bit == 0 {
                same.push(set.field);
            } else {
                *changed |= bit;
                fields.push(set.field);
                verdict.clears += u32::from(set.change.value().is_empty());
            }
        }
        let mut emptied = 0;
        let is_blank = |column: usize| trimmed(row.cell(column)).is_empty();
        for (_, field) in rules.layout.setters.iter().filter(|(column, _)| is_blank(*column)) {
            match record.value(position(field)) {
                Some(text) => emptied += u32::from(!text.is_empty()),
                None => same.push(field),
            }
        }
        let is_left_out = |finding: &Finding| {
            finding.code == OwnCode::Nothing
                || finding.field.is_some_and(|field| same.contains(&field))
                    && !finding.column.is_some_and(|column| shows_no_value(row, column))
        };
        verdict.faults.retain(|finding| !is_left_out(finding));
        verdict.warnings.retain(|finding| !is_left_out(finding));
        let stamp = |field: &&'static Field| Held {
            field: field.name.to_owned(),
            value: Some(record.value(position(field)).unwrap_or_default().to_owned()),
        };
        Compared {
            is_known: true,
            fields,
            stamps: self.stamps.iter().map(stamp).collect(),
            emptied,
        }
    }

    /// What a person should know of a file that was compared with it.
    pub(super) fn told(&self, survey: &Survey) -> String {
        let Survey { unchanged, unknown, emptied, .. } = survey;
        let mut parts = vec![format!("{} nothing new", held(*unchanged))];
        if *unknown > 0 {
            parts.push(format!(
                "{} of records that are not in it, and sent whole",
                counted_are(*unknown, "row")
            ));
        }
        if *emptied > 0 {
            parts.push(format!(
                "{} blank here and not in it: a blank cell leaves its field alone, and blanks nothing",
                counted_are(*emptied, "cell")
            ));
        }
        if self.has_stamps() {
            parts.push("a record that was updated since is a conflict".to_owned());
        }
        format!("{}: {}", self.name, parts.join("; "))
    }
}

/// Whether two texts are the same; a workbook has other line ends than a text file.
fn is_same(then: &str, now: &str) -> bool {
    then == now || then.contains('\r') != now.contains('\r') && lines(then) == lines(now)
}

fn lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn held(rows: u64) -> String {
    format!("{} {}", counted(rows, "row"), if rows == 1 { "holds" } else { "hold" })
}

/// Whether a cell shows a fault of the sheet, which no record can hold: that it stood there before does not make it good.
fn shows_no_value(row: Row<'_>, column: usize) -> bool {
    row.marks_of(column).any(|mark| {
        matches!(
            mark,
            CellMark::Error
                | CellMark::Uncalculated
                | CellMark::UnknownDate
                | CellMark::NotADate
                | CellMark::TooManyDigits
        )
    })
}
