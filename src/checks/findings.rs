//! The checks of one row.

use super::content::{self, Traits};
use super::country::is_abroad;
use super::spoiled::is_made_number;
use super::{Assignment, Rules, Verdict, marks};
use crate::model::cells::{CellMark, RowFault, trimmed};
use crate::model::code::OwnCode;
use crate::model::flags;
use crate::model::outcome::Finding;
use crate::model::patch::Change;
use crate::model::record::{Field, Role};
use crate::model::row::Row;
use crate::model::rules::Level;

/// Stands before the first header of a text, and within one that was put behind another.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Judges one row of a batch whose texts have these traits.
pub(super) fn judge(rules: &Rules<'_>, row: Row<'_>, of_batch: Traits) -> Verdict {
    let mut verdict = Verdict::default();
    verdict.faults.extend(row.faults.iter().copied().map(marks::of_row));
    if row.faults.iter().any(|fault| matches!(fault, RowFault::Columns { .. })) {
        // The values may stand under the wrong headers: nothing more can be said of them.
        return verdict;
    }
    marks::judge(&mut verdict, rules, row);
    let traits = if of_batch.are_plain() { of_batch } else { Traits::of(row.text()) };
    judge_key(&mut verdict, rules, row, traits);
    let mut sets = 0_usize;
    for assignment in rules.of_columns(row) {
        sets += 1;
        judge_assignment(&mut verdict, rules, row, traits, assignment);
    }
    for assignment in rules.of_site() {
        sets += 1;
        // A constant is no part of the row.
        let traits = Traits::of(assignment.change.value());
        judge_assignment(&mut verdict, rules, row, traits, assignment);
    }
    // A formula without a value is something; what it is, is not known.
    let is_told = verdict.faults.iter().any(|fault| fault.code == OwnCode::Uncalculated);
    if sets == 0 && !is_told {
        let text = "every cell but the key is blank, so that there is nothing to update".into();
        verdict.faults.push(Finding { code: OwnCode::Nothing, column: None, field: None, text });
    }
    judge_required(&mut verdict, rules, row);
    if rules.site.strict {
        verdict.faults.append(&mut verdict.warnings);
    }
    verdict.sort();
    verdict
}

/// Judges a row that only says which record is meant.
pub(super) fn judge_keys(rules: &Rules<'_>, row: Row<'_>) -> Verdict {
    let mut verdict = Verdict::default();
    let faults = row.faults.iter().filter(|fault| !matches!(fault, RowFault::NoHeader { .. }));
    verdict.faults.extend(faults.copied().map(marks::of_row));
    if verdict.is_valid() {
        judge_key(&mut verdict, rules, row, Traits::of(row.text()));
    }
    verdict.warnings.clear();
    verdict
}

/// What is said of a row whose key an earlier row has, by the number of that row.
pub(super) fn duplicate(rules: &Rules<'_>, earlier: u64) -> Finding {
    let text = format!("row {earlier} is for the same record");
    let (column, field) = rules.layout.keys.last().copied().unzip();
    Finding { code: OwnCode::Duplicate, column, field, text }
}

fn judge_key(verdict: &mut Verdict, rules: &Rules<'_>, row: Row<'_>, traits: Traits) {
    for (column, field) in rules.layout.keys.iter().copied() {
        let text = trimmed(row.cell(column));
        let merged = row.marks_of(column).find_map(|mark| match mark {
            CellMark::Merged(range) => Some(range),
            _ => None,
        });
        let is_uncalculated = row.marks_of(column).any(|mark| mark == CellMark::Uncalculated);
        let fault = if let Some(range) = merged {
            Some(marks::of_merged_key(&range.to_string(), text))
        } else if text.is_empty() && !is_uncalculated {
            Some("the key is blank".to_owned())
        } else if rules.site.is_clear_mark(text) {
            Some(format!("a key cannot be blanked with {}", rules.site.clear_mark))
        } else if is_header(text, &rules.layout.columns[column].header) {
            Some("the key is its own header: files were put one behind the other".to_owned())
        } else {
            None
        };
        if let Some(text) = fault {
            verdict.add(Level::Error, of_cell(OwnCode::Key, column, field, text));
        }
        if !text.is_empty() && text.len() < row.cell(column).len() {
            tell_outer_spaces(verdict, rules, row, (column, field), true);
        }
        judge_text(verdict, rules, row, traits, Some(column), field, text);
    }
}

/// Whether a text is the header of its column, with the mark before it that a file begins with or without.
fn is_header(text: &str, header: &str) -> bool {
    text == header || text.strip_prefix(BYTE_ORDER_MARK) == Some(header)
}

fn judge_assignment(
    verdict: &mut Verdict,
    rules: &Rules<'_>,
    row: Row<'_>,
    traits: Traits,
    assignment: Assignment<'_>,
) {
    let Assignment { column, field, change, has_outer_spaces } = assignment;
    match change {
        Change::Clear => verdict.clears += 1,
        Change::Set(text) => {
            if let Some(column) = column.filter(|_| has_outer_spaces) {
                tell_outer_spaces(verdict, rules, row, (column, field), rules.site.trim);
            }
            judge_text(verdict, rules, row, traits, column, field, text);
        }
    }
}

/// Spaces that a number format puts around a number are no part of the value.
fn tell_outer_spaces(
    verdict: &mut Verdict,
    rules: &Rules<'_>,
    row: Row<'_>,
    (column, field): (usize, &'static Field),
    is_trimmed: bool,
) {
    if row.marks_of(column).any(|mark| mark == CellMark::Padded) {
        return;
    }
    let sent = if is_trimmed { "they are not sent" } else { "they are sent" };
    let text = format!("there are spaces around the text; {sent}");
    let finding = of_cell(OwnCode::Spaces, column, field, text);
    verdict.add(level(rules, field, OwnCode::Spaces), finding);
}

#[inline]
fn judge_text(
    verdict: &mut Verdict,
    rules: &Rules<'_>,
    row: Row<'_>,
    traits: Traits,
    column: Option<usize>,
    field: &'static Field,
    text: &str,
) {
    if !rules.site.fields.is_empty() || !content::is_plain(field, text, traits) {
        judge_closely(verdict, rules, row, traits, column, field, text);
    }
}

fn judge_closely(
    verdict: &mut Verdict,
    rules: &Rules<'_>,
    row: Row<'_>,
    traits: Traits,
    column: Option<usize>,
    field: &'static Field,
    text: &str,
) {
    if text.starts_with('#')
        && let Some((code, text)) = marks::of_flag(field, text)
    {
        // It stands in rejects and was not mended: it must not be sent, whatever its level was.
        verdict.add(Level::Error, Finding { code, column, field: Some(field), text });
        return;
    }
    // That a quotation mark is missing or too many is told of the row.
    let text = flags::quoted_text(text).unwrap_or(text);
    content::judge(field, text, traits, &mut |code, what| {
        let is_told = match code {
            // What cannot be decoded is already told of the row.
            OwnCode::Misdecoded => {
                row.faults.iter().any(|fault| matches!(fault, RowFault::Encoding { .. }))
            }
            // Elsewhere postal codes may have four digits.
            OwnCode::LostZeros => !is_made_number(text) && is_abroad(rules, row),
            // The reader has said so.
            OwnCode::Date => {
                column.is_some_and(|column| row.marks_of(column).any(|mark| mark == CellMark::Date))
            }
            _ => false,
        };
        if !is_told {
            let finding = Finding { code, column, field: Some(field), text: what };
            verdict.add(level(rules, field, code), finding);
        }
    });
    if let Some(rule) = rules.site.fields.get(field.name) {
        content::judge_site(rule, text, &mut |code, text| {
            let level = rule.level.unwrap_or(Level::Error);
            verdict.add(level, Finding { code, column, field: Some(field), text });
        });
    }
}

/// The level of a finding about a field: the site's, where it may give one.
pub(super) fn level(rules: &Rules<'_>, field: &Field, code: OwnCode) -> Level {
    let of_site = || rules.site.fields.get(field.name)?.level;
    Some(code).filter(|code| code.bends()).and_then(|_| of_site()).unwrap_or(code.level())
}

/// A field that every row must fill in is neither left alone nor blanked.
fn judge_required(verdict: &mut Verdict, rules: &Rules<'_>, row: Row<'_>) {
    for (name, rule) in rules.site.fields.iter().filter(|(_, rule)| rule.required) {
        let mut sets = rules.assignments(row);
        let is_set =
            sets.any(|set| set.field.name == *name && matches!(set.change, Change::Set(_)));
        let field = rules.layout.record.field(name);
        if let Some(field) = field.filter(|field| !is_set && field.role == Role::Updatable) {
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

/// A finding about a cell of a field.
pub(super) fn of_cell(
    code: OwnCode,
    column: usize,
    field: &'static Field,
    text: String,
) -> Finding {
    Finding { code, column: Some(column), field: Some(field), text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::cells::Cells;
    use crate::model::mapping::{Column, Layout};
    use crate::model::merged_range::MergedRange;
    use crate::model::record::CUSTOMER_CONTACT;
    use crate::model::row::{Place, RowBatch};
    use crate::model::rules::{FieldRule, SiteRules};

    const NAMES: [&str; 4] = ["CUSTOMER_ID", "CUST_CONTACT", "CITY", "NOTES"];

    fn layout() -> Layout {
        let field = |name| CUSTOMER_CONTACT.field(name).expect("a field");
        let columns = NAMES.map(|name| Column { header: name.into(), sets: Ok(vec![field(name)]) });
        let updatable = NAMES.iter().enumerate().map(|(column, name)| (column, field(name)));
        let setters = updatable.filter(|(_, field)| field.role == Role::Updatable).collect();
        Layout {
            record: &CUSTOMER_CONTACT,
            columns: columns.into(),
            keys: (0..).zip(CUSTOMER_CONTACT.keys()).collect(),
            setters,
            changes: None,
            keys_only: false,
        }
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
            [OwnCode::Nothing, OwnCode::Key, OwnCode::Key]
        );
    }

    #[test]
    fn the_clear_mark_is_counted_and_is_something_to_update() {
        let verdict = judge_row(&["A", "B", " <Clear> ", "<clear>"], None, None);
        assert_eq!((verdict.is_valid(), verdict.clears), (true, 2));
        let is_told = |mark: &str| {
            let verdict = judge_row(&["A", "B", mark, "x"], None, None);
            verdict.warnings.iter().any(|finding| finding.code == OwnCode::ClearMark)
        };
        assert!(!is_told("<clear>") && !is_told("<CLEAR>") && is_told("< clear>"));
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
            (CellMark::UnknownDate, OwnCode::DateCell),
            (CellMark::NotADate, OwnCode::DateCell),
            (CellMark::Uncalculated, OwnCode::Uncalculated),
            (CellMark::TooManyDigits, OwnCode::Digits),
        ];
        for (mark, code) in faults {
            assert_eq!(codes(&judge_row(&["A", "B", "", "x"], Some(mark), None)), [code]);
        }
        let warnings = [
            (CellMark::NoFormat, OwnCode::NoFormat),
            (CellMark::Date, OwnCode::Date),
            (CellMark::Shortened, OwnCode::Shortened),
            (CellMark::BlankFormula, OwnCode::BlankFormula),
        ];
        for (mark, code) in warnings {
            let warned = judge_row(&["A", "B", "", "2134"], Some(mark), None);
            assert!(warned.is_valid());
            assert_eq!(warned.warnings.iter().map(|found| found.code).collect::<Vec<_>>(), [code]);
        }
    }

    #[test]
    fn a_formula_without_a_value_is_a_fault_though_the_cell_shows_nothing() {
        let verdict = judge_row(&["A", "B", "Rome", ""], Some(CellMark::Uncalculated), None);
        assert_eq!(codes(&verdict), [OwnCode::Uncalculated]);
        assert_eq!(verdict.faults[0].column, Some(3));
    }

    #[test]
    fn spaces_around_a_text_are_told_and_those_of_a_format_are_not() {
        let warned = |texts: &[&str], mark| -> Vec<(OwnCode, Option<usize>)> {
            let verdict = judge_row(texts, mark, None);
            assert!(verdict.is_valid());
            verdict.warnings.iter().map(|found| (found.code, found.column)).collect()
        };
        let spaces = OwnCode::Spaces;
        assert_eq!(
            warned(&[" A", "B", "Rome ", "x"], None),
            [(spaces, Some(0)), (spaces, Some(2))]
        );
        assert_eq!(warned(&["A", "B", "", "(5.00) "], Some(CellMark::Padded)), []);
        assert_eq!(warned(&["A", "B", "   ", "x"], None), [], "a cell of spaces is blank");
    }

    #[test]
    fn a_site_gives_findings_about_a_field_another_level_but_not_where_the_value_is_lost() {
        let layout = layout();
        let mut site = SiteRules::with_mark("<clear>");
        let judged = |site: &SiteRules, city: &str| {
            let mut cells = Cells::default();
            for text in ["A", "B", city] {
                cells.push(text);
            }
            let mut batch = RowBatch::default();
            batch.push(Place { index: 0, number: 2 }, &cells, None);
            let verdict = Rules::new(&layout, site).judge_batch(&batch).remove(0);
            (verdict.faults.len(), verdict.warnings.len())
        };
        assert_eq!(judged(&site, "New  York"), (0, 1));
        for (level, expected) in [(Level::Error, (1, 0)), (Level::Off, (0, 0))] {
            let rule = FieldRule { level: Some(level), ..FieldRule::default() };
            site.fields.insert("CITY", rule);
            assert_eq!(judged(&site, "New  York"), expected);
            assert_eq!(judged(&site, "#N/A"), (1, 0));
        }
    }

    #[test]
    fn a_key_in_a_merged_cell_is_named_as_such() {
        let mut cells = Cells::default();
        for text in ["A", "", "Rome", ""] {
            cells.push(text);
        }
        let mut batch = RowBatch::default();
        batch.push(Place { index: 0, number: 4 }, &cells, None);
        batch.mark_last(1, CellMark::Merged(MergedRange::new((2, 4), (1, 1)).expect("a range")));
        let (layout, site) = (layout(), SiteRules::with_mark("<clear>"));
        let verdict = Rules::new(&layout, &site).judge_batch(&batch).remove(0);
        assert_eq!(codes(&verdict), [OwnCode::Key]);
        assert!(verdict.faults[0].text.contains("merged into B3:B5, of which B3 alone"));
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
