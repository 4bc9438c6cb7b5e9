//! From a row to a patch: the checks that every row passes before anything is sent.
//!
//! A judgement is a value: a row that is at fault stops nothing. It knows no other row, so that batches
//! can be judged side by side; what rows have in common is found in the order of the input.

mod content;
mod country;
mod duplicates;
mod e_mail;
mod findings;
mod listed;
mod marks;
mod repeats;
mod spoiled;
mod verdict;

use content::Traits;

use crate::model::cells::{CellMark, trimmed};
use crate::model::change::Held;
use crate::model::code::OwnCode;
use crate::model::key::Key;
use crate::model::mapping::{Layout, LeftOut};
use crate::model::patch::{Change, Patch};
use crate::model::record::Field;
use crate::model::row::{Row, RowBatch};
use crate::model::rules::{Level, SiteRules};

pub use duplicates::{Duplicates, KeyHasher, SeenKeys};
pub use repeats::{Agreement, MOST_COMPARED, Repeat, Repeats, Said};
pub use verdict::{Compared, Verdict};

/// By what rows are judged.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// What each column sets.
    pub layout: &'a Layout,
    /// What the site asks.
    pub site: &'a SiteRules,
}

/// What a row says of one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assignment<'a> {
    /// The column that says it, counted from 0; nothing for a value that every row has.
    pub column: Option<usize>,
    /// The field.
    pub field: &'static Field,
    /// What is to happen to it.
    pub change: Change<'a>,
    /// Whether there is white space around the text of the cell.
    pub has_outer_spaces: bool,
}

impl<'a> Rules<'a> {
    /// The rules of a sheet.
    #[must_use]
    pub fn new(layout: &'a Layout, site: &'a SiteRules) -> Self {
        Self { layout, site }
    }

    /// Judges each row of a batch, in order.
    #[must_use]
    pub fn judge_batch(&self, batch: &RowBatch) -> Vec<Verdict> {
        if let Some(columns) = self.layout.changes {
            return batch.rows().map(|row| listed::judge(self.layout, columns, row)).collect();
        }
        if self.layout.keys_only {
            return batch.rows().map(|row| findings::judge_keys(self, row)).collect();
        }
        let traits = Traits::of(batch.text());
        batch.rows().map(|row| findings::judge(self, row, traits)).collect()
    }

    /// Says of a row that an earlier one, with this number, is for the same record; in a list of changes that is
    /// as it should be, and in one of keys it does no harm.
    pub fn tell_duplicate(&self, verdict: &mut Verdict, earlier: u32) {
        if self.layout.changes.is_some() || self.layout.keys_only {
            return;
        }
        let level = if self.site.strict { Level::Error } else { OwnCode::Duplicate.level() };
        verdict.add(level, findings::duplicate(self, earlier.into()));
        verdict.sort();
    }

    /// What a row says of each field that it does not leave alone.
    pub fn assignments<'r>(
        &self,
        row: Row<'r>,
    ) -> impl Iterator<Item = Assignment<'r>> + use<'r, 'a>
    where
        'a: 'r,
    {
        let listed = listed::assignment(self.layout, row);
        listed.into_iter().chain(self.of_columns(row)).chain(self.of_site())
    }

    /// What the record must still hold for the row to be sent, where it is a line of a list of changes.
    #[must_use]
    pub fn expected(&self, row: Row<'_>) -> Option<Held> {
        listed::expected(self.layout, row)
    }

    /// The text of a field in the row as it stands, if the sheet has a column for it that is not left out by name.
    #[must_use]
    pub fn shown<'r>(&self, row: Row<'r>, field: &Field) -> Option<&'r str> {
        self.column_of(field).map(|column| row.cell(column))
    }

    /// Whether the sheet has such a column.
    #[must_use]
    pub fn has_column(&self, field: &Field) -> bool {
        self.column_of(field).is_some()
    }

    fn column_of(&self, field: &Field) -> Option<usize> {
        let is_for = |header: &str| {
            self.layout.record.field_for_header(header).is_some_and(|of| std::ptr::eq(of, field))
        };
        let mut columns = self.layout.columns.iter();
        columns.position(|column| match &column.sets {
            Ok(fields) => fields.iter().any(|set| std::ptr::eq(*set, field)),
            Err(reason) => *reason == LeftOut::ReadOnly && is_for(&column.header),
        })
    }

    /// What the cells of a row say.
    fn of_columns<'r>(&self, row: Row<'r>) -> impl Iterator<Item = Assignment<'r>> + use<'r, 'a>
    where
        'a: 'r,
    {
        let site = self.site;
        self.layout.setters.iter().filter_map(move |(column, field)| {
            let text = row.cell(*column);
            // The padding of a number format is no part of the value, also where spaces are.
            let is_padded =
                !site.trim && row.marks_of(*column).any(|mark| mark == CellMark::Padded);
            let text = if is_padded { trimmed(text) } else { text };
            assignment(site, Some(*column), field, text)
        })
    }

    /// What the site says of every row.
    fn of_site(&self) -> impl Iterator<Item = Assignment<'a>> + use<'a> {
        let site = self.site;
        site.set.iter().filter_map(move |(field, value)| assignment(site, None, field, value))
    }

    /// The values of the key fields, without outer spaces.
    pub fn key_values<'r>(&self, row: Row<'r>) -> impl Iterator<Item = &'r str> + use<'r, 'a> {
        self.layout.keys.iter().map(move |(column, _)| trimmed(row.cell(*column)))
    }

    /// The key of the record that a row names.
    #[must_use]
    pub fn key(&self, row: Row<'_>) -> Key {
        Key::fold(self.key_values(row))
    }

    /// The partial update that a row asks for.
    #[must_use]
    pub fn patch(&self, row: Row<'_>) -> Patch {
        let fields = self.layout.keys.len() + self.assignments(row).count();
        let mut patch = Patch::with_room(fields, row.text().len());
        for (column, field) in &self.layout.keys {
            patch.push(field, Change::Set(trimmed(row.cell(*column))));
        }
        for assignment in self.assignments(row) {
            patch.push(assignment.field, assignment.change);
        }
        patch
    }
}

/// What the text of a cell asks for; nothing if it is blank.
fn assignment<'t>(
    site: &SiteRules,
    column: Option<usize>,
    field: &'static Field,
    text: &'t str,
) -> Option<Assignment<'t>> {
    let trimmed = trimmed(text);
    if trimmed.is_empty() {
        return None;
    }
    let change = if site.is_clear_mark(trimmed) {
        Change::Clear
    } else {
        Change::Set(if site.trim { trimmed } else { text })
    };
    Some(Assignment { column, field, change, has_outer_spaces: trimmed.len() < text.len() })
}
