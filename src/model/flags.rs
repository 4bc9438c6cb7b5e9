//! What rejects hold in cells that were at fault for what they were and not for their text, so that they
//! are found at fault again until somebody mends them.

use super::cells::CellMark;
use super::counted::counted;
use super::merged_range::MergedRange;

/// What stands before the text of a cell that the reader has marked.
pub const OF_MARKS: [(CellMark, &str); 9] = [
    (CellMark::Uncalculated, "#UNCALCULATED! "),
    (CellMark::UnknownDate, "#DATE? "),
    (CellMark::NotADate, "#NO DATE! "),
    (CellMark::TooManyDigits, "#DIGITS LOST! "),
    (CellMark::Date, "#IS A DATE! "),
    (CellMark::Shortened, "#SHORTENED! "),
    (CellMark::NoFormat, "#NO FORMAT! "),
    (CellMark::General, "#NUMBER! "),
    (CellMark::BlankFormula, "#BLANK FORMULA! "),
];
/// What stands before the start of a text that is longer than a cell can be.
pub const CUT: &str = "#CUT! ";
/// What stands before the text of a cell in which a quotation mark is missing or too many.
pub const QUOTE: &str = "#QUOTE! ";
/// What stands before the range of cells that a key was merged into.
const MERGED: &str = "#MERGED ";
/// What stands before the number of cells that a row of text was short of, in a cell behind its last.
const SHORT: &str = "#SHORT! ";

/// What stands before a key that a merged cell does not show.
#[must_use]
pub fn merged(range: MergedRange) -> String {
    format!("{MERGED}{range}! ")
}

/// The range and the key of a cell that stands in rejects for a key in merged cells.
#[must_use]
pub fn merged_key(text: &str) -> Option<(&str, &str)> {
    let (range, key) = text.strip_prefix(MERGED)?.split_once('!')?;
    let is_range = range.bytes().all(|byte| byte == b':' || byte.is_ascii_alphanumeric())
        && range.contains(':');
    is_range.then_some((range, key.trim_start()))
}

/// The text of a cell, of whatever column, in which a quotation mark was missing or too many.
#[must_use]
pub fn quoted_text(text: &str) -> Option<&str> {
    let rest = text.strip_prefix(QUOTE.trim_end())?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix(' ') }
}

/// What stands behind a row of text that was short of so many cells.
#[must_use]
pub fn short_row(missing: usize) -> String {
    let cells = counted(missing as u64, "cell");
    format!("{SHORT}{cells} missing; delete this cell when the row has all its cells")
}

/// How many cells a row was short of, by the cell behind its last.
#[must_use]
pub fn missing_cells(text: &str) -> Option<usize> {
    text.strip_prefix(SHORT)?.split(' ').next()?.replace(',', "").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let range = MergedRange::new((2, 4), (1, 1)).expect("a range");
        for key in ["", "CUST 1", "!"] {
            assert_eq!(merged_key((merged(range) + key).trim_end()), Some(("B3:B5", key)));
        }
        for missing in [1, 12, 1_200] {
            assert_eq!(missing_cells(&short_row(missing)), Some(missing));
        }
        let quoted = ["#QUOTE! x", "#QUOTE!", "#QUOTE!x"].map(quoted_text);
        assert_eq!(quoted, [Some("x"), Some(""), None]);
        assert_eq!((merged_key("#MERGED by Ann!"), missing_cells("#SHORT!")), (None, None));
    }
}
