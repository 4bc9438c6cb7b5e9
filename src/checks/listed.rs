//! Lines of a list of changes: each is one change of one field. Its values are exact: they were checked when the
//! list was made, or come from the ERP itself.

use super::findings::of_cell;
use super::{Assignment, Verdict, marks};
use crate::model::cells::trimmed;
use crate::model::change::Held;
use crate::model::code::OwnCode;
use crate::model::mapping::{ChangeColumns, Layout};
use crate::model::outcome::Finding;
use crate::model::patch::Change;
use crate::model::record::{Field, Role};
use crate::model::row::Row;
use crate::model::rules::Level;

/// What a line says of its field; nothing if it names none that can be set.
pub(super) fn assignment<'r>(layout: &Layout, row: Row<'r>) -> Option<Assignment<'r>> {
    let columns = layout.changes?;
    let field = field(layout, columns, row)?;
    let change = match row.cell(columns.after) {
        "" => Change::Clear,
        text => Change::Set(text),
    };
    Some(Assignment { column: Some(columns.after), field, change, has_outer_spaces: false })
}

/// What the record must still hold for the line to be sent.
pub(super) fn expected(layout: &Layout, row: Row<'_>) -> Option<Held> {
    let columns = layout.changes?;
    let field = field(layout, columns, row)?.name.to_owned();
    let value = is_known(columns, row).then(|| row.cell(columns.before).to_owned());
    Some(Held { field, value })
}

/// Whether it is known what the field held before: else the line is never sent.
fn is_known(columns: ChangeColumns, row: Row<'_>) -> bool {
    columns.comparable.is_none_or(|column| row.cell(column) != "no")
}

/// Judges one line.
pub(super) fn judge(layout: &Layout, columns: ChangeColumns, row: Row<'_>) -> Verdict {
    let mut verdict = Verdict::default();
    if !row.faults.is_empty() {
        verdict.faults.extend(row.faults.iter().copied().map(marks::of_row));
        return verdict;
    }
    for (column, field) in &layout.keys {
        if trimmed(row.cell(*column)).is_empty() {
            let text = "the key is blank".to_owned();
            verdict.add(Level::Error, of_cell(OwnCode::Key, *column, field, text));
        }
    }
    match assignment(layout, row) {
        None => {
            let text = format!("\"{}\" names no field that can be set", row.cell(columns.field));
            let (code, column) = (OwnCode::Field, Some(columns.field));
            verdict.add(Level::Error, Finding { code, column, field: None, text });
        }
        Some(assignment) => {
            let clears = assignment.change == Change::Clear && is_known(columns, row);
            verdict.clears += u32::from(clears);
        }
    }
    verdict
}

fn field(layout: &Layout, columns: ChangeColumns, row: Row<'_>) -> Option<&'static Field> {
    let field = layout.record.field(row.cell(columns.field))?;
    (field.role == Role::Updatable).then_some(field)
}
