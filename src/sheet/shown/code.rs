//! The code of a number format, parted into its sections, and made such that ssfmt reads it as Excel does.

use ssfmt::ast::{DatePart, ElapsedPart, FormatPart};
use ssfmt::{NumberFormat, Section};

use super::doubt::doubt;
use super::signs::signs;
use crate::model::cells::CellMark;

/// Stands for a slash that is text, which ssfmt would take for a fraction bar; of the private use
/// area of Unicode.
pub(super) const SLASH: char = '\u{E02F}';
/// Stands for the word General within a section, which ssfmt loses behind a text.
pub(super) const GENERAL: char = '\u{E047}';

/// A section as ssfmt holds it.
#[derive(Clone, Debug)]
pub(super) struct Parsed {
    /// What it shows, and when.
    pub(super) section: Section,
    /// What is to be said of whatever it shows, where that is not what Excel does.
    pub(super) doubt: Option<CellMark>,
}

/// The sections of a code; nothing if it cannot be read.
pub(super) fn sections(code: &str) -> Option<Vec<Parsed>> {
    let plain = split(code, false);
    let with_points = split(code, true);
    plain
        .iter()
        .zip(&with_points)
        .map(|(plain, with_points)| {
            let section = parse(plain)?;
            let section = if section.has_date_parts() { parse(with_points)? } else { section };
            Some(Parsed { doubt: doubt(plain, &section), section })
        })
        .collect()
}

fn parse(section: &str) -> Option<Section> {
    if section.is_empty() {
        let metadata = ssfmt::ast::SectionMetadata::default();
        return Some(Section { condition: None, color: None, parts: Vec::new(), metadata });
    }
    let format = NumberFormat::parse(section).ok()?;
    let [parsed] = format.sections() else { return None };
    let mut parsed = parsed.clone();
    if parsed.parts.iter().any(|part| matches!(part, FormatPart::Fraction { .. })) {
        // What stands before a fraction is lost by ssfmt.
        let before = match first_digit(section)? {
            0 => Vec::new(),
            at => parse(&section[..at])?.parts,
        };
        parsed.parts.splice(0..0, before);
    }
    tell_minutes(&mut parsed.parts);
    scale_behind_decimals(&mut parsed.parts);
    Some(parsed)
}

/// Takes the months that stand behind hours or before seconds for minutes, whatever text is between them.
fn tell_minutes(parts: &mut [FormatPart]) {
    use DatePart::{Hour, Hour2, Minute, Minute2, Month, Month2, Second, Second2};
    let is_hours = |part: &FormatPart| {
        matches!(
            part,
            FormatPart::DatePart(Hour | Hour2)
                | FormatPart::Elapsed(ElapsedPart::Hours | ElapsedPart::Hours2)
        )
    };
    let is_seconds = |part: &FormatPart| matches!(part, FormatPart::DatePart(Second | Second2));
    let dates: Vec<usize> = (0..parts.len()).filter(|at| parts[*at].is_date_part()).collect();
    for (position, at) in dates.iter().enumerate() {
        let minutes = match parts[*at] {
            FormatPart::DatePart(Month) => Minute,
            FormatPart::DatePart(Month2) => Minute2,
            _ => continue,
        };
        let before = position.checked_sub(1).map(|before| dates[before]);
        let after = dates.get(position + 1).copied();
        if before.is_some_and(|at| is_hours(&parts[at]))
            || after.is_some_and(|at| is_seconds(&parts[at]))
        {
            parts[*at] = FormatPart::DatePart(minutes);
        }
    }
}

/// Puts the commas by which a number is scaled, where they stand before its point, behind its decimals: there
/// ssfmt heeds them.
fn scale_behind_decimals(parts: &mut [FormatPart]) {
    let is_comma = |part: &FormatPart| *part == FormatPart::ThousandsSeparator;
    let Some(point) = parts.iter().position(|part| *part == FormatPart::DecimalPoint) else {
        return;
    };
    let commas = parts[..point].iter().rev().take_while(|part| is_comma(part)).count();
    let decimals =
        parts[point + 1..].iter().take_while(|part| matches!(part, FormatPart::Digit(_)));
    let end = point + 1 + decimals.count();
    parts[point - commas..end].rotate_left(commas);
}

/// Where the first placeholder of a digit stands, if there is one.
fn first_digit(section: &str) -> Option<usize> {
    signs(section).find(|(_, c)| matches!(c, '#' | '0' | '?')).map(|(at, _)| at)
}

/// The texts of the sections, which semicolons part, but for those in quotation marks, brackets, or after
/// a backslash. With `keeps_points` a point is a text unless digits follow it: between the parts of a
/// date ssfmt loses it.
fn split(code: &str, keeps_points: bool) -> Vec<String> {
    const WORD: &str = "general";
    let mut sections = vec![String::new()];
    let mut is_quoted = false;
    let mut rest = code;
    while let Some(c) = rest.chars().next() {
        let section = sections.last_mut().expect("there is always one section");
        let mut taken = c.len_utf8();
        let starts_word =
            rest.get(..WORD.len()).is_some_and(|word| word.eq_ignore_ascii_case(WORD));
        match c {
            '"' => {
                is_quoted = !is_quoted;
                section.push(c);
            }
            '/' if is_quoted => section.push(SLASH),
            _ if is_quoted => section.push(c),
            '\\' => {
                section.push(c);
                if let Some(next) = rest[taken..].chars().next() {
                    taken += next.len_utf8();
                    section.push(if next == '/' { SLASH } else { next });
                }
            }
            // A space as wide as the next character, or that character as often as there is room for it.
            '_' | '*' => {
                section.extend([c, ' ']);
                taken += rest[taken..].chars().next().map_or(0, char::len_utf8);
            }
            '[' => {
                taken = rest.find(']').map_or(rest.len(), |end| end + 1);
                section.push_str(&rest[..taken]);
            }
            ';' => sections.push(String::new()),
            _ if starts_word => {
                section.extend(['"', GENERAL, '"']);
                taken = WORD.len();
            }
            '.' if keeps_points && !rest[taken..].starts_with('0') => section.push_str("\\."),
            _ => section.push(c),
        }
        rest = &rest[taken..];
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_end_at_semicolons_that_are_no_text() {
        assert_eq!(split("0;\"a;b\";\\;;[$;-407]0", false), ["0", "\"a;b\"", "\\;", "[$;-407]0"]);
        assert_eq!(split(";;;", false), ["", "", "", ""]);
    }

    #[test]
    fn quotation_marks_and_brackets_within_each_other_do_no_harm() {
        // The last was found by a fuzz run: before its fraction it stood again, without end.
        for code in ["[_\"][\"]#/#", "[$_\"][\"-409]# ?/?", "_\"[\"@#/ 1//////\\/"] {
            let _ = sections(code);
        }
    }

    #[test]
    fn what_ssfmt_would_misread_is_replaced() {
        assert_eq!(split("00\\/00", false), [format!("00\\{SLASH}00")]);
        assert_eq!(split("0\"/\"# ?/?", false), [format!("0\"{SLASH}\"# ?/?")]);
        assert_eq!(split("\"No \"general", false), [format!("\"No \"\"{GENERAL}\"")]);
        assert_eq!(split("hh.mm.ss.00", true), ["hh\\.mm\\.ss.00"]);
        assert_eq!(split("_\"0*[0_);_", false), ["_ 0* 0_ ", "_ "]);
    }
}
