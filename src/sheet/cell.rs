//! From the value of a workbook's cell to the text that is sent.

use calamine::DataType;

use crate::model::cells::{CellMark, Cells};

/// Digits that a spreadsheet keeps of a number.
const DIGITS: f64 = 1e15;

/// Appends the text of a cell, and what a person should know of it.
///
/// A text is taken as it is. A number is written in full, as it is not known how the
/// workbook shows it, and marked so.
pub(super) fn push(cells: &mut Cells, value: &impl DataType) {
    if let Some(text) = value.get_string() {
        cells.push(text);
    } else if let Some(error) = value.get_error() {
        cells.push(&error.to_string());
        cells.mark(CellMark::Error);
    } else if let Some(truth) = value.get_bool() {
        cells.push(if truth { "TRUE" } else { "FALSE" });
    } else if let Some(number) = value.get_float() {
        cells.push(&number_text(number));
        let mark =
            if number.abs() >= DIGITS { CellMark::TooManyDigits } else { CellMark::NoFormat };
        cells.mark(mark);
    } else if let Some(number) = value.get_int() {
        cells.push(&number.to_string());
        cells.mark(CellMark::NoFormat);
    } else if let Some(text) = value.get_datetime_iso().or(value.get_duration_iso()) {
        cells.push(text);
        cells.mark(CellMark::Date);
    } else if let Some(date) = value.get_datetime() {
        cells.push(&number_text(date.as_f64()));
        cells.mark(CellMark::Date);
    } else {
        cells.push("");
    }
}

/// A number in full with the 15 digits that a spreadsheet keeps, never with an exponent.
fn number_text(number: f64) -> String {
    let rounded = format!("{number:.14e}").parse().unwrap_or(number);
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{CellErrorType, Data};

    fn pushed(value: &Data) -> String {
        let mut cells = Cells::default();
        push(&mut cells, value);
        cells.iter().collect()
    }

    #[test]
    fn numbers_are_written_in_full() {
        let numbers = [
            (2134.0, "2134"),
            (0.1 + 0.2, "0.3"),
            (408_555_121_212_345.0, "408555121212345"),
            (-0.0, "0"),
            (1e-7, "0.0000001"),
            (1e20, "100000000000000000000"),
        ];
        for (number, text) in numbers {
            assert_eq!(pushed(&Data::Float(number)), text);
        }
    }

    #[test]
    fn truths_errors_and_texts_read_as_in_the_sheet() {
        assert_eq!(pushed(&Data::Bool(true)), "TRUE");
        assert_eq!(pushed(&Data::Error(CellErrorType::NA)), "#N/A");
        assert_eq!(pushed(&Data::String("02134".into())), "02134");
        assert_eq!(pushed(&Data::Empty), "");
    }
}
