//! From a row to a patch: the checks that every row passes before anything is sent.
//!
//! Rows are judged on all cores, a batch at a time, in the order of the input. A judgement
//! is a value: a row that is at fault stops nothing.

mod findings;
mod verdict;

use rayon::prelude::*;

use crate::model::key::Key;
use crate::model::mapping::Layout;
use crate::model::patch::{Change, Patch};
use crate::model::record::Field;
use crate::model::row::{Row, RowBatch};

pub use verdict::Verdict;

/// Rows that one core judges at a time: fewer would cost more in handing over than in judging.
const GRAIN: usize = 128;

/// By what rows are judged.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// What each column sets.
    pub layout: &'a Layout,
    /// The text that blanks a field, in any case.
    pub clear_mark: &'a str,
}

impl<'a> Rules<'a> {
    /// Judges each row of a batch, in order.
    #[must_use]
    pub fn judge_batch(&self, batch: &RowBatch) -> Vec<Verdict> {
        (0..batch.len())
            .into_par_iter()
            .with_min_len(GRAIN)
            .map(|position| findings::judge(self, batch.row(position)))
            .collect()
    }

    /// What a row says of each field that it does not leave alone: column, field and change.
    pub fn assignments<'r>(
        &self,
        row: Row<'r>,
    ) -> impl Iterator<Item = (usize, &'static Field, Change<'r>)> + use<'r, 'a> {
        let clear_mark = self.clear_mark;
        self.layout.setters.iter().filter_map(move |(column, field)| {
            let text = row.cell(*column).trim();
            let change = match text {
                "" => return None,
                mark if mark.eq_ignore_ascii_case(clear_mark) => Change::Clear,
                _ => Change::Set(text),
            };
            Some((*column, *field, change))
        })
    }

    /// The values of the key fields, without outer spaces.
    pub fn key_values<'r>(&self, row: Row<'r>) -> impl Iterator<Item = &'r str> + use<'r, 'a> {
        self.layout.keys.iter().map(move |column| row.cell(*column).trim())
    }

    /// The key of the record that a row names.
    #[must_use]
    pub fn key(&self, row: Row<'_>) -> Key {
        Key::fold(self.key_values(row))
    }

    /// The partial update that a row asks for.
    #[must_use]
    pub fn patch(&self, row: Row<'_>) -> Patch {
        let mut patch = Patch::default();
        for (field, value) in self.layout.record.keys().zip(self.key_values(row)) {
            patch.push(field, Change::Set(value));
        }
        for (_, field, change) in self.assignments(row) {
            patch.push(field, change);
        }
        patch
    }
}
