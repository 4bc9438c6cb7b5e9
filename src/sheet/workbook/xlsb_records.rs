//! The records of an xlsb that calamine does not tell of: number formats, hidden rows and columns,
//! merged cells.
//!
//! The few records that hold them are read here; the values stay calamine's. Only cells whose
//! format is not General are remembered, twelve bytes each.
//! Source: [MS-XLSB], 2.1.4 "Record" and 2.4 "Records".

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufReader, Read};

use super::little_endian::{u16_at, u32_at, utf16};
use super::package::{self, related_part};
use super::{BookFault, too_many_things};
use crate::model::merged_range::MergedRange;
use crate::model::sheet_limits::MOST_ROWS;
use crate::sheet::facts::SheetFacts;
use crate::sheet::shown::Format;

const ROW_HEADER: u16 = 0;
const CELL_RK: u16 = 2;
const CELL_REAL: u16 = 5;
const CELL_TEXT: u16 = 6;
const CELL_SHARED_TEXT: u16 = 7;
const FORMULA_TEXT: u16 = 8;
const FORMULA_NUMBER: u16 = 9;
const FORMULA_ERROR: u16 = 11;
const FORMAT: u16 = 44;
const XF: u16 = 47;
const COL_INFO: u16 = 60;
const MERGED: u16 = 176;
const WORKBOOK_PROPERTIES: u16 = 153;
const BUNDLE_SHEET: u16 = 156;
const BEGIN_CELL_XFS: u16 = 617;
const END_CELL_XFS: u16 = 618;
/// The part that names the sheets.
const WORKBOOK: &str = "xl/workbook.bin";
/// The part that holds the styles of cells.
const STYLES: &str = "xl/styles.bin";
/// Bytes of one record: the longest text that a cell can hold takes a tenth of it.
const MOST_BYTES: usize = 1 << 20;
/// Most cells that are remembered, which takes a quarter of a gigabyte.
const MOST_CELLS: usize = 20_000_000;

/// What calamine does not tell of one sheet of an xlsb.
#[derive(Debug, Default)]
pub(super) struct XlsbRecords {
    formats: Vec<Format>,
    /// Row and column from 0, and the position of the format, in the order of the sheet.
    cells: Vec<(u32, u32, u32)>,
    /// What the sheet holds beside its cells.
    pub(super) facts: SheetFacts,
}

impl XlsbRecords {
    /// The records of a sheet.
    ///
    /// # Errors
    /// The archive cannot be read.
    pub(super) fn of(file: &File, sheet: &str) -> Result<Self, BookFault> {
        let mut archive = package::open(file)?;
        let book = Book::read(package::part(&mut archive, WORKBOOK)?)?;
        let id = book.sheets.get(sheet).ok_or("the sheet has no part")?;
        let part = related_part(&mut archive, "xl/_rels/workbook.bin.rels", id)?;
        let part = part.ok_or("the part of the sheet is missing")?;
        let formats = if package::has_part(&archive, STYLES) {
            formats(package::part(&mut archive, STYLES)?, book.is_1904)?
        } else {
            Vec::new()
        };
        let mut found = Self { formats, ..Self::default() };
        found.read_sheet(package::part(&mut archive, &part)?)?;
        if found.cells.len() > MOST_CELLS || found.facts.is_too_large() {
            return Err(too_many_things());
        }
        Ok(found)
    }

    /// The format of a cell, by row and column from 0.
    pub(super) fn format(&self, place: (u32, u32)) -> &Format {
        let found = self.cells.binary_search_by_key(&place, |(row, column, _)| (*row, *column));
        let position = found.map(|found| self.cells[found].2 as usize).ok();
        position.and_then(|position| self.formats.get(position)).unwrap_or(&Format::General)
    }

    fn read_sheet(&mut self, part: impl Read) -> io::Result<()> {
        let (mut row, mut is_hidden) = (0, false);
        each_record(part, |id, data| {
            // All records of cells but that of a blank one.
            if (CELL_RK..=FORMULA_ERROR).contains(&id) && std::mem::take(&mut is_hidden) {
                self.facts.hidden.add_row(u64::from(row) + 1);
            }
            match id {
                ROW_HEADER => {
                    row = u32_at(data, 0).unwrap_or(row).min(MOST_ROWS);
                    is_hidden = data.get(11).is_some_and(|flags| flags & 0x10 != 0);
                }
                CELL_RK | CELL_REAL | FORMULA_NUMBER | CELL_TEXT | CELL_SHARED_TEXT
                | FORMULA_TEXT => {
                    // The style takes three bytes; the fourth is of no interest.
                    if let (Some(column), Some(style)) = (u32_at(data, 0), u32_at(data, 4)) {
                        self.add(row, column, style & 0x00FF_FFFF);
                    }
                }
                MERGED if !self.facts.is_too_large() => self.facts.merged.extend(merged(data)),
                COL_INFO if data.get(16).is_some_and(|flags| flags & 1 != 0) => {
                    if let (Some(first), Some(last)) = (u32_at(data, 0), u32_at(data, 4)) {
                        self.facts.hidden.add_columns(first as usize..=last as usize);
                    }
                }
                _ => {}
            }
        })
    }

    fn add(&mut self, row: u32, column: u32, style: u32) {
        let is_coded = matches!(self.formats.get(style as usize), Some(Format::Coded(_)));
        let is_next = self.cells.last().is_none_or(|(before_row, before_column, _)| {
            (*before_row, *before_column) < (row, column)
        });
        if is_coded && is_next && self.cells.len() <= MOST_CELLS {
            self.cells.push((row, column, style));
        }
    }
}

/// Refuses a workbook that claims a record longer than any can be, for which its reader would make room
/// at once. A sheet is looked through before it is read.
pub(super) fn check(file: &File) -> Result<(), BookFault> {
    let mut archive = package::open(file)?;
    for part in [WORKBOOK, STYLES] {
        if package::has_part(&archive, part) {
            each_record(package::part(&mut archive, part)?, |_, _| {})?;
        }
    }
    Ok(())
}

/// A merged range, by its first and last row, and its first and last column ([MS-XLSB] 2.4.680).
fn merged(data: &[u8]) -> Option<MergedRange> {
    let number = |at| u32_at(data, at);
    MergedRange::new((number(0)?, number(4)?), (number(8)?, number(12)?))
}

/// What the workbook part says.
#[derive(Default)]
struct Book {
    /// Name of a sheet, and the identifier of the relationship to its part.
    sheets: HashMap<String, String>,
    is_1904: bool,
}

impl Book {
    fn read(part: impl Read) -> io::Result<Self> {
        let mut book = Self::default();
        each_record(part, |id, data| match id {
            WORKBOOK_PROPERTIES => book.is_1904 = data.first().is_some_and(|flags| flags & 1 != 0),
            BUNDLE_SHEET => {
                if let Some((relation, rest)) = data.get(8..).and_then(text)
                    && let Some((name, _)) = text(rest)
                {
                    book.sheets.insert(name, relation);
                }
            }
            _ => {}
        })?;
        Ok(book)
    }
}

/// The format of each style of a cell.
fn formats(part: impl Read, is_1904: bool) -> io::Result<Vec<Format>> {
    let mut codes: HashMap<u16, String> = HashMap::new();
    let mut ids = Vec::new();
    let mut is_of_cells = false;
    each_record(part, |id, data| match id {
        FORMAT => {
            if let (Some(id), Some((code, _))) = (u16_at(data, 0), data.get(2..).and_then(text)) {
                codes.insert(id, code);
            }
        }
        BEGIN_CELL_XFS => is_of_cells = true,
        END_CELL_XFS => is_of_cells = false,
        XF if is_of_cells => ids.push(u16_at(data, 2).unwrap_or(0)),
        _ => {}
    })?;
    let format = |id: &u16| {
        let code = codes.get(id).map(String::as_str).unwrap_or_default();
        Format::of(Some(u32::from(*id)), code, is_1904)
    };
    Ok(ids.iter().map(format).collect())
}

/// Hands on each record: identifier and data.
pub(super) fn each_record(part: impl Read, mut take: impl FnMut(u16, &[u8])) -> io::Result<()> {
    let mut input = BufReader::new(part);
    let mut data = Vec::new();
    while let Some(id) = variable(&mut input, 2)? {
        let Some(length) = variable(&mut input, 4)? else { return Ok(()) };
        if length > MOST_BYTES {
            return Err(io::Error::other("a record is longer than any cell can be"));
        }
        data.resize(length, 0);
        input.read_exact(&mut data)?;
        take(joined(id), &data);
    }
    Ok(())
}

/// A number of up to `most` bytes, of which each holds seven bits and says whether another follows.
fn variable(input: &mut impl Read, most: u32) -> io::Result<Option<usize>> {
    let mut number = 0;
    for position in 0..most {
        let mut byte = [0];
        if input.read(&mut byte)? == 0 {
            return Ok(None);
        }
        number |= usize::from(byte[0] & 0x7F) << (7 * position);
        if byte[0] & 0x80 == 0 {
            break;
        }
    }
    Ok(Some(number))
}

/// An identifier takes at most fourteen bits.
fn joined(id: usize) -> u16 {
    u16::try_from(id).unwrap_or(u16::MAX)
}

/// A text after its length in characters, and what follows it ([MS-XLSB] 2.5.168).
fn text(data: &[u8]) -> Option<(String, &[u8])> {
    let length = usize::try_from(u32_at(data, 0)?).ok()?.checked_mul(2)?;
    let bytes = data.get(4..)?.get(..length)?;
    Some((utf16(bytes), &data[4 + length..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_row_counts_only_with_a_cell_that_holds_something() {
        let row = |row: u8, flags: u8| [&[0, 12, row, 0, 0, 0][..], &[0; 7], &[flags]].concat();
        let cell = |id: u8| [&[id, 9][..], &[0; 9]].concat();
        let (blank, truth) = (1, 4);
        let stream = [
            [row(1, 0x10), row(2, 0x10), cell(blank)].concat(),
            [row(3, 0x10), cell(blank), cell(truth), cell(truth)].concat(),
            [row(4, 0), cell(truth)].concat(),
        ];
        let mut read = XlsbRecords::default();
        read.read_sheet(stream.concat().as_slice()).expect("read");
        let hidden = (1..=6).filter(|number| read.facts.hidden.has_row(*number));
        assert_eq!(hidden.collect::<Vec<_>>(), [4]);
    }

    #[test]
    fn records_that_are_cut_anywhere_are_no_crash() {
        // A format, then the styles of cells with it, by identifier, length and data.
        let stream = [
            &[44, 10, 164, 0, 2, 0, 0, 0, b'0', 0, b'0', 0][..],
            &[0xE9, 0x04, 0],
            &[47, 4, 0, 0, 164, 0],
        ]
        .concat();
        let read = formats(stream.as_slice(), false).expect("read");
        assert_eq!(read[0].number(7.0).0, "07");
        for end in 0..stream.len() {
            let _ = formats(&stream[..end], false);
            let _ = Book::read(&stream[..end]);
            let _ = XlsbRecords::default().read_sheet(&stream[..end]);
        }
    }
}
