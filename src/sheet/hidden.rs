//! What a sheet does not show: rows that were hidden or filtered away, and hidden columns.
//!
//! calamine does not tell, so that the sheet's XML is looked through for it. A person who
//! filtered a sheet to two hundred rows must not send the twelve thousand behind them.
//! Source: ECMA-376 Part 1, 18.3.1.73 (`row`) and 18.3.1.13 (`col`).

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read};
use std::ops::RangeInclusive;

use memchr::memmem;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::xml::{XmlFault, attribute, has};

/// What the XML of a sheet holds of anything that is hidden.
const TRACE: &[u8] = b"hidden=";
/// Bytes that are looked through at once.
const BUFFER: usize = 64 * 1024;

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

/// What a sheet of an xlsx does not show.
pub(super) fn of_xlsx(file: &File, sheet: &str) -> Result<Hidden, XmlFault> {
    let mut archive = ZipArchive::new(BufReader::new(file))?;
    let Some(part) = part_of(&mut archive, sheet)? else { return Ok(Hidden::default()) };
    if !holds_trace(archive.by_name(&part)?)? {
        return Ok(Hidden::default());
    }
    let mut reader = Reader::from_reader(BufReader::new(archive.by_name(&part)?));
    reader.config_mut().expand_empty_elements = true;
    let mut hidden = Hidden::default();
    let mut number = 0;
    let mut is_hidden = false;
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer)? {
            Event::Start(element) => match element.local_name().as_ref() {
                "col" if is_true(&element)? => hidden.columns.extend(columns(&element)?),
                "row" => {
                    number = attribute(&element, "r")?
                        .and_then(|r| r.parse().ok())
                        .unwrap_or(number + 1);
                    is_hidden = is_true(&element)?;
                }
                "c" if std::mem::take(&mut is_hidden) => hidden.add_row(number),
                _ => {}
            },
            Event::Eof => return Ok(hidden),
            _ => {}
        }
    }
}

/// The part of the archive that holds a sheet, by way of the workbook's relationships.
fn part_of(
    archive: &mut ZipArchive<BufReader<&File>>,
    sheet: &str,
) -> Result<Option<String>, XmlFault> {
    let id = find(archive, "xl/workbook.xml", "sheet", ("name", sheet), "id")?;
    let Some(id) = id else { return Ok(None) };
    let target =
        find(archive, "xl/_rels/workbook.xml.rels", "Relationship", ("Id", &id), "Target")?;
    Ok(target.map(|target| match target.strip_prefix('/') {
        Some(absolute) => absolute.to_owned(),
        None => format!("xl/{target}"),
    }))
}

/// The attribute `wanted` of the element of that name whose attribute has that value.
pub(super) fn find(
    archive: &mut ZipArchive<BufReader<&File>>,
    part: &str,
    name: &str,
    (key, value): (&str, &str),
    wanted: &str,
) -> Result<Option<String>, XmlFault> {
    let mut reader = Reader::from_reader(BufReader::new(archive.by_name(part)?));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer)? {
            Event::Start(element) | Event::Empty(element)
                if element.local_name().as_ref() == name
                    && attribute(&element, key)?.as_deref() == Some(value) =>
            {
                return attribute(&element, wanted);
            }
            Event::Eof => return Ok(None),
            _ => {}
        }
    }
}

/// Whether anything can be hidden: nearly every sheet is done with by this look, which parses nothing.
fn holds_trace(part: impl Read) -> io::Result<bool> {
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
        if memmem::find(&window, TRACE).is_some() {
            return Ok(true);
        }
        let kept = window.len().min(TRACE.len() - 1);
        window.drain(..window.len() - kept);
    }
}

fn columns(element: &BytesStart<'_>) -> Result<Option<RangeInclusive<usize>>, XmlFault> {
    let number = |name| {
        Ok::<_, XmlFault>(attribute(element, name)?.and_then(|text| text.parse::<usize>().ok()))
    };
    Ok(match (number("min")?, number("max")?) {
        (Some(min @ 1..), Some(max)) => Some(min - 1..=max - 1),
        _ => None,
    })
}

fn is_true(element: &BytesStart<'_>) -> Result<bool, XmlFault> {
    Ok(has(element, "hidden", "1")? || has(element, "hidden", "true")?)
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
    fn a_trace_is_found_wherever_the_parts_are_cut() {
        let before = vec![b'x'; BUFFER - 3];
        assert!(holds_trace([before.as_slice(), TRACE].concat().as_slice()).expect("read"));
        assert!(!holds_trace(before.as_slice()).expect("read"));
    }
}
