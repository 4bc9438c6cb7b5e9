//! The text of one cell of an `OpenDocument` spreadsheet: paragraphs, spaces, tabs and breaks.

use crate::model::cells::CellMark;

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
    pub(super) fn shown(self, is_error: bool, value: Option<String>) -> Shown {
        let mark = is_error.then_some(CellMark::Error);
        match value {
            Some(value) if self.paragraphs == 0 => {
                Shown { text: value, mark: Some(CellMark::NoFormat) }
            }
            _ => Shown { text: self.text, mark },
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
        assert_eq!(text.shown(false, None).text, "one  \ntwo  ");
    }

    #[test]
    fn errors_and_values_without_a_text_are_told() {
        let error = CellText::default().shown(true, None);
        assert_eq!(error.mark, Some(CellMark::Error));
        let bare = CellText::default().shown(false, Some("2134".into()));
        assert_eq!((bare.text.as_str(), bare.mark), ("2134", Some(CellMark::NoFormat)));
    }
}
