//! The text of one cell of an `OpenDocument` spreadsheet: paragraphs, spaces, tabs and breaks.

use quick_xml::events::BytesStart;

use super::BookFault;
use super::xml::values;
use crate::model::cells::CellMark;
use crate::sheet::shown::rounding::TOO_LARGE;

/// What a cell holds beside the text that it shows (`OpenDocument` 1.3 Part 3, 19.385 `office:value-type`).
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Value {
    /// What it is; two programs' words for it may stand side by side.
    types: Vec<String>,
    number: Option<String>,
    /// A value that is no number: a text, a truth, a date or a time.
    other: Option<String>,
    has_formula: bool,
}

impl Value {
    /// The value of a cell, by its attributes.
    pub(super) fn of(cell: &BytesStart<'_>) -> Result<Self, BookFault> {
        let mut value = Self::default();
        for attribute in values(cell) {
            let (name, text) = attribute?;
            match name {
                "value-type" => value.types.push(text),
                "value" => value.number = Some(text),
                "string-value" | "boolean-value" | "date-value" | "time-value" => {
                    value.other = Some(text);
                }
                "formula" => value.has_formula = true,
                _ => {}
            }
        }
        Ok(value)
    }

    fn is(&self, wanted: &str) -> bool {
        self.types.iter().any(|found| found == wanted)
    }

    /// What is to be said of a cell that shows this text.
    fn mark(&self, text: &str) -> Option<CellMark> {
        let number = self.number.as_ref().filter(|_| self.is("float"));
        if self.is("error") {
            Some(CellMark::Error)
        } else if self.has_formula && self.types.is_empty() && text.is_empty() {
            // LibreOffice writes a formula that gives a blank text in the same way as one that was
            // never calculated.
            Some(CellMark::BlankFormula)
        } else if self.is("date") || self.is("time") {
            Some(CellMark::Date)
        } else if number.is_some_and(|number| {
            number.parse::<f64>().is_ok_and(|number| number.abs() >= TOO_LARGE)
        }) {
            Some(CellMark::TooManyDigits)
        } else {
            number.filter(|number| *number == text).map(|_| CellMark::General)
        }
    }
}

/// What a cell shows, and what is to be said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// The text.
    pub(super) text: String,
    /// What is to be said of it.
    pub(super) mark: Option<CellMark>,
}

/// The text of a cell as far as it was read.
#[derive(Debug, Default)]
pub(super) struct CellText {
    text: String,
    paragraphs: u32,
    /// How deep within a paragraph the reader is: what stands outside is layout of the file.
    within: u32,
    /// How deep within a note or a drawing the reader is, which are not the cell's text.
    beside: u32,
}

impl CellText {
    /// An element begins.
    pub(super) fn begin(&mut self, name: &str) {
        match name {
            "annotation" | "frame" | "shapes" => self.beside += 1,
            "p" if self.beside == 0 => {
                if self.paragraphs > 0 {
                    self.text.push('\n');
                }
                self.paragraphs += 1;
                self.within += 1;
            }
            "tab" => self.push("\t"),
            "line-break" => self.push("\n"),
            _ => {}
        }
    }

    /// An element ends.
    pub(super) fn end(&mut self, name: &str) {
        match name {
            "annotation" | "frame" | "shapes" => self.beside = self.beside.saturating_sub(1),
            "p" if self.beside == 0 => self.within = self.within.saturating_sub(1),
            _ => {}
        }
    }

    /// Text.
    pub(super) fn push(&mut self, text: &str) {
        if self.within > 0 && self.beside == 0 {
            self.text.push_str(text);
        }
    }

    /// Spaces, which XML would fold into one.
    pub(super) fn spaces(&mut self, count: u64) {
        for _ in 0..count.min(1_000) {
            self.push(" ");
        }
    }

    /// What the cell shows. A number that no text is held of is given in full, and marked.
    pub(super) fn shown(self, value: &Value) -> Shown {
        if self.paragraphs > 0 {
            return Shown { mark: value.mark(&self.text), text: self.text };
        }
        match (&value.number, &value.other) {
            (Some(number), _) => Shown { text: number.clone(), mark: Some(CellMark::NoFormat) },
            (None, Some(other)) => {
                let is_date = value.is("date") || value.is("time");
                let mark = if is_date { Some(CellMark::UnknownDate) } else { value.mark(other) };
                Shown { text: other.clone(), mark }
            }
            (None, None) => Shown { mark: value.mark(&self.text), text: self.text },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paragraphs_are_lines_and_notes_are_left_out() {
        let mut text = CellText::default();
        for name in ["annotation", "p"] {
            text.begin(name);
        }
        text.push("a note");
        for name in ["p", "annotation"] {
            text.end(name);
        }
        text.push("\n   ");
        for line in ["one", "two"] {
            text.begin("p");
            text.push(line);
            text.spaces(2);
            text.end("p");
        }
        assert_eq!(text.shown(&Value::default()).text, "one  \ntwo  ");
    }

    #[test]
    fn what_a_text_alone_does_not_show_is_told() {
        let value = |types: &[&str], number: Option<&str>, has_formula| Value {
            types: types.iter().map(|text| (*text).to_owned()).collect(),
            number: number.map(str::to_owned),
            other: None,
            has_formula,
        };
        let cases = [
            (value(&["string", "error"], None, true), "#N/A", Some(CellMark::Error)),
            (value(&[], None, true), "", Some(CellMark::BlankFormula)),
            (value(&["string"], None, true), "", None),
            (value(&["date"], None, false), "1/31/2024", Some(CellMark::Date)),
            (value(&["float"], Some("2134"), false), "02134", None),
            (value(&["float"], Some("2134"), false), "2134", Some(CellMark::General)),
            (
                value(&["float"], Some("1234567890123456"), false),
                "1",
                Some(CellMark::TooManyDigits),
            ),
        ];
        for (value, text, mark) in cases {
            assert_eq!(value.mark(text), mark, "{value:?} {text}");
        }
        let bare = CellText::default().shown(&value(&["float"], Some("2134"), false));
        assert_eq!((bare.text.as_str(), bare.mark), ("2134", Some(CellMark::NoFormat)));
        let other = |kind, text: &str| {
            let value = Value { other: Some(text.to_owned()), ..value(&[kind], None, false) };
            let shown = CellText::default().shown(&value);
            (shown.text, shown.mark)
        };
        assert_eq!(other("string", "hello"), ("hello".into(), None));
        assert_eq!(other("boolean", "true"), ("true".into(), None));
        assert_eq!(other("date", "2024-01-31"), ("2024-01-31".into(), Some(CellMark::UnknownDate)));
    }
}
