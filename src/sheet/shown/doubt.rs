//! What ssfmt is known not to show as Excel does, so that it must not be believed.

use ssfmt::Section;
use ssfmt::ast::{DatePart, ElapsedPart, FormatPart};

use super::signs::signs;
use crate::model::cells::CellMark;

/// The language in a Windows language code, and English ([MS-LCID] 2.1).
const LANGUAGE: u32 = 0x3FF;
const ENGLISH: u32 = 0x09;
/// The digits of an exponent that ssfmt writes.
const EXPONENT: usize = 2;

/// What is to be said of whatever a section shows, if anything: `text` is its code.
pub(super) fn doubt(text: &str, section: &Section) -> Option<CellMark> {
    let (parts, locale) = (section.parts.as_slice(), Locale::of(text));
    let has_digits = parts.iter().any(|part| matches!(part, FormatPart::Digit(_)));
    let is_date = section.has_date_parts() || has_era(text) && !has_digits;
    if is_date {
        let is_foreign = locale.is_foreign && parts.iter().any(is_word);
        let is_doubtful = is_foreign
            || locale.has_other_calendar
            || locale.has_other_digits
            || has_era(text)
            || has_split_seconds(section);
        return is_doubtful.then_some(CellMark::UnknownDate);
    }
    let is_doubtful = locale.has_other_digits || has_era(text) || is_odd_number(parts);
    is_doubtful.then_some(CellMark::NoFormat)
}

/// The language, the calendar and the digits that a section names.
#[derive(Debug, Default)]
struct Locale {
    is_foreign: bool,
    has_other_calendar: bool,
    has_other_digits: bool,
}

impl Locale {
    /// That of `[$-407]`, `[$€-407]`, `[$-de-DE]` or `[$-2060401]`: digits, calendar and language, each a
    /// byte or two (ECMA-376 Part 1, 18.8.31, and what Excel does).
    fn of(text: &str) -> Self {
        let mut named = text.split("[$").skip(1).filter_map(|rest| rest.split(']').next());
        let Some((_, name)) = named.find_map(|inner| inner.split_once('-')) else {
            return Self::default();
        };
        // A name of two letters may look like a number.
        let code = u32::from_str_radix(name, 16).ok().filter(|_| name.len() > 2);
        let Some(code) = code else {
            let language = name.split(['-', '_', ',']).next().unwrap_or_default();
            return Self { is_foreign: !language.eq_ignore_ascii_case("en"), ..Self::default() };
        };
        let [digits, calendar, ..] = code.to_be_bytes();
        Self {
            is_foreign: code & LANGUAGE != ENGLISH && code & LANGUAGE != 0,
            has_other_calendar: calendar > 1,
            has_other_digits: digits > 1,
        }
    }
}

/// Whether a part is shown as a word, of which ssfmt knows those of English alone.
fn is_word(part: &FormatPart) -> bool {
    use DatePart::{DayAbbr, DayFull, MonthAbbr, MonthFull, MonthLetter};
    matches!(
        part,
        FormatPart::DatePart(DayAbbr | DayFull | MonthAbbr | MonthFull | MonthLetter)
            | FormatPart::AmPm(_)
    )
}

/// Whether a section shows eras, years of an era, or days of the week as East Asian versions of Excel write
/// them: g, e and b, aaa, and the halves of the day in Chinese.
fn has_era(text: &str) -> bool {
    let signs: Vec<char> = signs(text).map(|(_, c)| c).collect();
    let is_exponent = |at: usize| matches!(signs.get(at + 1), Some('+' | '-'));
    let days = |run: &[char]| run.iter().all(|c| c.eq_ignore_ascii_case(&'a'));
    signs.windows(3).any(days)
        || signs.iter().enumerate().any(|(at, c)| match c {
            'g' | 'G' | 'b' | 'B' | '上' | '下' => true,
            'e' | 'E' => !is_exponent(at),
            _ => false,
        })
}

/// Whether elapsed seconds are shown with their decimals: ssfmt rounds the whole ones up.
fn has_split_seconds(section: &Section) -> bool {
    let is_elapsed = |part: &FormatPart| {
        matches!(part, FormatPart::Elapsed(ElapsedPart::Seconds | ElapsedPart::Seconds2))
    };
    section.metadata.max_subsecond_precision.is_some() && section.parts.iter().any(is_elapsed)
}

/// Whether a number is shown with two points, a percent sign among its digits, or an exponent of many.
fn is_odd_number(parts: &[FormatPart]) -> bool {
    let is_digit = |part: &&FormatPart| matches!(part, FormatPart::Digit(_));
    let behind = |is_mark: fn(&FormatPart) -> bool| {
        let at = parts.iter().position(is_mark);
        at.map_or(0, |at| parts[at..].iter().filter(is_digit).count())
    };
    let points = parts.iter().filter(|part| **part == FormatPart::DecimalPoint).count();
    let has_inner_percent = behind(|part| *part == FormatPart::Percent) > 0
        && parts
            .iter()
            .take_while(|part| **part != FormatPart::Percent)
            .any(|part| is_digit(&part));
    points > 1
        || has_inner_percent
        || behind(|part| matches!(part, FormatPart::Scientific { .. })) > EXPONENT
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sheet::shown::code::sections;

    fn doubt_of(code: &str) -> Option<CellMark> {
        sections(code).expect("a code").remove(0).doubt
    }

    #[test]
    fn dates_in_other_words_calendars_and_digits_are_doubted() {
        for code in [
            "[$-407]d. mmmm yyyy",
            "[$-de-DE]d. mmmm yyyy;@",
            "[$-de]mmm",
            "[$-412]AM/PM h:mm;@",
            "[$-411]ge.m.d;@",
            "[$-404]e/m/d;@",
            "[$-1070000]d/m/yyyy;@",
            "[$-2000401]d/m/yyyy;@",
            "[$-411]aaa",
            "aaaa",
            "上午/下午h\"时\"mm\"分\"",
            "[s].0",
            "[ss].00",
        ] {
            assert_eq!(doubt_of(code), Some(CellMark::UnknownDate), "{code}");
        }
        for code in [
            "[$-407]d.m.yyyy",
            "[$-409]d mmm yyyy",
            "[$-en-GB]d mmmm yyyy",
            "[$-409]h:mm AM/PM",
            "[$-1010409]d mmm yyyy",
            "h:mm AM/PM",
            "d\" de \"mmmm",
            "[mm]:ss.0",
            "[s]",
        ] {
            assert_eq!(doubt_of(code), None, "{code}");
        }
    }

    #[test]
    fn numbers_of_odd_forms_are_doubted() {
        for code in ["0.0.0", "\"v\"0.0.0", "0%0", "0.0E+000", "[$-2000401]0", "0 g"] {
            assert_eq!(doubt_of(code), Some(CellMark::NoFormat), "{code}");
        }
        for code in [
            "0.00%",
            "%0",
            "0.00E+00",
            "##0.0E+0",
            "[$€-407]0.00",
            "[Red]0",
            "General\" g\"",
            "0\\e",
        ] {
            assert_eq!(doubt_of(code), None, "{code}");
        }
    }
}
