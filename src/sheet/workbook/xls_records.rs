//! The records of an xls that calamine does not tell of: number formats, hidden rows and columns,
//! merged cells, formulas that show nothing.
//!
//! The few records that hold them are read here; the values stay calamine's.
//! Source: [MS-XLS], 2.4 "Records". Only the records of Excel 97 and later (BIFF8) are known.

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{self, Read as _};

use super::little_endian::{u16_at, u32_at, utf16};
use crate::model::merged_range::MergedRange;
use crate::sheet::facts::SheetFacts;
use crate::sheet::shown::Format;

/// The record with which a sheet begins.
pub(super) const BOF: u16 = 0x0809;
pub(super) const EOF: u16 = 0x000A;
const DATE_MODE: u16 = 0x0022;
pub(super) const BOUND_SHEET: u16 = 0x0085;
const FORMAT: u16 = 0x041E;
const XF: u16 = 0x00E0;
const NUMBER: u16 = 0x0203;
const RK: u16 = 0x027E;
pub(super) const MUL_RK: u16 = 0x00BD;
const FORMULA: u16 = 0x0006;
/// A cell that names a shared text.
pub(super) const LABEL_SST: u16 = 0x00FD;
const LABEL: u16 = 0x0204;
const RICH_TEXT: u16 = 0x00D6;
const TRUTH_OR_ERROR: u16 = 0x0205;
/// A formula of the versions before Excel 97.
const OLD_FORMULA: u16 = 0x0406;
/// Records that hold one cell or more which are not blank, and begin with its row and column.
pub(super) const CELLS: [u16; 9] =
    [FORMULA, NUMBER, RK, MUL_RK, LABEL_SST, LABEL, RICH_TEXT, TRUTH_OR_ERROR, OLD_FORMULA];
const ROW: u16 = 0x0208;
const COL_INFO: u16 = 0x007D;
const MERGED: u16 = 0x00E5;
/// The version in a BOF record of Excel 97 and later.
const BIFF8: u16 = 0x0600;
/// The stream that holds the workbook.
const STREAM: &str = "/Workbook";

/// What calamine does not tell of one sheet of an xls.
#[derive(Debug, Default)]
pub(super) struct XlsRecords {
    formats: Vec<Format>,
    /// For each cell with a number, and each text with a format, by row and column from 0, the position of its format.
    by_cell: HashMap<(u32, u32), usize>,
    /// What the sheet holds beside its cells.
    pub(super) facts: SheetFacts,
}

impl XlsRecords {
    /// The records of a sheet; none where the file is older than the records that are known.
    ///
    /// # Errors
    /// The compound file cannot be read.
    pub(super) fn of(file: &File, sheet: &str) -> io::Result<Self> {
        let mut compound = cfb::CompoundFile::open(file)?;
        let mut stream = Vec::new();
        match compound.open_stream(STREAM) {
            Ok(mut workbook) => workbook.read_to_end(&mut stream)?,
            Err(fault) if fault.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(fault) => return Err(fault),
        };
        let globals = Globals::read(&stream);
        let Some(start) = globals.as_ref().and_then(|globals| globals.start_of(sheet)) else {
            return Ok(Self::default());
        };
        let mut formats =
            Self { formats: globals.map(Globals::formats).unwrap_or_default(), ..Self::default() };
        formats.read_sheet(stream.get(start..).unwrap_or_default());
        Ok(formats)
    }

    /// The format of a cell, by row and column from 0.
    pub(super) fn format(&self, row: u32, column: u32) -> Option<&Format> {
        self.by_cell.get(&(row, column)).and_then(|position| self.formats.get(*position))
    }

    fn read_sheet(&mut self, stream: &[u8]) {
        let (mut hidden, mut filled) = (BTreeSet::new(), BTreeSet::new());
        for (id, data) in own_records(stream) {
            if CELLS.contains(&id) {
                filled.extend(u16_at(data, 0));
            }
            match id {
                NUMBER | RK | FORMULA => {
                    self.add(u16_at(data, 0), u16_at(data, 2), u16_at(data, 4));
                    if id == FORMULA && shows_nothing(data) {
                        self.facts.blank_formulas.extend(place_of(data));
                    }
                }
                MERGED => self.facts.merged.extend(merged(data)),
                LABEL_SST | LABEL | RICH_TEXT if self.shows_otherwise(u16_at(data, 4)) => {
                    self.add(u16_at(data, 0), u16_at(data, 2), u16_at(data, 4));
                }
                MUL_RK => self.add_many(data),
                ROW if u16_at(data, 12).is_some_and(|flags| flags & 0x20 != 0) => {
                    hidden.extend(u16_at(data, 0));
                }
                COL_INFO if u16_at(data, 8).is_some_and(|flags| flags & 1 != 0) => {
                    if let (Some(first), Some(last)) = (u16_at(data, 0), u16_at(data, 2)) {
                        self.facts.hidden.add_columns(usize::from(first)..=usize::from(last));
                    }
                }
                _ => {}
            }
        }
        // A row stands before its cells, and among others that have none.
        for row in hidden.intersection(&filled) {
            self.facts.hidden.add_row(u64::from(*row) + 1);
        }
    }

    fn add(&mut self, row: Option<u16>, column: Option<u16>, xf: Option<u16>) {
        if let (Some(row), Some(column), Some(xf)) = (row, column, xf) {
            self.by_cell.insert((row.into(), column.into()), xf.into());
        }
    }

    /// Whether a format may show a text otherwise than as it stands: only of such texts it is kept.
    fn shows_otherwise(&self, xf: Option<u16>) -> bool {
        let format = xf.and_then(|xf| self.formats.get(usize::from(xf)));
        format.is_some_and(|format| matches!(format, Format::Coded(_)))
    }

    /// Several numbers side by side: row, first column, then a format and a number for each.
    fn add_many(&mut self, data: &[u8]) {
        let (row, Some(first)) = (u16_at(data, 0), u16_at(data, 2)) else { return };
        let cells = data.get(4..data.len().saturating_sub(2)).unwrap_or_default();
        for (column, cell) in (first..=u16::MAX).zip(cells.as_chunks::<6>().0) {
            self.add(row, Some(column), u16_at(cell, 0));
        }
    }
}

/// Whether the stored value of a formula is a blank text ([MS-XLS] 2.5.133).
fn shows_nothing(data: &[u8]) -> bool {
    data.get(6) == Some(&3) && u16_at(data, 12) == Some(0xFFFF)
}

/// Row and column from 0, with which the record of a cell begins.
pub(super) fn place_of(data: &[u8]) -> Option<(u32, u32)> {
    Some((u16_at(data, 0)?.into(), u16_at(data, 2)?.into()))
}

/// Merged ranges, each by its first and last row, and its first and last column ([MS-XLS] 2.4.168).
fn merged(data: &[u8]) -> impl Iterator<Item = MergedRange> {
    data.get(2..).unwrap_or_default().as_chunks::<8>().0.iter().filter_map(|range| {
        let number = |at| u16_at(range, at).map(u32::from);
        MergedRange::new((number(0)?, number(2)?), (number(4)?, number(6)?))
    })
}

/// What the first part of the stream says of all sheets.
#[derive(Default)]
struct Globals {
    codes: HashMap<u16, String>,
    /// For each style of a cell, its number format.
    xfs: Vec<u16>,
    /// Name, and where the sheet begins.
    sheets: Vec<(String, usize)>,
    is_1904: bool,
}

impl Globals {
    /// Nothing where the version is not known.
    fn read(stream: &[u8]) -> Option<Self> {
        let mut globals = Self::default();
        let mut records = records(stream);
        let (BOF, first) = records.next()? else { return None };
        if u16_at(first, 0)? != BIFF8 {
            return None;
        }
        for (id, data) in records.take_while(|(id, _)| *id != EOF) {
            match id {
                DATE_MODE => globals.is_1904 = u16_at(data, 0) == Some(1),
                XF => globals.xfs.extend(u16_at(data, 2)),
                FORMAT => {
                    let count = usize::from(u16_at(data, 2)?);
                    globals.codes.insert(u16_at(data, 0)?, text(data.get(4..)?, count));
                }
                BOUND_SHEET => {
                    let start = usize::try_from(u32_at(data, 0)?).ok()?;
                    globals.sheets.push((text(data.get(7..)?, usize::from(*data.get(6)?)), start));
                }
                _ => {}
            }
        }
        Some(globals)
    }

    fn start_of(&self, sheet: &str) -> Option<usize> {
        self.sheets.iter().find(|(name, _)| name == sheet).map(|(_, start)| *start)
    }

    fn formats(self) -> Vec<Format> {
        let format = |id: &u16| {
            let code = self.codes.get(id).map(String::as_str).unwrap_or_default();
            Format::of(Some(u32::from(*id)), code, self.is_1904)
        };
        self.xfs.iter().map(format).collect()
    }
}

/// The records of a stream: identifier and data.
pub(super) fn records(stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let mut rest = stream;
    std::iter::from_fn(move || {
        let (id, length) = (u16_at(rest, 0)?, usize::from(u16_at(rest, 2)?));
        let data = rest.get(4..4 + length)?;
        rest = &rest[4 + length..];
        Some((id, data))
    })
}

/// The records of the sheet with which a stream begins. Charts stand within it, with cells of their own.
fn own_records(stream: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    let with_depth = records(stream).scan(0_u32, |depth, record| {
        match record.0 {
            BOF => *depth += 1,
            EOF => *depth = depth.saturating_sub(1),
            _ => {}
        }
        (*depth > 0).then_some((*depth, record))
    });
    with_depth.filter(|(depth, _)| *depth == 1).map(|(_, record)| record)
}

/// A text of so many characters after a byte that says whether each takes one byte or two ([MS-XLS] 2.5.294).
fn text(data: &[u8], count: usize) -> String {
    let Some((flags, bytes)) = data.split_first() else { return String::new() };
    if flags & 1 == 0 {
        return bytes.iter().take(count).map(|byte| char::from(*byte)).collect();
    }
    utf16(&bytes[..bytes.len().min(count * 2)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_that_is_cut_anywhere_is_no_crash() {
        let mut stream = Vec::new();
        for (id, data) in [
            (BOF, vec![0, 6, 5, 0]),
            (FORMAT, vec![164, 0, 2, 0, 0, b'0', b'0']),
            (XF, vec![0, 0, 164, 0]),
        ] {
            stream.extend(id.to_le_bytes());
            stream.extend(u16::try_from(data.len()).expect("short").to_le_bytes());
            stream.extend(data);
        }
        let globals = Globals::read(&stream).expect("known");
        assert_eq!((globals.codes[&164].as_str(), globals.xfs.as_slice()), ("00", &[164_u16][..]));
        for end in 0..stream.len() {
            let _ = Globals::read(&stream[..end]);
            XlsRecords::default().read_sheet(&stream[..end]);
        }
    }

    #[test]
    fn a_hidden_row_counts_only_with_a_cell_that_holds_something() {
        let record = |id: u16, data: &[u8]| {
            let length = u16::try_from(data.len()).expect("short");
            [&id.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
        };
        let hidden = |row: u8| record(ROW, &[row, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, 0, 0]);
        let blank = 0x0201;
        let stream = [
            record(BOF, &[0, 6, 16, 0]),
            [hidden(1), hidden(2), hidden(3), hidden(4)].concat(),
            record(blank, &[1, 0, 0, 0, 0, 0]),
            record(LABEL_SST, &[2, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            record(MUL_RK, &[4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            record(NUMBER, &[5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
            record(EOF, &[]),
        ];
        let mut read = XlsRecords::default();
        read.read_sheet(&stream.concat());
        let hidden = (1..=6).filter(|number| read.facts.hidden.has_row(*number));
        assert_eq!(hidden.collect::<Vec<_>>(), [3, 5]);
    }

    #[test]
    fn texts_take_one_byte_or_two_a_character() {
        assert_eq!(text(&[0, b'a', 0xFC], 2), "aü");
        assert_eq!(text(&[1, 0xAC, 0x20, b'x', 0], 2), "€x");
        assert_eq!(text(&[], 5), "");
    }
}
