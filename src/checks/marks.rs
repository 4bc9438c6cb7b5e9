//! What the reader of a sheet said of cells and rows, as findings.

use super::country::is_abroad;
use super::findings::{level, of_cell};
use super::{Rules, Verdict, spoiled};
use crate::model::cells::{CellMark, RowFault};
use crate::model::code::OwnCode;
use crate::model::flags;
use crate::model::outcome::Finding;
use crate::model::record::{Content, Field};
use crate::model::row::Row;

/// What the reader said of cells in columns that set a field: of each field, but no code twice.
pub(super) fn judge(verdict: &mut Verdict, rules: &Rules<'_>, row: Row<'_>) {
    for (column, mark) in row.marks() {
        let sets = rules.layout.columns.get(column).and_then(|column| column.sets.as_ref().ok());
        let mut told = Vec::new();
        for field in sets.into_iter().flatten().copied() {
            let found = of_mark(mark, field, row.cell(column), &|| is_abroad(rules, row));
            let Some((code, what)) = found.filter(|(code, _)| !told.contains(code)) else {
                continue;
            };
            told.push(code);
            verdict.add(level(rules, field, code), of_cell(code, column, field, what));
        }
    }
}

/// What rejects say of a cell that was at fault for what it is: the code and the words of then.
pub(super) fn of_flag(field: &'static Field, text: &str) -> Option<(OwnCode, String)> {
    if text.starts_with(flags::CUT) {
        let what = "the start alone of a text that is longer than a cell can be".to_owned();
        return Some((OwnCode::Length, what));
    }
    if let Some((range, key)) = flags::merged_key(text) {
        return Some((OwnCode::Key, of_merged_key(range, key)));
    }
    let (mark, rest) = flags::OF_MARKS.iter().find_map(|(mark, flag)| {
        let rest = text.strip_prefix(flag).or_else(|| (text == flag.trim_end()).then_some(""))?;
        Some((*mark, rest))
    })?;
    // Whatever the row says of its country: it was at fault.
    of_mark(mark, field, rest, &|| true)
}

/// What is said of the key in a cell that was merged into another.
pub(super) fn of_merged_key(range: &str, key: &str) -> String {
    if key.is_empty() {
        let first = range.split(':').next().unwrap_or(range);
        format!(
            "the key is blank: the cell is merged into {range}, of which {first} alone holds a value"
        )
    } else {
        format!("the cell is merged into {range}, so that its key is not shown")
    }
}

fn of_mark(
    mark: CellMark,
    field: &Field,
    text: &str,
    is_abroad: &dyn Fn() -> bool,
) -> Option<(OwnCode, String)> {
    let is_telephone = field.content == Content::Telephone;
    Some(match mark {
        // The text tells it as well.
        CellMark::Error if spoiled::is_error(text) => return None,
        CellMark::Error => (OwnCode::ErrorCell, spoiled::error_text(text)),
        CellMark::Uncalculated => (
            OwnCode::Uncalculated,
            "the cell holds a formula that was never calculated, so that its value is not known"
                .into(),
        ),
        CellMark::BlankFormula => {
            (OwnCode::BlankFormula, "the cell holds a formula that shows nothing".into())
        }
        CellMark::Date => (
            OwnCode::Date,
            format!("the cell holds a date or a time; it is sent as {}", text.trim()),
        ),
        CellMark::UnknownDate => {
            (OwnCode::DateCell, "the cell holds a date, and how it is shown is not known".into())
        }
        CellMark::TooManyDigits => (
            OwnCode::Digits,
            "the cell holds a number of more than 15 digits, of which the last are lost".into(),
        ),
        CellMark::NotADate => {
            (OwnCode::DateCell, format!("the cell is to show a date, and {text} is none"))
        }
        CellMark::General | CellMark::Shortened
            if is_telephone && spoiled::may_lack_zeros(text, is_abroad()) =>
        {
            (
                OwnCode::LostZeros,
                format!("the cell holds the number {text}; zeros before it may be lost"),
            )
        }
        CellMark::Shortened => (
            OwnCode::Shortened,
            format!("Excel shows this number shortened; it is sent in full as {text}"),
        ),
        CellMark::NoFormat => (
            OwnCode::NoFormat,
            format!("the cell holds the number {text}, and how it is shown is not known"),
        ),
        CellMark::General | CellMark::Padded | CellMark::Merged(_) => return None,
    })
}

fn too_many_or_few(found: usize, expected: usize) -> String {
    let (cells, than) =
        if found > expected { ("more", found - expected) } else { ("fewer", expected - found) };
    let noun = if than == 1 { "cell" } else { "cells" };
    format!("the row has {than} {noun} {cells} than the header")
}

/// What is said of a row whose cells cannot be trusted.
pub(super) fn of_row(fault: RowFault) -> Finding {
    let (code, column, text) = match fault {
        RowFault::Columns { found, expected } => {
            (OwnCode::Columns, None, too_many_or_few(found, expected))
        }
        RowFault::NoHeader { column } => (
            OwnCode::Columns,
            Some(column),
            "the cell stands in a column without a header".to_owned(),
        ),
        RowFault::Encoding { column } => (
            OwnCode::Encoding,
            Some(column),
            "the cell holds bytes that cannot be decoded".to_owned(),
        ),
        RowFault::Quote { column } => (
            OwnCode::Quote,
            Some(column),
            "text stands behind a closing quotation mark, so that rows may have been taken for one"
                .to_owned(),
        ),
        RowFault::Nul { column } => {
            (OwnCode::Nul, Some(column), "the cell holds a NUL character".to_owned())
        }
    };
    Finding { code, column, field: None, text }
}
