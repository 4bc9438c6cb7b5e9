//! The code of a number format, parted into its sections, and made such that ssfmt reads it as Excel does.

use ssfmt::ast::FormatPart;
use ssfmt::{NumberFormat, Section};

/// Stands for a slash that is text, which ssfmt would take for a fraction bar; of the private use
/// area of Unicode.
pub(super) const SLASH: char = '\u{E02F}';
/// Stands for the word General within a section, which ssfmt loses behind a text.
pub(super) const GENERAL: char = '\u{E047}';

/// The sections of a code; nothing if it cannot be read.
pub(super) fn sections(code: &str) -> Option<Vec<Section>> {
    let plain = split(code, false);
    let with_points = split(code, true);
    plain
        .iter()
        .zip(&with_points)
        .map(|(plain, with_points)| {
            let section = parse(plain)?;
            if section.has_date_parts() { parse(with_points) } else { Some(section) }
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
    Some(parsed)
}

/// Where the first placeholder of a digit stands, if there is one.
fn first_digit(section: &str) -> Option<usize> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let at = section.char_indices().find(|(_, c)| {
        let was_escaped = std::mem::take(&mut is_escaped);
        match c {
            '"' if !was_escaped => is_quoted = !is_quoted,
            '\\' | '_' | '*' if !is_quoted && !was_escaped => is_escaped = true,
            '#' | '0' | '?' => return !is_quoted && !was_escaped,
            _ => {}
        }
        false
    });
    at.map(|(at, _)| at)
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
    fn a_fraction_whose_first_digit_is_not_found_is_not_read() {
        // With an odd quotation mark in brackets ssfmt sees a fraction where here all is text.
        for code in ["[_\"][\"]#/#", "[$_\"][\"-409]# ?/?"] {
            assert!(sections(code).is_none(), "{code}");
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
