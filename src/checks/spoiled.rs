//! What spreadsheets and wrong decoders make of values: told by the text alone.

use std::ops::RangeInclusive;

/// What stands for bytes that could not be decoded (Unicode, "Specials").
const REPLACEMENT: char = '\u{FFFD}';
/// Errors of formulas that end in neither ! nor ?, in the languages of Excel.
const ERRORS: [&str; 6] = ["#N/A", "#NV", "#N/B", "#N/D", "#I/T", "#GETTING_DATA"];
/// Letters with marks, as they look when UTF-8 was decoded as Windows-1252: one of the first, then one of a second byte.
const MISDECODED: [&str; 4] = ["\u{c3}", "\u{c5}", "\u{c4}", "\u{e2}\u{20ac}"];
/// What UTF-8 begins signs with that stand by themselves, such as a space that does not break, decoded so.
const MISDECODED_SIGN: &str = "\u{c2}";
/// The months as Excel writes them when it has made a date of a text.
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Bytes of the dates that [`is_excel_date`] knows.
pub(super) const DATE_LENGTHS: RangeInclusive<usize> = 5..=6;

/// The text of a cell that shows a formula error: told once, whether the reader or the text shows it.
pub(super) fn is_error(text: &str) -> bool {
    let is_overflow = text.len() > 2 && text.bytes().all(|byte| byte == b'#');
    let is_calc = text.strip_prefix("Err:").is_some_and(|number| number.parse::<u16>().is_ok());
    // `#REF!`, `#NAME?`, and what they are called in other languages: capitals, and never a space.
    let is_named = text.len() <= 24
        && text.starts_with('#')
        && text.ends_with(['!', '?'])
        && text.chars().filter(|c| c.is_alphabetic()).count() > 1
        && !text.chars().any(|c| c.is_lowercase() || c.is_whitespace());
    is_overflow || is_calc || is_named || ERRORS.contains(&text)
}

/// What is said of a cell that shows a formula error.
pub(super) fn error_text(text: &str) -> String {
    format!("the cell shows the error {text}")
}

/// Whether a text holds what remains of a character that was decoded wrongly.
pub(super) fn is_misdecoded(text: &str) -> bool {
    if text.contains(REPLACEMENT) {
        return true;
    }
    let is_before = |start: &str, is_next: fn(char) -> bool| {
        let mut rests = text.match_indices(start).map(|(at, _)| &text[at + start.len()..]);
        rests.any(|rest| rest.starts_with(is_next))
    };
    MISDECODED.iter().any(|start| is_before(start, is_second_byte))
        || is_before(MISDECODED_SIGN, |c| matches!(c, '\u{a0}'..='\u{bf}'))
}

/// Whether a character is what Windows-1252 makes of the second byte of a UTF-8 character: 80 to BF.
/// Of those that stand in texts as they are, only the signs that no word holds are taken.
fn is_second_byte(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{bf}') || "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ".contains(c)
}

/// A day and a month, or a month and a year, as in `2-Jan` and `Mar-01`: what Excel makes of `1-2` and `MAR1`.
pub(super) fn is_excel_date(text: &str) -> bool {
    if !DATE_LENGTHS.contains(&text.len()) || !text.as_bytes()[1..4].contains(&b'-') {
        return false;
    }
    let Some((before, after)) = text.split_once('-') else { return false };
    let is_number =
        |part: &str| matches!(part.len(), 1 | 2) && part.bytes().all(|byte| byte.is_ascii_digit());
    is_number(before) && MONTHS.contains(&after) || MONTHS.contains(&before) && is_number(after)
}

/// The digits of a telephone number that the sheet holds as a bare number, where leading zeros
/// may be lost: in the United States a number has ten.
pub(super) fn may_lack_zeros(text: &str, is_abroad: bool) -> bool {
    let digits = text.len();
    is_abroad || !(digits == 7 || digits == 10 || digits == 11 && text.starts_with('1'))
}

/// Whether a text holds a control character other than a tab or a line break; a NUL is told of the
/// whole row.
pub(super) fn holds_control(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && !matches!(c, '\0' | '\t' | '\n' | '\r' | '\u{85}'))
}

/// Whether a character takes no room and joins nothing: it comes along from web pages and from files that were
/// put one behind the other. Source: Unicode 16, 23.2 "Layout Controls", 23.8 "Specials".
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
    )
}

/// A number such as 4.09E+09, which Excel saves to CSV when a column is too narrow, or 4.09e+09, as other programs
/// write it.
pub(super) fn is_exponent(text: &str) -> bool {
    let Some(at) = text.bytes().position(|byte| matches!(byte, b'E' | b'e')) else { return false };
    let (mantissa, Some(exponent)) = (&text[..at], text[at + 1..].strip_prefix('+')) else {
        return false;
    };
    let digits = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let is_number = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ',');
    is_number && exponent.len() >= 2 && exponent.chars().all(|c| c.is_ascii_digit())
}

/// Digits and `.0`: what pandas and its like write of a code in a column with a blank cell, which they take for numbers.
pub(super) fn is_made_number(text: &str) -> bool {
    let digits = text.strip_suffix(".0");
    digits.is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}
