//! What a sheet of a workbook can hold, in Excel as in the formats that it reads.

/// Rows.
pub const MOST_ROWS: u32 = 1_048_576;
/// Columns.
pub const MOST_COLUMNS: usize = 16_384;
/// Characters of a cell, in UTF-16 as Excel counts them.
pub const MOST_CHARS: usize = 32_767;

/// Whether a cell can hold a text.
#[must_use]
pub fn fits(text: &str) -> bool {
    // No text has more characters than bytes.
    text.len() <= MOST_CHARS || text.encode_utf16().nth(MOST_CHARS).is_none()
}

/// As much of the start of a text as fits into a cell beside another.
#[must_use]
pub fn start_beside<'t>(text: &'t str, other: &str) -> &'t str {
    let mut length = other.encode_utf16().count();
    let is_beyond = |c: char| {
        length += c.len_utf16();
        length > MOST_CHARS
    };
    text.find(is_beyond).map_or(text, |end| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters() {
        let full = "ü".repeat(MOST_CHARS);
        assert!(fits(&full) && !fits(&format!("{full}ü")));
        assert_eq!(start_beside("abc", "x"), "abc");
        assert_eq!(start_beside(&full, "x").encode_utf16().count(), MOST_CHARS - 1);
        let wide = "\u{1F600}".repeat(MOST_CHARS);
        assert_eq!(start_beside(&wide, "").encode_utf16().count(), MOST_CHARS - 1);
    }
}
