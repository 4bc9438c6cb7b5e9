//! From the value of a workbook's cell to the text that a person sees.

use std::borrow::Cow;

use calamine::DataType;
use jiff::civil::{Date, DateTime, Time};

use super::number_format::{Format, unknown_mark};
use super::rounding::number_text;
use crate::model::cells::{CellMark, Cells, RowFault};

/// Appends the text of a cell, and what a person should know of it. Without a format a number
/// is written in full, and marked so.
pub(in crate::sheet) fn push(cells: &mut Cells, value: &impl DataType, format: Option<&Format>) {
    if let Some(text) = value.get_string() {
        // A line break in XML is a line feed, whatever the file holds (XML 1.0, 2.11).
        let text = if text.contains('\r') {
            Cow::Owned(text.replace("\r\n", "\n"))
        } else {
            Cow::Borrowed(text)
        };
        match format {
            Some(format @ Format::Coded(_)) => cells.push(&format.text(&text)),
            _ => cells.push(&text),
        }
        // Written as _x0000_ in XML, which itself cannot hold it.
        if text.contains('\0') {
            cells.add_fault(RowFault::Nul { column: cells.len() - 1 });
        }
    } else if let Some(error) = value.get_error() {
        cells.push(&error.to_string());
        cells.mark(CellMark::Error);
    } else if let Some(truth) = value.get_bool() {
        cells.push(if truth { "TRUE" } else { "FALSE" });
    } else if let Some(text) = value.get_datetime_iso().or(value.get_duration_iso()) {
        let (text, mark) = iso_date(text, format);
        cells.push(&text);
        cells.mark(mark);
    } else if let Some(number) = number(value) {
        push_number(cells, number, format, value.is_datetime());
    } else {
        cells.push("");
    }
}

/// A date as ISO 8601 writes it, as some programs store it; shown as it stands where no format is for it.
fn iso_date(text: &str, format: Option<&Format>) -> (String, CellMark) {
    let date = text
        .parse::<DateTime>()
        .or_else(|_| text.parse::<Date>().map(|date| date.to_datetime(Time::midnight())));
    let shown = date.ok().and_then(|date| format?.civil(date));
    shown.unwrap_or_else(|| (text.to_owned(), CellMark::UnknownDate))
}

fn number(value: &impl DataType) -> Option<f64> {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a spreadsheet has no larger whole numbers than f64"
    )]
    let whole = || value.get_int().map(|number| number as f64);
    value.get_float().or_else(|| value.get_datetime().map(|date| date.as_f64())).or_else(whole)
}

fn push_number(cells: &mut Cells, number: f64, format: Option<&Format>, is_date: bool) {
    let (text, mark) = match format {
        Some(format) => format.number(number),
        None if is_date => (number_text(number), Some(CellMark::UnknownDate)),
        None => (number_text(number), Some(unknown_mark(number))),
    };
    cells.push(&text);
    if let Some(mark) = mark {
        cells.mark(mark);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{CellErrorType, Data};

    fn pushed(value: &Data) -> String {
        let mut cells = Cells::default();
        push(&mut cells, value, None);
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
    fn a_number_whose_format_is_not_known_is_marked() {
        let mark = |value: &Data| {
            let mut cells = Cells::default();
            push(&mut cells, value, None);
            cells.marks().next()
        };
        assert_eq!(mark(&Data::Float(2134.0)), Some(CellMark::NoFormat));
        assert_eq!(mark(&Data::Float(1e15)), Some(CellMark::TooManyDigits));
        assert_eq!(mark(&Data::String("02134".into())), None);
    }

    #[test]
    fn dates_of_iso_8601_are_shown_as_their_format_says() {
        let shown = |text: &str, code| {
            let mut cells = Cells::default();
            let format = Format::of(None, code, false);
            push(&mut cells, &Data::DateTimeIso(text.into()), Some(&format));
            (cells.iter().collect::<String>(), cells.marks().next())
        };
        let date = Some(CellMark::Date);
        assert_eq!(shown("2024-01-31", "m/d/yyyy"), ("1/31/2024".into(), date));
        assert_eq!(shown("2024-01-31T13:05:09", "d.m.yy h:mm"), ("31.1.24 13:05".into(), date));
        assert_eq!(shown("1900-02-28", "yyyy-mm-dd"), ("1900-02-28".into(), date));
        assert_eq!(shown("1900-03-01", "yyyy-mm-dd"), ("1900-03-01".into(), date));
        let unknown = Some(CellMark::UnknownDate);
        assert_eq!(shown("2024-01-31", "General"), ("2024-01-31".into(), unknown));
        assert_eq!(shown("soon", "m/d/yyyy"), ("soon".into(), unknown));
    }

    #[test]
    fn truths_errors_and_texts_read_as_in_the_sheet() {
        assert_eq!(pushed(&Data::Bool(true)), "TRUE");
        assert_eq!(pushed(&Data::Error(CellErrorType::NA)), "#N/A");
        assert_eq!(pushed(&Data::String("02134".into())), "02134");
        assert_eq!(pushed(&Data::Empty), "");
    }

    #[test]
    fn a_nul_is_a_fault_of_the_row() {
        let mut cells = Cells::default();
        for text in ["A", "B\0", "\0"] {
            push(&mut cells, &Data::String(text.into()), None);
        }
        assert_eq!(cells.faults(), [RowFault::Nul { column: 1 }]);
    }
}
