//! A sheet whose header row is settled: data rows in batches.

use std::ops::ControlFlow;

use super::facts::{MergedColumn, SheetFacts};
use super::fault::SheetFault;
use super::header;
use super::header_search::{HeaderSearch, elsewhere, headers_of};
use super::lock_file;
use super::origin::Origin;
use super::source::Source;
use crate::model::cells::{CellMark, Cells, RowFault};
use crate::model::flags;
use crate::model::mapping::{HiddenRows, Layout, LeftOut, Mapping, SheetChoice};
use crate::model::record::RecordType;
use crate::model::row::{Place, RowBatch};

/// Most rows of a batch.
const BATCH_ROWS: usize = 512;
/// Bytes of memory after which a batch is full.
const BATCH_BYTES: usize = 1 << 20;

/// A source of rows with a settled header.
#[derive(Debug)]
pub struct Table {
    source: Source,
    sheet: Option<String>,
    origin: Origin,
    header_row: u64,
    layout: Layout,
    /// Whether a column without a header stands among those with one.
    has_headless: bool,
    facts: SheetFacts,
    /// The merged cells of each key column that has any.
    merged_keys: Vec<MergedColumn>,
    skips_hidden: bool,
}

impl Table {
    /// Finds the header row (the one that was chosen, or the first that names the keys) and settles it.
    ///
    /// # Errors
    /// A file without a header, or a header with faults.
    pub fn open(
        source: Source,
        choice: &SheetChoice,
        mapping: &Mapping,
        record: &'static RecordType,
    ) -> Result<Self, SheetFault> {
        let mut search = HeaderSearch::new(choice.header_row, mapping, record);
        let origin = source
            .rows(choice.sheet.as_deref(), &mut |number, cells| search.look(number, cells))?;
        let told =
            |text: String| SheetFault::new(source.name(), text).in_sheet(origin.sheet.as_deref());
        let (header_row, headers) = search
            .found()
            .map_err(|text| told(text + &elsewhere(&source, &origin, mapping, record)))?;
        let layout = header::settle(&headers, mapping, record)
            .map_err(|text| told(text).at_row(header_row))?;
        let facts = source.facts();
        if choice.hidden_rows.is_none()
            && let Some(text) = facts.hidden.told(header_row)
        {
            return Err(told(text));
        }
        let skips_hidden = choice.hidden_rows == Some(HiddenRows::Skip);
        let sheet = origin.sheet.clone();
        let merged_keys = layout.keys.iter().map(|(column, _)| facts.merged_in(*column));
        let merged_keys = merged_keys.filter(|merged| !merged.is_empty()).collect();
        let has_headless = layout.left_out().any(|(_, reason)| reason == LeftOut::Blank);
        Ok(Self {
            source,
            sheet,
            origin,
            header_row,
            layout,
            has_headless,
            facts,
            merged_keys,
            skips_hidden,
        })
    }

    /// The file as the person named it.
    #[must_use]
    pub fn name(&self) -> &str {
        self.source.name()
    }

    /// Which sheet is read.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The number of the header row, as Excel counts.
    #[must_use]
    pub fn header_row(&self) -> u64 {
        self.header_row
    }

    /// The encoding of a text that is not UTF-8: it was named, or guessed.
    #[must_use]
    pub fn encoding(&self) -> Option<String> {
        self.source.encoding()
    }

    /// The file beside this one that shows that another program has it open, and may hold edits that
    /// were not saved.
    #[must_use]
    pub fn lock_file(&self) -> Option<String> {
        lock_file::beside(self.source.path())
    }

    /// What each column sets.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The number of rows that are left out because the sheet does not show them.
    #[must_use]
    pub fn skipped_rows(&self) -> u64 {
        let rows = self
            .facts
            .hidden
            .rows_below(self.header_row)
            .map(|range| range.end() - range.start() + 1);
        if self.skips_hidden { rows.sum() } else { 0 }
    }

    /// The headers of columns that the sheet does not show; they are read all the same.
    pub fn hidden_columns(&self) -> impl Iterator<Item = &str> {
        let columns = self.layout.columns.iter().enumerate();
        let hidden = columns.filter(|(position, column)| {
            column.sets.is_ok() && self.facts.hidden.has_column(*position)
        });
        hidden.map(|(_, column)| column.header.as_str())
    }

    /// Reads all data rows that are not blank, from the first.
    ///
    /// # Errors
    /// A file that cannot be read, or whose header is no longer what it was.
    pub fn read(
        &self,
        take: &mut dyn FnMut(RowBatch) -> ControlFlow<()>,
    ) -> Result<(), SheetFault> {
        let mut batch = RowBatch::default();
        let mut index = 0;
        let mut header_seen = false;
        self.source.rows(self.sheet.as_deref(), &mut |number, cells| {
            if number <= self.header_row {
                header_seen |= number == self.header_row && self.is_header(cells);
                return ControlFlow::Continue(());
            }
            if !header_seen {
                return ControlFlow::Break(());
            }
            if cells.is_blank() || self.skips_hidden && self.facts.hidden.has_row(number) {
                return ControlFlow::Continue(());
            }
            let faults = self.fault_of(cells).into_iter().chain(quote_fault(cells));
            batch.push(Place { index, number }, cells, faults);
            self.mark_merged_keys(&mut batch, number);
            index += 1;
            if batch.len() < BATCH_ROWS && batch.size() < BATCH_BYTES {
                return ControlFlow::Continue(());
            }
            let next = RowBatch::like(&batch);
            take(std::mem::replace(&mut batch, next))
        })?;
        if !header_seen {
            return Err(self.changed());
        }
        if !batch.is_empty() {
            let _ = take(batch);
        }
        Ok(())
    }

    /// How many rows the file may have if all are as long as those of this batch; 0 where that cannot
    /// be told.
    #[must_use]
    pub fn rows_like(&self, batch: &RowBatch) -> usize {
        let delimiters = batch.len() * self.layout.columns.len();
        let length = (batch.text().len() + delimiters).max(1) as u64;
        let rows = self.source.text_length() * batch.len() as u64 / length;
        usize::try_from(rows).unwrap_or(0)
    }

    /// The part of the file that the present read has taken, from 0 to 1, where that can be told.
    #[must_use]
    pub fn part_read(&self) -> Option<f64> {
        let length = self.source.text_length().max(self.facts.packed_bytes);
        self.source.position.part_of(length)
    }

    /// The fault of a file that is not what it was at an earlier read.
    #[must_use]
    pub fn changed(&self) -> SheetFault {
        let text =
            "was changed while it was being read; run again with a file that nobody is changing";
        SheetFault::new(self.name(), text).in_sheet(self.sheet.as_deref())
    }

    /// The key that a person sees stands in the cell that this one is merged into.
    fn mark_merged_keys(&self, batch: &mut RowBatch, number: u64) {
        for merged in &self.merged_keys {
            let Some(range) = merged.swallowing(number) else { continue };
            batch.mark_last(merged.column, CellMark::Merged(range));
        }
    }

    fn is_header(&self, cells: &Cells) -> bool {
        headers_of(cells).iter().eq(self.layout.columns.iter().map(|column| &column.header))
    }

    fn fault_of(&self, cells: &Cells) -> Option<RowFault> {
        let expected = self.layout.columns.len();
        let found = cells.len();
        if self.source.has_ragged_rows() && found != expected {
            // In rejects, a row that was too short is filled up, and the cell behind it tells by how much.
            let missing = cells.iter().nth(expected).and_then(flags::missing_cells);
            let found = missing.map_or(found, |missing| expected.saturating_sub(missing));
            return Some(RowFault::Columns { found, expected });
        }
        let is_headless = |column: usize| {
            self.layout.columns.get(column).is_none_or(|column| column.sets == Err(LeftOut::Blank))
        };
        if found <= expected && !self.has_headless {
            return None;
        }
        let mut shown = cells.iter().enumerate().filter(|(_, text)| !text.trim().is_empty());
        shown
            .find(|(column, _)| is_headless(*column))
            .map(|(column, _)| RowFault::NoHeader { column })
    }
}

/// In rejects, the cell with a quotation mark that is missing or too many says so, whether its column sets a field or
/// not: rows may stand in it.
fn quote_fault(cells: &Cells) -> Option<RowFault> {
    memchr::memchr(b'#', cells.text().as_bytes())?;
    let column = cells.iter().position(|text| flags::quoted_text(text).is_some())?;
    Some(RowFault::Quote { column })
}
