//! Whether an xls is as large as it claims, and not larger than can be held.
//!
//! calamine loads all sheets of an xls at once: it makes room for every cell up to the last one, so
//! that one cell in the far corner of an empty sheet takes a gigabyte, and copies a shared text
//! for every cell that names it.

use std::fs::File;
use std::io::{Cursor, Read as _, Seek as _, Write as _};

use super::little_endian::{u16_at, u32_at};
use super::xls_records::{BOF, BOUND_SHEET, CELLS, EOF, LABEL_SST, MUL_RK, place_of, records};
use super::xls_texts;
use super::{BookFault, Refused, protected};

/// The streams that hold the workbook, of Excel 97 and later, and before.
const STREAMS: [&str; 2] = ["/Workbook", "/Book"];
/// What stands before all that is encrypted ([MS-XLS] 2.4.117).
const FILE_PASS: u16 = 0x002F;
/// What a sheet says of its size.
const DIMENSIONS: u16 = 0x0200;
/// Rows and columns of a sheet.
const MOST_ROWS: u32 = 65_536;
const MOST_COLUMNS: u32 = 256;
/// Most bytes of the file: it is held twice.
const MOST_BYTES: u64 = 48 << 20;
/// Most cells for which room is made in all sheets: each takes a hundred bytes.
const MOST_ROOM: u64 = 3_000_000;
/// Most bytes of all copies of the shared texts.
const MOST_TEXT: u64 = 64 << 20;
/// Room for so many cells is harmless.
const HARMLESS: u64 = 2_000_000;
/// One record at least stands for so many cells of a larger sheet.
const MOST_SPARSE: u64 = 256;

/// The workbook alone, in a compound file of its own: calamine looks for it by its name, and would find
/// one that stands in no folder, which was not looked at.
///
/// Refuses a workbook that has a sheet with next to nothing in a great deal of room, or more than can be held.
pub(super) fn checked(file: &File) -> Result<Cursor<Vec<u8>>, BookFault> {
    if file.metadata()?.len() > MOST_BYTES {
        return Err(too_large(&format!("is larger than {} MB", MOST_BYTES >> 20)));
    }
    let mut compound = cfb::CompoundFile::open(file)?;
    let name = STREAMS.into_iter().find(|name| compound.is_stream(name));
    let name = name.ok_or("it holds no workbook")?;
    let mut stream = Vec::new();
    compound.open_stream(name)?.read_to_end(&mut stream)?;
    if records(&stream).take_while(|(id, _)| *id != EOF).any(|(id, _)| id == FILE_PASS) {
        return Err(protected());
    }
    Extent::of(&stream)?.check()?;
    let empty = Cursor::new(Vec::new());
    let mut alone = cfb::CompoundFile::create_with_version(cfb::Version::V3, empty)?;
    alone.create_stream(name)?.write_all(&stream)?;
    alone.flush()?;
    let mut alone = alone.into_inner();
    alone.rewind()?;
    Ok(alone)
}

fn too_large(what: &str) -> BookFault {
    Refused(format!("an .xls file that {what} is not read; save the sheet as .xlsx or CSV")).into()
}

/// What all sheets together claim.
#[derive(Debug, Default, PartialEq, Eq)]
struct Extent {
    /// Records with cells.
    found: u64,
    /// Cells up to the last one of each sheet.
    room: u64,
    /// Bytes of the texts that cells name.
    text: u64,
}

impl Extent {
    fn of(stream: &[u8]) -> Result<Self, BookFault> {
        let texts = xls_texts::lengths(stream);
        let globals = records(stream).take_while(|(id, _)| *id != EOF);
        let mut starts: Vec<usize> = globals
            .filter(|(id, _)| *id == BOUND_SHEET)
            .filter_map(|(_, data)| usize::try_from(u32_at(data, 0)?).ok())
            .collect();
        starts.sort_unstable();
        let mut extent = Self::default();
        for (position, start) in starts.iter().enumerate() {
            let next = starts.get(position + 1).copied().unwrap_or(usize::MAX);
            let sheet = stream.get(*start..).ok_or("a sheet begins beyond its end")?;
            let length = extent.add(sheet, &texts)?;
            if start.saturating_add(length) > next {
                return Err("two of its sheets stand in the same place".into());
            }
        }
        Ok(extent)
    }

    /// Adds a sheet, up to its end, and gives its length.
    fn add(&mut self, sheet: &[u8], texts: &[u32]) -> Result<usize, BookFault> {
        let (mut length, mut depth) = (0, 0);
        let (mut rows, mut columns) = (0, 0);
        for (id, data) in records(sheet) {
            length += 4 + data.len();
            match id {
                BOF => depth += 1,
                EOF if depth <= 1 => break,
                EOF => depth -= 1,
                DIMENSIONS if !is_possible(data) => {
                    return Err("it says that a sheet is larger than any can be".into());
                }
                id if CELLS.contains(&id) => {
                    let Some((row, column)) = place_of(data) else { continue };
                    // The last column of several numbers side by side stands at the end.
                    let end = u16_at(data, data.len().saturating_sub(2));
                    let end = end.filter(|_| id == MUL_RK).map_or(column, u32::from);
                    if id == LABEL_SST {
                        let text = u32_at(data, 6).and_then(|text| texts.get(text as usize));
                        self.text += text.copied().map_or(0, u64::from);
                    }
                    self.found += 1;
                    rows = rows.max(row + 1);
                    columns = columns.max(column.max(end) + 1);
                }
                _ => {}
            }
        }
        if columns > MOST_COLUMNS {
            return Err(format!("it has more than {MOST_COLUMNS} columns").into());
        }
        self.room += u64::from(rows) * u64::from(columns);
        Ok(length)
    }

    fn check(&self) -> Result<(), BookFault> {
        if self.room > HARMLESS && self.room / self.found.max(1) > MOST_SPARSE {
            return Err("its cells are spread over far more room than they fill".into());
        }
        if self.room > MOST_ROOM {
            return Err(too_large(&format!("has room for more than {MOST_ROOM} cells")));
        }
        if self.text > MOST_TEXT {
            return Err(too_large(&format!("has texts of more than {} MB", MOST_TEXT >> 20)));
        }
        Ok(())
    }
}

/// Whether a sheet can have the size that it says ([MS-XLS] 2.4.90): room is made for it at once.
fn is_possible(data: &[u8]) -> bool {
    let (first, last, column) = if data.len() == 10 {
        let row = |at| u16_at(data, at).map(u32::from);
        (row(0), row(2), u16_at(data, 6))
    } else {
        (u32_at(data, 0), u32_at(data, 4), u16_at(data, 10))
    };
    match (first, last, column) {
        (Some(first), Some(last), Some(column)) => {
            (last == 0 || first < last) && last <= MOST_ROWS && u32::from(column) <= MOST_COLUMNS
        }
        // The reader says what is wrong.
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).expect("short");
        [&id.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
    }

    fn cell(row: u16, column: u16) -> Vec<u8> {
        record(0x0203, &[row.to_le_bytes(), column.to_le_bytes()].concat())
    }

    /// A stream with these sheets, each of these records.
    fn book(sheets: &[&[Vec<u8>]]) -> Vec<u8> {
        let globals = 8 + 12 * sheets.len();
        let mut content = Vec::new();
        let mut bound = Vec::new();
        for records in sheets {
            let start = u32::try_from(globals + content.len()).expect("short");
            bound.extend(record(BOUND_SHEET, &[&start.to_le_bytes()[..], &[0; 4]].concat()));
            content.extend([record(BOF, &[]), records.concat(), record(EOF, &[])].concat());
        }
        [record(BOF, &[]), bound, record(EOF, &[]), content].concat()
    }

    fn fault(stream: &[u8]) -> Option<String> {
        let checked = Extent::of(stream).and_then(|extent| extent.check());
        checked.err().map(|fault| fault.to_string())
    }

    #[test]
    fn what_a_sheet_can_be_is_plausible() {
        let sheet = [record(DIMENSIONS, &[0; 14]), cell(0, 0), cell(300, 3)];
        assert_eq!(fault(&book(&[&sheet, &sheet])), None);
    }

    #[test]
    fn what_no_sheet_can_be_is_refused() {
        let told = |sheet: &[Vec<u8>]| fault(&book(&[sheet])).expect("refused");
        assert!(told(&[cell(0, 0), cell(65_535, 255)]).contains("spread over far more room"));
        assert!(told(&[cell(0, 256)]).contains("more than 256 columns"));
        let full: Vec<_> = (0..65_535).map(|row| cell(row, 50)).collect();
        assert!(told(&full).contains("room for more than 3000000 cells"));
        let huge = [&[0; 4][..], &[0xFF; 4], &[0, 0, 1, 0, 0, 0]].concat();
        assert!(told(&[record(DIMENSIONS, &huge)]).contains("larger than any can be"));
    }

    #[test]
    fn sheets_do_not_stand_for_each_other() {
        let mut twice = book(&[&[cell(0, 0)], &[cell(0, 0)]]);
        let first: Vec<u8> = twice[8..12].to_vec();
        twice[20..24].copy_from_slice(&first);
        assert!(fault(&twice).expect("refused").contains("in the same place"));
    }
}
