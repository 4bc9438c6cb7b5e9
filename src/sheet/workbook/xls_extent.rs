//! Whether an xls is as large as it claims: calamine makes room for every cell up to the last one,
//! so that one cell in the far corner of an empty sheet takes a gigabyte.

use std::fs::File;
use std::io::Read as _;

use super::BookFault;
use super::little_endian::u16_at;
use super::xls_records::{BOF, place_of, records};

/// The streams that hold the workbook, of Excel 97 and later, and before.
const STREAMS: [&str; 2] = ["/Workbook", "/Book"];
/// Records that hold one cell or more ([MS-XLS] 2.4), and begin with its row and column.
const CELLS: [u16; 11] =
    [0x0006, 0x0203, 0x027E, 0x00BD, 0x00FD, 0x0204, 0x00D6, 0x0205, 0x0201, 0x00BE, 0x0406];
/// Room for so many cells is harmless.
const HARMLESS: u64 = 2_000_000;
/// One record at least stands for so many cells of a larger sheet.
const MOST_SPARSE: u64 = 256;

/// Refuses a workbook that has a sheet with next to nothing in a great deal of room.
pub(super) fn check(file: &File) -> Result<(), BookFault> {
    let mut compound = cfb::CompoundFile::open(file)?;
    for name in STREAMS {
        let mut stream = Vec::new();
        let Ok(mut workbook) = compound.open_stream(name) else { continue };
        workbook.read_to_end(&mut stream)?;
        if !is_plausible(&stream) {
            return Err("its cells are spread over far more room than they fill".into());
        }
    }
    Ok(())
}

fn is_plausible(stream: &[u8]) -> bool {
    let (mut found, mut last) = (0_u64, (0, 0));
    let mut room = 0_u64;
    for (id, data) in records(stream) {
        if id == BOF {
            last = (0, 0);
        }
        if !CELLS.contains(&id) {
            continue;
        }
        found += 1;
        let Some((row, column)) = place_of(data) else { continue };
        // Of several cells side by side the last column stands at the end.
        let end =
            u16_at(data, data.len().saturating_sub(2)).filter(|_| [0x00BD, 0x00BE].contains(&id));
        let column = end.map_or(column, |end| column.max(u32::from(end)));
        let before = (u64::from(last.0) + 1) * (u64::from(last.1) + 1);
        last = (last.0.max(row), last.1.max(column));
        room += (u64::from(last.0) + 1) * (u64::from(last.1) + 1) - before;
    }
    room <= HARMLESS || room / found.max(1) <= MOST_SPARSE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_in_the_far_corner_is_not_plausible() {
        let cell = |row: u16, column: u16| {
            let (row, column) = (row.to_le_bytes(), column.to_le_bytes());
            [&[3, 2, 4, 0][..], &row, &column].concat()
        };
        assert!(is_plausible(&[cell(0, 0), cell(300, 3)].concat()));
        assert!(!is_plausible(&[cell(0, 0), cell(65_535, 255)].concat()));
    }
}
