//! The checks of one row.

use super::{Rules, Verdict};
use crate::model::cells::{CellMark, RowFault};
use crate::model::code::OwnCode;
use crate::model::outcome::Finding;
use crate::model::patch::Change;
use crate::model::record::Field;
use crate::model::row::Row;

/// What stands for bytes that could not be decoded (Unicode, "Specials").
const REPLACEMENT: char = '\u{FFFD}';

/// Judges one row.
pub(super) fn judge(rules: &Rules<'_>, row: Row<'_>) -> Verdict {
    let mut verdict = Verdict::default();
    if let Some(fault) = row.fault {
        verdict.faults.push(of_row(fault));
        if matches!(fault, RowFault::Columns { .. }) {
            // The values may stand under the wrong headers: nothing more can be said of them.
            return verdict;
        }
    }
    for (field, column) in rules.layout.record.keys().zip(&rules.layout.keys) {
        let text = row.cell(*column).trim();
        if text.is_empty() {
            verdict.faults.push(of_cell(OwnCode::Key, *column, field, "the key is blank".into()));
        } else if text.eq_ignore_ascii_case(rules.clear_mark) {
            let text = format!("a key cannot be blanked with {}", rules.clear_mark);
            verdict.faults.push(of_cell(OwnCode::Key, *column, field, text));
        }
        judge_cell(&mut verdict, row, *column, field, text);
    }
    let mut sets = 0_usize;
    for (column, field, change) in rules.assignments(row) {
        sets += 1;
        match change {
            Change::Clear => verdict.clears += 1,
            Change::Set(text) => judge_cell(&mut verdict, row, column, field, text),
        }
    }
    if sets == 0 {
        let text = "every cell but the key is blank, so that there is nothing to update".into();
        verdict.faults.push(Finding { code: OwnCode::Nothing, column: None, field: None, text });
    }
    verdict
}

fn judge_cell(
    verdict: &mut Verdict,
    row: Row<'_>,
    column: usize,
    field: &'static Field,
    text: &str,
) {
    for mark in row.marks(column) {
        let (code, what) = match mark {
            CellMark::Error => (OwnCode::ErrorCell, format!("the cell shows the error {text}")),
            CellMark::Date => (
                OwnCode::DateCell,
                "the cell holds a date, and how it is shown is not known".to_owned(),
            ),
            CellMark::TooManyDigits => (
                OwnCode::Digits,
                "the cell holds a number of more than 15 digits, of which the last are lost"
                    .to_owned(),
            ),
            CellMark::NotADate => {
                (OwnCode::DateCell, format!("the cell is to show a date, and {text} is none"))
            }
            CellMark::Shortened => {
                let what =
                    format!("Excel shows this number shortened; it is sent in full as {text}");
                verdict.warnings.push(of_cell(OwnCode::Shortened, column, field, what));
                continue;
            }
            CellMark::NoFormat => {
                let what =
                    format!("the cell holds the number {text}, and how it is shown is not known");
                verdict.warnings.push(of_cell(OwnCode::NoFormat, column, field, what));
                continue;
            }
        };
        verdict.faults.push(of_cell(code, column, field, what));
    }
    if text.contains(REPLACEMENT) && row.fault.is_none() {
        let what = "the text holds a character that could not be decoded".to_owned();
        verdict.faults.push(of_cell(OwnCode::Encoding, column, field, what));
    }
    if let Some(limit) = field.max_chars {
        // A text has no more characters than bytes, so that most need no counting.
        let chars = if text.len() > limit { text.chars().count() } else { 0 };
        if chars > limit {
            let what = format!("{chars} characters, and the field holds at most {limit}");
            verdict.faults.push(of_cell(OwnCode::Length, column, field, what));
        }
    }
}

fn of_cell(code: OwnCode, column: usize, field: &'static Field, text: String) -> Finding {
    Finding { code, column: Some(column), field: Some(field), text }
}

fn of_row(fault: RowFault) -> Finding {
    let (code, column, text) = match fault {
        RowFault::Columns { found, expected } => (
            OwnCode::Columns,
            None,
            format!("the row has {found} cells, and the header has {expected}"),
        ),
        RowFault::NoHeader { column } => (
            OwnCode::Columns,
            Some(column),
            "the cell stands in a column without a header".to_owned(),
        ),
        RowFault::Encoding { column } => {
            (OwnCode::Encoding, Some(column), "the cell holds bytes that are not UTF-8".to_owned())
        }
        RowFault::Nul { column } => {
            (OwnCode::Nul, Some(column), "the cell holds a NUL character".to_owned())
        }
    };
    Finding { code, column, field: None, text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::cells::Cells;
    use crate::model::mapping::{Column, Layout};
    use crate::model::record::{CUSTOMER_CONTACT, Role};
    use crate::model::row::{Place, RowBatch};

    const NAMES: [&str; 4] = ["CUSTOMER_ID", "CUST_CONTACT", "CITY", "NOTES"];

    fn layout() -> Layout {
        let field = |name| CUSTOMER_CONTACT.field(name).expect("a field");
        let columns = NAMES.map(|name| Column { header: name.into(), sets: Ok(vec![field(name)]) });
        let updatable = NAMES.iter().enumerate().map(|(column, name)| (column, field(name)));
        let setters = updatable.filter(|(_, field)| field.role == Role::Updatable).collect();
        Layout { record: &CUSTOMER_CONTACT, columns: columns.into(), keys: vec![0, 1], setters }
    }

    fn judge_row(texts: &[&str], mark: Option<CellMark>, fault: Option<RowFault>) -> Verdict {
        let mut cells = Cells::default();
        for text in texts {
            cells.push(text);
        }
        if let Some(mark) = mark {
            cells.mark(mark);
        }
        let mut batch = RowBatch::default();
        batch.push(Place { index: 0, number: 2 }, &cells, fault);
        let layout = layout();
        let rules = Rules { layout: &layout, clear_mark: "<clear>" };
        rules.judge_batch(&batch).remove(0)
    }

    fn codes(verdict: &Verdict) -> Vec<OwnCode> {
        verdict.faults.iter().map(|fault| fault.code).collect()
    }

    #[test]
    fn a_row_needs_its_key_and_something_to_update() {
        assert_eq!(codes(&judge_row(&["A", "B", "Rome", ""], None, None)), []);
        assert_eq!(codes(&judge_row(&["A", " ", "Rome", ""], None, None)), [OwnCode::Key]);
        assert_eq!(codes(&judge_row(&["<CLEAR>", "B", "Rome", ""], None, None)), [OwnCode::Key]);
        assert_eq!(
            codes(&judge_row(&["", "", "", "\u{a0}"], None, None)),
            [OwnCode::Key, OwnCode::Key, OwnCode::Nothing]
        );
    }

    #[test]
    fn the_clear_mark_is_counted_and_is_something_to_update() {
        let verdict = judge_row(&["A", "B", " <Clear> ", "<clear>"], None, None);
        assert_eq!((verdict.is_valid(), verdict.clears), (true, 2));
    }

    #[test]
    fn length_is_counted_in_characters() {
        let fits = "ü".repeat(32_765);
        assert!(judge_row(&["A", "B", "", &fits], None, None).is_valid());
        let verdict = judge_row(&["A", "B", "", &format!("{fits}x")], None, None);
        let outcome = verdict.outcome();
        assert_eq!(codes(&verdict), [OwnCode::Length]);
        assert_eq!(
            outcome.message,
            "column D NOTES: 32766 characters, and the field holds at most 32765 (RP_LENGTH)"
        );
    }

    #[test]
    fn marks_of_the_reader_become_faults_or_warnings() {
        let faults = [
            (CellMark::Error, OwnCode::ErrorCell),
            (CellMark::Date, OwnCode::DateCell),
            (CellMark::TooManyDigits, OwnCode::Digits),
        ];
        for (mark, code) in faults {
            assert_eq!(codes(&judge_row(&["A", "B", "", "x"], Some(mark), None)), [code]);
        }
        let warned = judge_row(&["A", "B", "", "2134"], Some(CellMark::NoFormat), None);
        assert!(warned.is_valid());
        assert_eq!(warned.warnings[0].code, OwnCode::NoFormat);
    }

    #[test]
    fn a_ragged_row_is_told_as_that_and_no_more() {
        let fault = RowFault::Columns { found: 2, expected: 4 };
        assert_eq!(codes(&judge_row(&["", ""], None, Some(fault))), [OwnCode::Columns]);
    }

    #[test]
    fn the_gravest_fault_gives_the_code() {
        let verdict = judge_row(&["A", "", "", "#N/A"], Some(CellMark::Error), None);
        assert_eq!(verdict.outcome().code, Some(OwnCode::Key.into()));
        assert!(verdict.outcome().message.contains("RP_ERROR_CELL"));
    }
}
