//! The checks of one row.

use super::content;
use super::{Assignment, Rules, Verdict};
use crate::model::cells::{CellMark, RowFault};
use crate::model::code::OwnCode;
use crate::model::outcome::Finding;
use crate::model::patch::Change;
use crate::model::record::{Content, Field, fold_header};
use crate::model::row::Row;
use crate::model::rules::Level;

/// How people write the United States, folded.
const UNITED_STATES: [&str; 4] = ["us", "usa", "unitedstates", "unitedstatesofamerica"];

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
    judge_key(&mut verdict, rules, row);
    let mut sets = 0_usize;
    for assignment in rules.assignments(row) {
        sets += 1;
        judge_assignment(&mut verdict, rules, row, assignment);
    }
    if sets == 0 {
        let text = "every cell but the key is blank, so that there is nothing to update".into();
        verdict.faults.push(Finding { code: OwnCode::Nothing, column: None, field: None, text });
    }
    judge_required(&mut verdict, rules, row);
    if rules.site.strict {
        verdict.faults.append(&mut verdict.warnings);
    }
    verdict
}

fn judge_key(verdict: &mut Verdict, rules: &Rules<'_>, row: Row<'_>) {
    for (field, column) in rules.layout.record.keys().zip(&rules.layout.keys) {
        let text = row.cell(*column).trim();
        if text.is_empty() {
            verdict.add(
                Level::Error,
                of_cell(OwnCode::Key, *column, field, "the key is blank".into()),
            );
        } else if text.eq_ignore_ascii_case(&rules.site.clear_mark) {
            let text = format!("a key cannot be blanked with {}", rules.site.clear_mark);
            verdict.add(Level::Error, of_cell(OwnCode::Key, *column, field, text));
        }
        judge_marks(verdict, row, *column, field, text);
        judge_text(verdict, rules, Some(*column), row, field, text);
    }
}

fn judge_assignment(
    verdict: &mut Verdict,
    rules: &Rules<'_>,
    row: Row<'_>,
    assignment: Assignment<'_>,
) {
    let Assignment { column, field, change } = assignment;
    match change {
        Change::Clear => verdict.clears += 1,
        Change::Set(text) => {
            if let Some(column) = column {
                judge_marks(verdict, row, column, field, text);
            }
            judge_text(verdict, rules, column, row, field, text);
        }
    }
}

fn judge_text(
    verdict: &mut Verdict,
    rules: &Rules<'_>,
    column: Option<usize>,
    row: Row<'_>,
    field: &'static Field,
    text: &str,
) {
    content::judge(field, text, &mut |code, text| {
        let is_told = match code {
            // What cannot be decoded is already told of the row.
            OwnCode::Encoding => row.fault.is_some(),
            // Elsewhere postal codes may have four digits.
            OwnCode::LostZeros => is_abroad(rules, row),
            _ => false,
        };
        if !is_told {
            verdict.add(code.level(), Finding { code, column, field: Some(field), text });
        }
    });
    if let Some(rule) = rules.site.fields.get(field.name) {
        content::judge_site(rule, text, &mut |code, text| {
            let level = rule.level.unwrap_or(Level::Error);
            verdict.add(level, Finding { code, column, field: Some(field), text });
        });
    }
}

/// Whether the row names a country other than the United States.
fn is_abroad(rules: &Rules<'_>, row: Row<'_>) -> bool {
    let mut countries = rules.assignments(row).filter(|set| set.field.content == Content::Country);
    countries.any(|set| {
        let country = fold_header(set.change.value()).replace('.', "");
        !country.is_empty() && !UNITED_STATES.contains(&country.as_str())
    })
}

/// A field that every row must fill in is neither left alone nor blanked.
fn judge_required(verdict: &mut Verdict, rules: &Rules<'_>, row: Row<'_>) {
    for (name, rule) in rules.site.fields.iter().filter(|(_, rule)| rule.required) {
        let mut sets = rules.assignments(row);
        let is_set =
            sets.any(|set| set.field.name == *name && matches!(set.change, Change::Set(_)));
        let field = rules.layout.record.field(name);
        if let Some(field) = field.filter(|_| !is_set) {
            let column = rules
                .layout
                .setters
                .iter()
                .find(|(_, set)| *set == field)
                .map(|(column, _)| *column);
            let text = "the field is blank, and config.toml requires it".into();
            let level = rule.level.unwrap_or(Level::Error);
            verdict
                .add(level, Finding { code: OwnCode::Required, column, field: Some(field), text });
        }
    }
}

fn judge_marks(
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
                "the cell holds a date, and how it is shown is not known".into(),
            ),
            CellMark::TooManyDigits => (
                OwnCode::Digits,
                "the cell holds a number of more than 15 digits, of which the last are lost".into(),
            ),
            CellMark::NotADate => {
                (OwnCode::DateCell, format!("the cell is to show a date, and {text} is none"))
            }
            CellMark::Shortened => (
                OwnCode::Shortened,
                format!("Excel shows this number shortened; it is sent in full as {text}"),
            ),
            CellMark::NoFormat => (
                OwnCode::NoFormat,
                format!("the cell holds the number {text}, and how it is shown is not known"),
            ),
        };
        verdict.add(code.level(), of_cell(code, column, field, what));
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
    use crate::model::rules::SiteRules;

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
        let site = SiteRules::with_mark("<clear>");
        let rules = Rules::new(&layout, &site);
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
