//! What a sheet holds beside the texts of its cells: what it does not show, which cells are
//! merged, and which formulas were never calculated.

use std::ops::RangeInclusive;

use crate::model::counted::counted_are;
use crate::model::merged_range::MergedRange;

/// Ranges of rows that are named.
const MOST_RANGES: usize = 5;

/// What a sheet holds beside the texts of its cells.
#[derive(Clone, Debug, Default)]
pub struct SheetFacts {
    /// What it does not show.
    pub hidden: Hidden,
    /// Its merged cells.
    pub merged: Vec<MergedRange>,
    /// Cells with a formula and no value, by row and column from 0, in the order of the sheet.
    pub(super) uncalculated: Vec<(u32, u32)>,
    /// Cells of an xls with a formula whose value is a blank text, which cannot be told from a formula
    /// that was never calculated; by row and column from 0, in the order of the sheet.
    pub(super) blank_formulas: Vec<(u32, u32)>,
    /// Bytes that its rows take in the file, packed; 0 where that is not known.
    pub(super) packed_bytes: u64,
}

/// Most cells and ranges of which something is to be told: each takes two dozen bytes at most.
const MOST_THINGS: usize = 4_000_000;

impl SheetFacts {
    /// Whether there is more to tell than any sheet needs.
    pub(super) fn is_too_large(&self) -> bool {
        let cells = self.merged.len() + self.uncalculated.len() + self.blank_formulas.len();
        cells + self.hidden.rows.len() + self.hidden.columns.len() > MOST_THINGS
    }

    /// Whether the cell holds a formula whose value is not known; row and column from 0.
    pub(super) fn is_uncalculated(&self, cell: (u32, u32)) -> bool {
        self.uncalculated.binary_search(&cell).is_ok()
    }

    /// Whether the cell holds a formula that shows nothing, and may not have been calculated.
    pub(super) fn is_blank_formula(&self, cell: (u32, u32)) -> bool {
        self.blank_formulas.binary_search(&cell).is_ok()
    }

    /// The merged ranges that take in a column, in their order. Of two that overlap, as only damaged
    /// files have them, the first is kept.
    pub(super) fn merged_in(&self, column: usize) -> MergedColumn {
        let mut ranges: Vec<MergedRange> =
            self.merged.iter().copied().filter(|range| range.has_column(column)).collect();
        ranges.sort_by_key(MergedRange::rows);
        ranges.dedup_by(|next, kept| next.rows().0 <= kept.rows().1);
        MergedColumn { column, ranges }
    }
}

/// The merged ranges of one column.
#[derive(Debug)]
pub(super) struct MergedColumn {
    /// The column, counted from 0.
    pub(super) column: usize,
    ranges: Vec<MergedRange>,
}

impl MergedColumn {
    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// The range in which the cell of a row, numbered as Excel does, is one of those that cannot hold
    /// a value.
    pub(super) fn swallowing(&self, row: u64) -> Option<MergedRange> {
        let next = self.ranges.partition_point(|range| range.rows().0 <= row);
        let range = self.ranges[..next].last()?;
        range.swallows(row, self.column).then_some(*range)
    }
}

/// What a sheet does not show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hidden {
    /// Rows with cells, numbered as Excel does, in order.
    rows: Vec<RangeInclusive<u64>>,
    /// Columns, counted from 0.
    columns: Vec<RangeInclusive<usize>>,
}

impl Hidden {
    /// Whether a row is not shown.
    #[must_use]
    pub fn has_row(&self, number: u64) -> bool {
        let next = self.rows.partition_point(|range| *range.end() < number);
        self.rows.get(next).is_some_and(|range| range.contains(&number))
    }

    /// Whether a column, counted from 0, is not shown.
    #[must_use]
    pub fn has_column(&self, column: usize) -> bool {
        self.columns.iter().any(|range| range.contains(&column))
    }

    /// The rows below this one that are not shown.
    pub(super) fn rows_below(&self, header: u64) -> impl Iterator<Item = RangeInclusive<u64>> {
        let below = move |range: &RangeInclusive<u64>| *range.end() > header;
        self.rows
            .iter()
            .filter(move |range| below(range))
            .map(move |range| *range.start().max(&(header + 1))..=*range.end())
    }

    /// What is said of a sheet that does not show all of its rows below the header.
    pub(super) fn told(&self, header: u64) -> Option<String> {
        let ranges: Vec<_> = self.rows_below(header).collect();
        let rows: u64 = ranges.iter().map(|range| range.end() - range.start() + 1).sum();
        let named =
            ranges.iter().take(MOST_RANGES).map(|range| match range.end() - range.start() {
                0 => range.start().to_string(),
                _ => format!("{}-{}", range.start(), range.end()),
            });
        let named = named.collect::<Vec<_>>().join(", ");
        let more = if ranges.len() > MOST_RANGES { ", …" } else { "" };
        let rows_are = counted_are(rows, "row");
        (rows > 0).then(|| {
            format!(
                "{rows_are} hidden or filtered away ({named}{more}); give --skip-hidden to leave \
                 them out, or --include-hidden to send them too"
            )
        })
    }

    /// Adds columns, counted from 0.
    pub(super) fn add_columns(&mut self, columns: RangeInclusive<usize>) {
        self.columns.push(columns);
    }

    /// Adds a row, numbered as Excel does; rows come in their order.
    pub(super) fn add_row(&mut self, number: u64) {
        match self.rows.last_mut() {
            Some(last) if *last.end() + 1 == number => *last = *last.start()..=number,
            _ => self.rows.push(number..=number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_found_in_their_ranges() {
        let mut hidden = Hidden::default();
        for number in [1, 4, 5, 6, 9] {
            hidden.add_row(number);
        }
        let found: Vec<u64> = (1..12).filter(|number| hidden.has_row(*number)).collect();
        assert_eq!(found, [1, 4, 5, 6, 9]);
        assert_eq!(hidden.rows_below(4).collect::<Vec<_>>(), [5..=6, 9..=9]);
    }

    #[test]
    fn only_the_first_cell_of_a_merged_range_holds_a_value() {
        let range = |rows| MergedRange::new(rows, (1, 1)).expect("a range");
        let (first, last) = (range((2, 4)), range((7, 8)));
        let merged = vec![last, range((3, 6)), first];
        let facts = SheetFacts { merged, ..SheetFacts::default() };
        let column = facts.merged_in(1);
        let found: Vec<_> = (2..10).map(|row| column.swallowing(row)).collect();
        let (first, last) = (Some(first), Some(last));
        assert_eq!(found, [None, None, first, first, None, None, None, last]);
        assert_eq!(facts.merged_in(2).swallowing(4), None);
        assert_eq!(range((2, 4)).to_string(), "B3:B5");
    }
}
