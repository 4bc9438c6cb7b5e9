//! The cells of one row as a reader found them, and what it has to say of them.

use std::mem::discriminant;

use super::merged_range::MergedRange;

/// What a reader has to say of one cell beside its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellMark {
    /// The cell holds a formula error, such as `#N/A`.
    Error,
    /// The cell holds a formula that was never calculated, so that it shows nothing.
    Uncalculated,
    /// The cell holds a formula that shows nothing, and may never have been calculated.
    BlankFormula,
    /// The cell holds a date or a time, shown as its format says.
    Date,
    /// The cell holds a date or a time, and how it is shown is not known.
    UnknownDate,
    /// A number that no format is for: what a person typed as digits.
    General,
    /// A number whose format puts spaces around it.
    Padded,
    /// The cell is merged into another, which alone holds a value.
    Merged(MergedRange),
    /// A number of more than 15 digits: the spreadsheet has already lost the rest.
    TooManyDigits,
    /// A number that is shown as a date, and is none.
    NotADate,
    /// A number that the spreadsheet shows with an exponent, and that is sent in full.
    Shortened,
    /// A number, and how it is shown is not known.
    NoFormat,
}

/// Why the cells of a row cannot be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFault {
    /// The row has another number of cells than the header.
    Columns {
        /// Cells of the row.
        found: usize,
        /// Cells of the header.
        expected: usize,
    },
    /// A cell shows something in a column that has no header.
    NoHeader {
        /// Column, from 0.
        column: usize,
    },
    /// Text stands behind the closing quotation mark of a cell.
    Quote {
        /// Column, from 0.
        column: usize,
    },
    /// A cell holds bytes that are not UTF-8; its column, from 0.
    Encoding {
        /// Column, from 0.
        column: usize,
    },
    /// A cell holds a NUL character; its column, from 0.
    Nul {
        /// Column, from 0.
        column: usize,
    },
}

/// The cells of one row: one text and where each cell of it ends.
#[derive(Clone, Debug, Default)]
pub struct Cells {
    pub(super) text: String,
    pub(super) ends: Vec<usize>,
    pub(super) marks: Vec<(usize, CellMark)>,
    pub(super) faults: Vec<RowFault>,
}

impl Cells {
    /// Makes the row empty, keeping its memory.
    pub fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.marks.clear();
        self.faults.clear();
    }

    /// Replaces all cells by those of a text, each of which ends at one of `ends`, in ascending order. Nothing is
    /// done, and `false` returned, if a cell would end within a character or beyond the text.
    pub fn fill(&mut self, text: &str, ends: &[usize]) -> bool {
        if !ends.iter().all(|end| text.is_char_boundary(*end)) {
            return false;
        }
        self.clear();
        self.text.push_str(&text[..ends.last().copied().unwrap_or(0)]);
        self.ends.extend_from_slice(ends);
        true
    }

    /// Appends a cell.
    pub fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    /// Appends blank cells until the row has `len` of them.
    pub fn pad(&mut self, len: usize) {
        if self.ends.len() < len {
            self.ends.resize(len, self.text.len());
        }
    }

    /// Marks the cell that was appended last.
    pub fn mark(&mut self, mark: CellMark) {
        if let Some(last) = self.ends.len().checked_sub(1) {
            self.marks.push((last, mark));
        }
    }

    /// Says that the cells cannot be trusted; of each kind the first fault is kept.
    pub fn add_fault(&mut self, fault: RowFault) {
        add_kind(&mut self.faults, 0, fault);
    }

    /// Why the cells cannot be trusted, if so.
    #[must_use]
    pub fn faults(&self) -> &[RowFault] {
        &self.faults
    }

    /// What the reader said of the cells, in their order.
    pub fn marks(&self) -> impl Iterator<Item = CellMark> {
        self.marks.iter().map(|(_, mark)| *mark)
    }

    /// Bytes of all texts.
    #[must_use]
    pub fn text_len(&self) -> usize {
        self.text.len()
    }

    /// The texts of all cells, one after another.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Number of cells.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no cell at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text of each cell.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        cells_of(&self.text, &self.ends, 0)
    }

    /// Whether the row shows nothing: every cell is empty or white space, or a formula filled down
    /// that gives nothing.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        let shows_nothing = |(_, mark): &(usize, CellMark)| *mark == CellMark::BlankFormula;
        self.text.chars().all(char::is_whitespace)
            && self.marks.iter().all(shows_nothing)
            && self.faults.is_empty()
    }
}

/// Adds a fault to those of a row, which begin at `start`, unless there is one of its kind.
pub(super) fn add_kind(faults: &mut Vec<RowFault>, start: usize, fault: RowFault) {
    let is_kind = |other: &RowFault| discriminant(other) == discriminant(&fault);
    if !faults[start..].iter().any(is_kind) {
        faults.push(fault);
    }
}

/// A text without the white space around it. Most have none: a look at both ends is enough.
#[must_use]
pub fn trimmed(text: &str) -> &str {
    let is_plain = |byte: Option<&u8>| byte.is_none_or(u8::is_ascii_graphic);
    let bytes = text.as_bytes();
    if is_plain(bytes.first()) && is_plain(bytes.last()) { text } else { text.trim() }
}

/// The cells of `text`, of which the first begins at `start`.
pub(super) fn cells_of<'a>(
    text: &'a str,
    ends: &'a [usize],
    start: usize,
) -> impl Iterator<Item = &'a str> {
    let mut from = start;
    ends.iter().map(move |end| {
        let cell = &text[from..*end];
        from = *end;
        cell
    })
}
