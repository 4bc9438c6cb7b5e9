//! What calamine does not tell of a sheet of an xlsx in the pass that gives values and styles:
//! hidden rows and columns, merged cells, and formulas that were never calculated.
//!
//! A person who filtered a sheet to two hundred rows must not send the twelve thousand behind
//! them. Nearly every sheet is done with by a look for the traces of such things in its bytes;
//! only where there is one is the XML parsed.
//! Source: ECMA-376 Part 1, 18.3.1.73 (`row`), 18.3.1.13 (`col`), 18.3.1.55 (`mergeCell`), 18.3.1.40 (`f`),
//! 18.2.2 (`calcPr`), 18.3.1.79 (`sheetCalcPr`).

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::ops::RangeInclusive;

use memchr::memmem::Finder;
use quick_xml::events::{BytesStart, Event};

use super::bounded::Bounded;
use super::events::Events;
use super::package::{self, any_element, attribute_where, related_part};
use super::place::{cell_place, merged_range};
use super::xml::{attribute, is_true};
use super::{BookFault, too_many_things};
use crate::sheet::facts::SheetFacts;

/// What the XML of a sheet holds where there is something to be told of it: hidden rows or columns,
/// merged cells, and the end of a formula, with a namespace prefix or without.
const TRACES: [&[u8]; 4] = [b"hidden=", b"mergeCell ", b"</f>", b":f>"];
/// The length of the longest trace.
const LONGEST_TRACE: usize = 10;
/// Most formulas whose value is 0: the place of each is held until all cells are read.
const MOST_ZEROS: usize = 20_000_000;
/// Bytes that are looked through at once.
const BUFFER: usize = 64 * 1024;

/// What is to be told of a sheet.
pub(super) fn facts(file: &File, sheet: &str) -> Result<SheetFacts, BookFault> {
    let mut package = package::open(file)?;
    let workbook = "xl/workbook.xml";
    let id = attribute_where(&mut package, workbook, "sheet", ("name", sheet), "id")?;
    let id = id.ok_or("the sheet has no part")?;
    let part = related_part(&mut package, "xl/_rels/workbook.xml.rels", &id)?;
    let part = part.ok_or("the part of the sheet is missing")?;
    let content = package::part(&mut package, &part)?;
    let (size, packed_bytes) = (content.size(), content.compressed_size());
    if !holds_trace(Bounded::new(content, size))? {
        return Ok(SheetFacts { packed_bytes, ..SheetFacts::default() });
    }
    let calculates_on_load = any_element(&mut package, workbook, "calcPr", is_calculated_on_load)?;
    let mut events = Events::new(package::part(&mut package, &part)?);
    let mut look = Look { calculates_on_load, ..Look::default() };
    look.facts.packed_bytes = packed_bytes;
    loop {
        if look.facts.is_too_large() || look.zeros.len() > MOST_ZEROS {
            return Err(too_many_things());
        }
        match events.read()? {
            Event::Start(element) => look.begin(&element)?,
            Event::Text(text) => look.text(&text),
            Event::End(element) => look.end(element.local_name().as_ref()),
            Event::Eof => return look.found(),
            _ => {}
        }
    }
}

/// Whether there can be anything to tell: a look that parses nothing.
fn holds_trace(part: impl Read) -> io::Result<bool> {
    let finders = TRACES.map(Finder::new);
    let mut input = BufReader::with_capacity(BUFFER, part);
    let mut window = Vec::new();
    loop {
        let chunk = input.fill_buf()?;
        if chunk.is_empty() {
            return Ok(false);
        }
        let read = chunk.len();
        window.extend_from_slice(chunk);
        input.consume(read);
        if finders.iter().any(|trace| trace.find(&window).is_some()) {
            return Ok(true);
        }
        let kept = window.len().min(LONGEST_TRACE - 1);
        window.drain(..window.len() - kept);
    }
}

/// A sheet as far as it was looked through.
#[derive(Default)]
struct Look {
    facts: SheetFacts,
    /// Whether all formulas are to be calculated when the workbook is opened: scripts store 0 for them.
    calculates_on_load: bool,
    /// Cells with a formula whose value is 0; whether it was calculated is said after the last of them.
    zeros: Vec<(u32, u32)>,
    row: u32,
    column: u32,
    /// Whether the row is hidden and no value of it has been met yet.
    is_hidden: bool,
    cell: Cell,
    is_in_value: bool,
}

/// The cell that is being read.
#[derive(Default)]
struct Cell {
    has_formula: bool,
    /// Whether it is said what its value is: a truth, an error, a text.
    is_typed: bool,
    value: Value,
}

/// What is the value of a cell: a text may be blank, a number may not.
#[derive(Clone, Copy, Default)]
enum Value {
    #[default]
    Missing,
    /// The number 0 of a formula.
    Zero,
    Other,
}

impl Look {
    fn begin(&mut self, element: &BytesStart<'_>) -> Result<(), BookFault> {
        match element.local_name().as_ref() {
            "col" if is_true(element, "hidden")? => {
                if let Some(columns) = columns(element)? {
                    self.facts.hidden.add_columns(columns);
                }
            }
            "row" => {
                let number = attribute(element, "r")?.and_then(|number| number.parse::<u32>().ok());
                self.row = number.map_or(self.row, |number| number.saturating_sub(1));
                self.is_hidden = is_true(element, "hidden")?;
            }
            "c" => {
                if let Some((_, column)) = attribute(element, "r")?.as_deref().and_then(cell_place)
                {
                    self.column = column;
                }
                let kind = attribute(element, "t")?;
                let is_text = kind.as_deref() == Some("str");
                self.cell = Cell {
                    has_formula: false,
                    is_typed: kind.as_deref().is_some_and(|kind| kind != "n"),
                    value: if is_text { Value::Other } else { Value::Missing },
                };
            }
            "f" | "v" | "is" => {
                if std::mem::take(&mut self.is_hidden) {
                    self.facts.hidden.add_row(u64::from(self.row) + 1);
                }
                self.cell.has_formula |= element.local_name().as_ref() == "f";
                self.is_in_value = element.local_name().as_ref() != "f";
            }
            "mergeCell" => {
                let range = attribute(element, "ref")?;
                self.facts.merged.extend(range.as_deref().and_then(merged_range));
            }
            "sheetCalcPr" => self.calculates_on_load |= is_calculated_on_load(element)?,
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if self.is_in_value && !text.is_empty() {
            let may_be_zero = self.cell.has_formula && !self.cell.is_typed;
            let is_zero = may_be_zero && text.trim().parse() == Ok(0.0);
            self.cell.value = if is_zero { Value::Zero } else { Value::Other };
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "v" | "is" => self.is_in_value = false,
            "c" => {
                let place = (self.row, self.column);
                match self.cell.value {
                    Value::Missing if self.cell.has_formula => self.facts.uncalculated.push(place),
                    Value::Zero => self.zeros.push(place),
                    _ => {}
                }
                self.column = self.column.saturating_add(1);
            }
            "row" => {
                self.row = self.row.saturating_add(1);
                self.column = 0;
            }
            _ => {}
        }
    }

    /// What was found, after the last element.
    fn found(mut self) -> Result<SheetFacts, BookFault> {
        if self.calculates_on_load {
            self.facts.uncalculated.append(&mut self.zeros);
            self.facts.uncalculated.sort_unstable();
        }
        if self.facts.is_too_large() { Err(too_many_things()) } else { Ok(self.facts) }
    }
}

fn columns(element: &BytesStart<'_>) -> Result<Option<RangeInclusive<usize>>, BookFault> {
    let number = |name| {
        Ok::<_, BookFault>(attribute(element, name)?.and_then(|text| text.parse::<usize>().ok()))
    };
    Ok(match (number("min")?, number("max")?) {
        (Some(min @ 1..), Some(max @ 1..)) => Some(min - 1..=max - 1),
        _ => None,
    })
}

fn is_calculated_on_load(element: &BytesStart<'_>) -> Result<bool, BookFault> {
    is_true(element, "fullCalcOnLoad")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trace_is_found_wherever_the_parts_are_cut() {
        for trace in TRACES {
            assert!(trace.len() <= LONGEST_TRACE);
            let before = vec![b'x'; BUFFER - 2];
            assert!(holds_trace([before.as_slice(), trace].concat().as_slice()).expect("read"));
            assert!(!holds_trace(before.as_slice()).expect("read"));
        }
    }
}
