//! What a sheet of an ods does not show, and its merged cells.
//!
//! Source: `OpenDocument` 1.3 Part 3, 19.749 `table:visibility`, 19.677 and 19.679
//! `table:number-columns-spanned` and `table:number-rows-spanned`.

use std::fs::File;

use quick_xml::events::{BytesStart, Event};

use super::ods::{content, repeated};
use super::xml::attribute;
use super::{BookFault, package, too_many_things};
use crate::model::merged_range::MergedRange;
use crate::model::sheet_limits::MOST_ROWS;
use crate::sheet::facts::SheetFacts;

/// What is to be told of a sheet.
pub(super) fn facts(file: &File, sheet: &str) -> Result<SheetFacts, BookFault> {
    let mut package = package::open(file)?;
    let mut events = content(&mut package)?;
    let mut look = Look::default();
    let mut is_in_sheet = false;
    loop {
        if look.facts.is_too_large() {
            return Err(too_many_things());
        }
        match events.read()? {
            Event::Start(element) if element.local_name().as_ref() == "table" => {
                is_in_sheet = attribute(&element, "name")?.as_deref() == Some(sheet);
            }
            Event::Start(element) if is_in_sheet => look.begin(&element)?,
            Event::End(element) if is_in_sheet => match element.local_name().as_ref() {
                "table-row" => look.end_row(),
                "table" => return Ok(look.facts),
                _ => {}
            },
            Event::Eof => return Ok(look.facts),
            _ => {}
        }
    }
}

/// A sheet as far as it was looked through.
#[derive(Default)]
struct Look {
    facts: SheetFacts,
    /// Columns that were declared, counted from 0.
    declared: u64,
    /// The row that is being read, counted from 0, and how often it stands there.
    row: u64,
    repeats: u64,
    is_hidden: bool,
    has_text: bool,
    /// The column of the next cell, counted from 0.
    column: u64,
}

impl Look {
    fn begin(&mut self, element: &BytesStart<'_>) -> Result<(), BookFault> {
        match element.local_name().as_ref() {
            "table-column" => {
                let count = repeated(element, "number-columns-repeated")?;
                let first = self.declared;
                self.declared = self.declared.saturating_add(count);
                if is_hidden(element)? {
                    let last = usize::try_from(self.declared - 1)?;
                    self.facts.hidden.add_columns(usize::try_from(first)?..=last);
                }
            }
            "table-row" => {
                self.repeats = repeated(element, "number-rows-repeated")?;
                self.is_hidden = is_hidden(element)?;
                self.has_text = false;
                self.column = 0;
            }
            "table-cell" | "covered-table-cell" => {
                let (row, column) = (self.row, self.column);
                let rows = repeated(element, "number-rows-spanned")?;
                let columns = repeated(element, "number-columns-spanned")?;
                if rows > 1 || columns > 1 {
                    let span = |first: u64, count: u64| {
                        let last = first.saturating_add(count - 1);
                        Ok::<_, BookFault>((u32::try_from(first)?, u32::try_from(last)?))
                    };
                    let range = MergedRange::new(span(row, rows)?, span(column, columns)?);
                    self.facts.merged.extend(range);
                }
                self.has_text |= attribute(element, "value-type")?.is_some();
                let count = repeated(element, "number-columns-repeated")?;
                self.column = self.column.saturating_add(count);
            }
            "p" => self.has_text = true,
            _ => {}
        }
        Ok(())
    }

    /// Only rows with cells are told of: sheets often hide all rows below the last.
    fn end_row(&mut self) {
        let next = self.row.saturating_add(self.repeats);
        if self.is_hidden && self.has_text {
            for number in self.row..next.min(MOST_ROWS.into()) {
                self.facts.hidden.add_row(number + 1);
            }
        }
        self.row = next;
    }
}

/// Whether a row or a column was hidden, or filtered away.
fn is_hidden(element: &BytesStart<'_>) -> Result<bool, BookFault> {
    Ok(attribute(element, "visibility")?.is_some_and(|visibility| visibility != "visible"))
}
