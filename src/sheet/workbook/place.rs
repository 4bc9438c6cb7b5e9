//! Cells and ranges as workbooks name them in texts: `E17`, `B3:B5`.

use crate::model::merged_range::MergedRange;

/// Row and column from 0 of a cell such as `E17`.
pub(super) fn cell_place(name: &str) -> Option<(u32, u32)> {
    let letters = name.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (letters, digits) = name.split_at(letters);
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let column = letters
        .bytes()
        .fold(0, |column, letter| column * 26 + u32::from(letter.to_ascii_uppercase() - b'A') + 1);
    let row: u32 = digits.parse().ok()?;
    Some((row.checked_sub(1)?, column - 1))
}

/// A range such as `B3:B5`; nothing for a single cell.
pub(super) fn merged_range(name: &str) -> Option<MergedRange> {
    let (first, last) = name.split_once(':')?;
    let (first, last) = (cell_place(first)?, cell_place(last)?);
    MergedRange::new((first.0, last.0), (first.1, last.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_and_ranges_are_found_by_their_names() {
        assert_eq!(cell_place("A1"), Some((0, 0)));
        assert_eq!(cell_place("XFD1048576"), Some((1_048_575, 16_383)));
        for wrong in ["", "A", "1", "A0", "ABCD1", "A-1", "$A$1"] {
            assert_eq!(cell_place(wrong), None, "{wrong}");
        }
        assert_eq!(merged_range("B3:B5").map(|range| range.to_string()).as_deref(), Some("B3:B5"));
        assert_eq!(merged_range("B3"), None);
    }
}
