//! What the cells of a results workbook hold, and how they look.

use std::borrow::Cow;

use rust_xlsxwriter::{Color, Format, FormatAlign};

use super::results::column;
use crate::model::mapping::REJECT_COLUMNS;
use crate::model::outcome::Status;
use crate::model::sheet_limits;

/// What a text ends with that is longer.
const CUT: &str = " … (cut: a cell holds no more)";
/// Columns that hold numbers.
const NUMBERS: [&str; 4] = [column::ROW, column::HTTP_STATUS, column::ATTEMPTS, column::ELAPSED_MS];
/// Widths of columns in characters: of numbers, of texts, and of what is said in sentences.
const WIDTHS: [f64; 3] = [11.0, 18.0, 60.0];

/// How cells look.
pub(super) struct Formats {
    pub(super) header: Format,
    number: Format,
    text: Format,
    fault: Format,
    statuses: [Format; Status::ALL.len()],
}

impl Formats {
    pub(super) fn new() -> Self {
        let text = Format::new().set_num_format("@").set_align(FormatAlign::Top).set_indent(1);
        let filled = |fill, font| {
            let format = text.clone().set_background_color(Color::RGB(fill));
            format.set_font_color(Color::RGB(font))
        };
        let statuses = Status::ALL.map(|status| {
            let (fill, font) = colours(status);
            filled(fill, font)
        });
        Self {
            header: Format::new().set_bold().set_background_color(Color::RGB(0xD9_D9D9)),
            number: Format::new().set_align(FormatAlign::Top),
            fault: filled(0xFF_C7CE, 0x9C_0006),
            text,
            statuses,
        }
    }
}

/// The colour of the fill and of the text for a status: as Excel's "Good", "Bad" and "Neutral", and grey.
pub(super) fn colours(status: Status) -> (u32, u32) {
    match status {
        Status::Updated | Status::Unchanged | Status::Valid => (0xC6_EFCE, 0x00_6100),
        Status::Invalid | Status::Failed | Status::Conflict => (0xFF_C7CE, 0x9C_0006),
        Status::Unconfirmed => (0xFF_EB9C, 0x7F_4A00),
        Status::NotSent => (0xE7_E6E6, 0x3A_3A3A),
    }
}

/// The columns of a line.
pub(super) struct LineColumns {
    names: Vec<String>,
    numbers: Vec<bool>,
    status: Option<usize>,
    code: Option<usize>,
    message: Option<usize>,
}

impl LineColumns {
    pub(super) fn of(names: &[String]) -> Self {
        let place = |wanted: &str| names.iter().position(|name| name == wanted);
        let [code, message] = REJECT_COLUMNS.map(place);
        let numbers = names.iter().map(|name| NUMBERS.contains(&name.as_str())).collect();
        Self { names: names.to_vec(), numbers, status: place(column::STATUS), code, message }
    }

    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// The width of the column of that name, in characters.
    pub(super) fn width(name: &str) -> f64 {
        let [number, text, sentence] = WIDTHS;
        if NUMBERS.contains(&name) {
            number
        } else if name == REJECT_COLUMNS[1] || name == column::WARNINGS {
            sentence
        } else {
            text
        }
    }

    /// The number that stands in a column of numbers.
    pub(super) fn number(&self, cells: &[String], column: usize) -> Option<f64> {
        let is_number = self.numbers.get(column).copied().unwrap_or(false);
        let number: u32 = cells.get(column).filter(|_| is_number)?.parse().ok()?;
        Some(number.into())
    }

    pub(super) fn format<'f>(
        &self,
        formats: &'f Formats,
        cells: &[String],
        column: usize,
    ) -> &'f Format {
        if self.fault(cells, column).is_some() {
            return &formats.fault;
        }
        match self.status_of(cells).filter(|_| self.status == Some(column)) {
            Some(status) => &formats.statuses[status as usize],
            None if self.numbers.get(column).copied().unwrap_or(false) => &formats.number,
            None => &formats.text,
        }
    }

    /// Why a cell is at fault: that of the code of a row that did not go well, and those of the key that the
    /// message names.
    pub(super) fn fault<'c>(&self, cells: &'c [String], column: usize) -> Option<&'c str> {
        let message = cells.get(self.message?)?.as_str();
        let is_bad = self.status_of(cells).is_some_and(|status| !status.is_good());
        if !is_bad || message.is_empty() {
            return None;
        }
        if Some(column) == self.code {
            return Some(message);
        }
        let is_key = self.status.is_some_and(|status| column < status) && !self.numbers[column];
        let name = self.names.get(column).filter(|_| is_key)?;
        let (before, _) = message.split_once(&format!(" {name}: "))?;
        let start = before.rfind("column ")?;
        Some(&message[start..])
    }

    fn status_of(&self, cells: &[String]) -> Option<Status> {
        Status::of_word(cells.get(self.status?)?)
    }
}

/// A text as a cell can hold it: breaks of lines as one character, what XML cannot hold written out, and no longer
/// than a cell may be.
pub(super) fn cell_text(text: &str) -> Cow<'_, str> {
    let is_unfit = |c: char| {
        c.is_control() && !matches!(c, '\t' | '\n') || matches!(c, '\u{FFFE}' | '\u{FFFF}')
    };
    let text = if text.contains(is_unfit) {
        let mut fit = String::with_capacity(text.len());
        for c in text.replace("\r\n", "\n").chars() {
            match c {
                '\r' => fit.push('\n'),
                c if is_unfit(c) => fit.extend(c.escape_default()),
                c => fit.push(c),
            }
        }
        Cow::Owned(fit)
    } else {
        Cow::Borrowed(text)
    };
    if sheet_limits::fits(&text) {
        return text;
    }
    Cow::Owned(format!("{}{CUT}", sheet_limits::start_beside(&text, CUT)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sheet_limits::MOST_CHARS;

    #[test]
    fn texts_are_made_to_fit_into_cells() {
        assert_eq!(cell_text("=1+1"), "=1+1");
        assert_eq!(cell_text("a\r\nb\rc\td\u{1b}\0\u{FFFE}"), "a\nb\nc\td\\u{1b}\\u{0}\\u{fffe}");
        let fits = "ü".repeat(MOST_CHARS);
        assert_eq!(cell_text(&fits), fits);
        let long = "\u{1F600}".repeat(MOST_CHARS);
        let length = cell_text(&long).encode_utf16().count();
        assert!(cell_text(&long).ends_with(CUT) && (MOST_CHARS - 1..=MOST_CHARS).contains(&length));
    }

    #[test]
    fn what_is_at_fault_is_found_by_what_the_line_says() {
        let names = ["row", "A_ID", "B_ID", "status", "MESSAGE_CODE", "MESSAGE"].map(str::to_owned);
        let columns = LineColumns::of(&names);
        let message = "row 4: odd (RP_QUOTE); column B B_ID: the key is blank (RP_KEY)";
        let cells = ["4", "007", "", "invalid", "RP_KEY", message].map(str::to_owned);
        let faults: Vec<_> = (0..6).map(|column| columns.fault(&cells, column)).collect();
        let of_key = "column B B_ID: the key is blank (RP_KEY)";
        assert_eq!(faults, [None, None, Some(of_key), None, Some(message), None]);
        let numbers: Vec<_> = (0..6).map(|column| columns.number(&cells, column)).collect();
        assert_eq!(numbers, [Some(4.0), None, None, None, None, None]);
        let good = ["4", "007", "B", "updated", "", ""].map(str::to_owned);
        assert!((0..6).all(|column| columns.fault(&good, column).is_none()));
    }
}
