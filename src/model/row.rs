//! Rows as a person sees them in the spreadsheet: the text of each cell, and where it stands.

use serde::{Deserialize, Serialize};

use super::cells::{CellMark, Cells, RowFault, add_kind, cells_of};

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Counts the non-blank data rows of the sheet, from 0.
    pub index: u64,
    /// The row number as Excel shows it, so the header of a plain file is row 1.
    pub number: u64,
}

/// Some rows, one after another, in one text: the unit in which rows are read and judged.
#[derive(Debug, Default)]
pub struct RowBatch {
    text: String,
    ends: Vec<usize>,
    heads: Vec<Head>,
    /// Row, column and mark, in the order of the rows and of their columns.
    marks: Vec<(usize, usize, CellMark)>,
    faults: Vec<RowFault>,
}

#[derive(Debug)]
struct Head {
    place: Place,
    text_start: usize,
    first_cell: usize,
    first_mark: usize,
    first_fault: usize,
}

impl RowBatch {
    /// An empty batch with room for rows like those of another.
    #[must_use]
    pub fn like(other: &Self) -> Self {
        let room = |len: usize| len + len / 8;
        Self {
            text: String::with_capacity(room(other.text.len())),
            ends: Vec::with_capacity(room(other.ends.len())),
            heads: Vec::with_capacity(other.heads.len()),
            marks: Vec::with_capacity(room(other.marks.len())),
            faults: Vec::new(),
        }
    }

    /// Appends a row; `faults` is what is wrong with it beside what the cells say themselves.
    pub fn push(
        &mut self,
        place: Place,
        cells: &Cells,
        faults: impl IntoIterator<Item = RowFault>,
    ) {
        let (text_start, row) = (self.text.len(), self.heads.len());
        let first_fault = self.faults.len();
        self.heads.push(Head {
            place,
            text_start,
            first_cell: self.ends.len(),
            first_mark: self.marks.len(),
            first_fault,
        });
        self.faults.extend_from_slice(&cells.faults);
        faults.into_iter().for_each(|fault| add_kind(&mut self.faults, first_fault, fault));
        self.text.push_str(&cells.text);
        self.ends.extend(cells.ends.iter().map(|end| text_start + end));
        self.marks.extend(cells.marks.iter().map(|(column, mark)| (row, *column, *mark)));
    }

    /// Marks a cell of the row that was appended last.
    pub fn mark_last(&mut self, column: usize, mark: CellMark) {
        if let Some(row) = self.heads.len().checked_sub(1) {
            let at = self.marks.partition_point(|(of, at, _)| (*of, *at) <= (row, column));
            self.marks.insert(at, (row, column, mark));
        }
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heads.len()
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heads.is_empty()
    }

    /// The texts of all cells of all rows, one after another.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Bytes of memory for texts, cells and marks, about.
    #[must_use]
    pub fn size(&self) -> usize {
        let mark = size_of::<(usize, usize, CellMark)>();
        self.text.len() + self.ends.len() * size_of::<usize>() + self.marks.len() * mark
    }

    /// The row at `position`, counted from 0 within the batch.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    pub fn row(&self, position: usize) -> Row<'_> {
        let head = &self.heads[position];
        let next = self.heads.get(position + 1);
        Row {
            place: head.place,
            text: &self.text,
            text_start: head.text_start,
            ends: &self.ends[head.first_cell..next.map_or(self.ends.len(), |n| n.first_cell)],
            marks: &self.marks[head.first_mark..next.map_or(self.marks.len(), |n| n.first_mark)],
            faults: &self.faults
                [head.first_fault..next.map_or(self.faults.len(), |n| n.first_fault)],
        }
    }

    /// The rows in order.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.len()).map(|position| self.row(position))
    }
}

/// One row of a batch.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Where it stands.
    pub place: Place,
    /// Why its cells cannot be trusted, if so.
    pub faults: &'a [RowFault],
    text: &'a str,
    text_start: usize,
    ends: &'a [usize],
    marks: &'a [(usize, usize, CellMark)],
}

impl<'a> Row<'a> {
    /// The text of the cell in `column`, counted from 0; blank beyond the last cell.
    #[must_use]
    pub fn cell(&self, column: usize) -> &'a str {
        let Some(end) = self.ends.get(column) else {
            return "";
        };
        let start = match column {
            0 => self.text_start,
            _ => self.ends[column - 1],
        };
        &self.text[start..*end]
    }

    /// The text of each cell.
    pub fn cells(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        cells_of(self.text, self.ends, self.text_start)
    }

    /// The texts of all cells, one after another.
    #[must_use]
    pub fn text(&self) -> &'a str {
        let end = self.ends.last().copied().unwrap_or(self.text_start);
        &self.text[self.text_start..end]
    }

    /// What the reader said of the cells, each with its column from 0.
    pub fn marks(&self) -> impl Iterator<Item = (usize, CellMark)> + use<'a> {
        self.marks.iter().map(|(_, column, mark)| (*column, *mark))
    }

    /// What the reader said of the cell in `column`.
    pub fn marks_of(&self, column: usize) -> impl Iterator<Item = CellMark> + use<'a> {
        let first = self.marks.partition_point(|(_, at, _)| *at < column);
        let marks = self.marks[first..].iter().take_while(move |(_, at, _)| *at == column);
        marks.map(|(_, _, mark)| *mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_gives_back_each_cell_and_mark() {
        let mut batch = RowBatch::default();
        let mut cells = Cells::default();
        for (number, texts) in [(2, ["a", "", "ü"]), (5, ["", "bb", ""])] {
            cells.clear();
            for text in texts {
                cells.push(text);
            }
            if number == 5 {
                cells.mark(CellMark::Error);
            }
            batch.push(Place { index: number - 2, number }, &cells, None);
        }
        let rows: Vec<Vec<_>> = batch.rows().map(|row| row.cells().collect()).collect();
        assert_eq!(rows, [vec!["a", "", "ü"], vec!["", "bb", ""]]);
        assert_eq!(batch.row(1).cell(1), "bb");
        assert_eq!(batch.row(1).cell(9), "");
        assert_eq!(batch.row(1).marks_of(2).collect::<Vec<_>>(), [CellMark::Error]);
        assert_eq!(batch.row(0).marks().count(), 0);
        batch.mark_last(0, CellMark::Date);
        let marks: Vec<_> = batch.row(1).marks().collect();
        assert_eq!(marks, [(0, CellMark::Date), (2, CellMark::Error)]);
        assert_eq!(batch.row(1).marks_of(0).collect::<Vec<_>>(), [CellMark::Date]);
        assert_eq!(batch.row(1).marks_of(1).count(), 0);
    }
}
