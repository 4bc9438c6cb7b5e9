//! From a number and its format to the text that Excel shows.
//!
//! The rendering is ssfmt's. What stands here guards the places where it departs from Excel:
//! rounding of halves, sections that show nothing, tiny negatives, negative durations, and the
//! format General, which would shorten long numbers.

use ssfmt::ast::{FormatPart, TimeUnit};
use ssfmt::{DateSystem, FormatOptions, NumberFormat, Section};

use super::rounding::{exponent, number_text, rounded};
use crate::model::cells::CellMark;

/// From this size on a spreadsheet has lost the last digits.
const TOO_LARGE: f64 = 1e15;
/// From this size on General shows an exponent in a column that is wide enough.
const SHOWN_SHORT: f64 = 1e11;
/// Seconds of a day, the unit of serial dates.
const DAY: f64 = 86_400.0;
/// The serial date after the last one that Excel shows (9999-12-31).
const AFTER_LAST_DAY: f64 = 2_958_466.0;
/// The codes of built-in formats that files do not carry, as Excel shows them in en-US
/// (ECMA-376 Part 1, 18.8.30, and what Excel does).
const BUILT_IN: [(u32, &str); 10] = [
    (5, "\"$\"#,##0_);(\"$\"#,##0)"),
    (6, "\"$\"#,##0_);[Red](\"$\"#,##0)"),
    (7, "\"$\"#,##0.00_);(\"$\"#,##0.00)"),
    (8, "\"$\"#,##0.00_);[Red](\"$\"#,##0.00)"),
    (14, "m/d/yyyy"),
    (22, "m/d/yyyy h:mm"),
    (37, "#,##0_);(#,##0)"),
    (38, "#,##0_);[Red](#,##0)"),
    (39, "#,##0.00_);(#,##0.00)"),
    (40, "#,##0.00_);[Red](#,##0.00)"),
];

/// How a cell is shown.
#[derive(Debug)]
pub(in crate::sheet) enum Format {
    /// As few digits as needed, or as a text that was typed.
    General,
    /// By a code.
    Coded(Box<Coded>),
}

/// A number format code, parsed.
#[derive(Debug)]
pub(in crate::sheet) struct Coded {
    format: NumberFormat,
    options: FormatOptions,
    /// For each section, whether it shows nothing at all.
    blank: Vec<bool>,
}

impl Format {
    /// The format of a code, or of a built-in identifier without one; a code that cannot be read is General.
    pub(in crate::sheet) fn of(id: Option<u32>, code: &str, is_1904: bool) -> Self {
        let known = id.and_then(|id| BUILT_IN.iter().find(|(known, _)| *known == id));
        let code = match (known, id) {
            (Some((_, code)), _) => code,
            (None, Some(id)) if code.is_empty() => {
                ssfmt::format_code_from_id(id).unwrap_or_default()
            }
            _ => code.trim(),
        };
        if code.is_empty() || code == "@" || code.eq_ignore_ascii_case("general") {
            return Self::General;
        }
        let Ok(format) = NumberFormat::parse(code) else { return Self::General };
        let date_system = if is_1904 { DateSystem::Date1904 } else { DateSystem::Date1900 };
        let options = FormatOptions { date_system, ..FormatOptions::default() };
        let blank = sections(code).map(|section| without_brackets(section).is_empty()).collect();
        Self::Coded(Box::new(Coded { format, options, blank }))
    }

    /// The text of a number, and what is to be said of it.
    pub(in crate::sheet) fn number(&self, value: f64) -> (String, Option<CellMark>) {
        let section = match self {
            Self::General => None,
            Self::Coded(coded) => coded.section(value).map(|section| (coded, section)),
        };
        match section {
            Some((_, Shown::Nothing)) => (String::new(), None),
            Some((coded, Shown::Date(section))) => coded.date(value, section),
            _ if value.abs() >= TOO_LARGE => (number_text(value), Some(CellMark::TooManyDigits)),
            Some((coded, Shown::Number(section))) => {
                let text = coded.number(value, section);
                let is_padded = text.trim().len() < text.len();
                (text, is_padded.then_some(CellMark::Padded))
            }
            None if value.abs() >= SHOWN_SHORT => (number_text(value), Some(CellMark::Shortened)),
            None => (number_text(value), Some(CellMark::General)),
        }
    }

    /// The text that a text is shown as.
    pub(in crate::sheet) fn text(&self, text: &str) -> String {
        let Self::Coded(coded) = self else { return text.to_owned() };
        let shown = coded.format.format_text(text, &coded.options);
        let hides = coded.blank.get(3).copied().unwrap_or(false);
        if shown.is_empty() && !hides { text.to_owned() } else { shown }
    }
}

/// What a section does with a number.
enum Shown<'a> {
    Nothing,
    Date(&'a Section),
    Number(&'a Section),
}

impl Coded {
    /// The section for a number; nothing where it is General.
    fn section(&self, value: f64) -> Option<Shown<'_>> {
        let sections = self.format.sections();
        let position = self.position(value);
        if self.blank.get(position).copied().unwrap_or(false) {
            return Some(Shown::Nothing);
        }
        let section = sections.get(position)?;
        let is_general = section.parts.is_empty()
            || matches!(section.parts.as_slice(), [FormatPart::GeneralNumber]);
        match () {
            () if section.has_date_parts() => Some(Shown::Date(section)),
            () if is_general => None,
            () => Some(Shown::Number(section)),
        }
    }

    /// Which section is for a number (ECMA-376 Part 1, 18.8.31).
    fn position(&self, value: f64) -> usize {
        let sections = self.format.sections();
        if sections.iter().any(|section| section.condition.is_some()) {
            let fits = |section: &Section| {
                section.condition.is_none_or(|condition| condition.evaluate(value))
            };
            return sections.iter().position(fits).unwrap_or(sections.len().saturating_sub(1));
        }
        let of_numbers =
            sections.iter().take(3).filter(|section| !section.has_text_placeholder()).count();
        match of_numbers {
            2.. if value < 0.0 => 1,
            3.. if value == 0.0 => 2,
            _ => 0,
        }
    }

    fn number(&self, value: f64, section: &Section) -> String {
        let Some(places) = places(section, value) else {
            return self.format.format(value, &self.options);
        };
        let rounded = rounded(value, places);
        // The section was chosen before rounding: a tiny negative stays one, but for its sign.
        let is_chosen_by_sign = rounded == 0.0 && self.format.sections().len() > 1;
        self.format.format(if is_chosen_by_sign { value } else { rounded + 0.0 }, &self.options)
    }

    fn date(&self, value: f64, section: &Section) -> (String, Option<CellMark>) {
        let has_seconds = section.metadata.smallest_time_unit == TimeUnit::Seconds;
        let value = if has_seconds { (value * DAY).round() / DAY } else { value };
        if value < 0.0 && section.metadata.has_elapsed_time {
            let text = format!("-{}", self.format.format(-value, &self.options));
            return (text, Some(CellMark::Date));
        }
        match self.format.try_format(value, &self.options) {
            Ok(text) if (0.0..AFTER_LAST_DAY).contains(&value) => (text, Some(CellMark::Date)),
            // Excel shows ##### for what is no date.
            _ => (number_text(value), Some(CellMark::NotADate)),
        }
    }
}

/// Decimal places of a number that a section shows; nothing for fractions, which round in
/// their own way.
fn places(section: &Section, value: f64) -> Option<i32> {
    let (mut whole, mut decimals, mut percents, mut scaling) = (0, 0, 0, 0);
    let mut is_after_point = false;
    let mut has_exponent = false;
    for part in &section.parts {
        match part {
            FormatPart::Digit(_) if has_exponent => {}
            FormatPart::Digit(_) if is_after_point => decimals += 1,
            FormatPart::Digit(_) => {
                whole += 1;
                scaling = 0;
            }
            FormatPart::DecimalPoint => is_after_point = true,
            FormatPart::ThousandsSeparator => scaling += 3,
            FormatPart::Percent => percents += 2,
            FormatPart::Scientific { .. } => has_exponent = true,
            FormatPart::Fraction { .. } | FormatPart::GeneralNumber => return None,
            _ => {}
        }
    }
    match (has_exponent, whole) {
        (false, 0) if decimals == 0 => None,
        (false, _) => Some(decimals + percents - scaling),
        (true, 1) => Some(decimals - exponent(value)?),
        (true, _) => None,
    }
}

/// The sections of a code, which semicolons part, but for those in quotation marks, brackets, or after a backslash.
fn sections(code: &str) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_bracketed, mut is_escaped) = (false, false, false);
    code.split(move |c| {
        if std::mem::take(&mut is_escaped) {
            return false;
        }
        match c {
            '\\' | '_' | '*' if !is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            '[' if !is_quoted => is_bracketed = true,
            ']' if !is_quoted => is_bracketed = false,
            ';' if !is_quoted && !is_bracketed => return true,
            _ => {}
        }
        false
    })
}

/// A section without colours and conditions.
fn without_brackets(section: &str) -> &str {
    let mut rest = section;
    while let Some((_, after)) = rest.strip_prefix('[').and_then(|inner| inner.split_once(']')) {
        if rest.starts_with("[$") || rest[1..].starts_with(['h', 'm', 's', 'H', 'M', 'S']) {
            break;
        }
        rest = after;
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: f64, code: &str) -> String {
        Format::of(None, code, false).number(value).0
    }

    #[test]
    fn masks_zeros_and_signs() {
        let cases = [
            (2_134.0, "00000", "02134"),
            (4_085_551_212.0, "(###) ###-####", "(408) 555-1212"),
            (5_551_212.0, "[<=9999999]###-####;(###) ###-####", "555-1212"),
            (7.0, "\"AC-\"00000", "AC-00007"),
            (0.075, "0.00%", "7.50%"),
            (-2.175, "#,##0.00", "-2.18"),
            (2.175, "#,##0.00", "2.18"),
            (1.005, "0.00", "1.01"),
            (1_234_567.125, "#,##0.00", "1,234,567.13"),
            (1_234_567.125, "#,##0,\"K\"", "1,235K"),
            (1_500.0, "#,##0,\"K\"", "2K"),
            (-0.000_1, "0.000", "0.000"),
            (-0.001, "0.00;(0.00)", "(0.00)"),
            (0.0, "0;-0;;@", ""),
            (-2.0, "0;-0;;@", "-2"),
            (5.0, ";;;", ""),
            (12.0, "[Red];;", ""),
            (-2.175, "0.00E+00", "-2.18E+00"),
            (9.996e5, "0.00E+00", "1.00E+06"),
            (1e-7, "General", "0.0000001"),
            (0.1 + 0.2, "General", "0.3"),
        ];
        for (value, code, text) in cases {
            assert_eq!(shown(value, code), text, "{value} in {code}");
        }
    }

    #[test]
    fn dates_and_times() {
        let cases = [
            (45_322.0, "mm/dd/yyyy", "01/31/2024"),
            (45_322.545_243_055_55, "yyyy-mm-dd hh:mm:ss", "2024-01-31 13:05:09"),
            (45_322.999_999_9, "yyyy-mm-dd hh:mm:ss", "2024-02-01 00:00:00"),
            (1.5, "[h]:mm:ss", "36:00:00"),
            (-1.5, "[h]:mm", "-36:00"),
            (60.0, "yyyy-mm-dd", "1900-02-29"),
        ];
        for (value, code, text) in cases {
            assert_eq!(shown(value, code), text, "{value} in {code}");
        }
        let built_in = Format::of(Some(14), "mm-dd-yy", false).number(45_322.0);
        assert_eq!(built_in, ("1/31/2024".into(), Some(CellMark::Date)));
        assert_eq!(Format::of(None, "yyyy-mm-dd", true).number(43_860.0).0, "2024-01-31");
    }

    #[test]
    fn what_excel_would_not_show_is_told() {
        let mark = |value, code| Format::of(None, code, false).number(value).1;
        assert_eq!(mark(123_456_789_012.0, "General"), Some(CellMark::Shortened));
        assert_eq!(mark(12_345_678_901.0, "General"), Some(CellMark::General));
        assert_eq!(mark(123_456_789_012.0, "0"), None);
        assert_eq!(mark(1_234_567_890_123_450.0, "0"), Some(CellMark::TooManyDigits));
        assert_eq!(mark(-1.0, "yyyy-mm-dd"), Some(CellMark::NotADate));
        assert_eq!(mark(1e9, "m/d/yyyy"), Some(CellMark::NotADate));
        assert_eq!(shown(1e20, "0"), "100000000000000000000");
    }

    #[test]
    fn texts_follow_their_section() {
        let text = |code| Format::of(None, code, false).text("Ann");
        assert_eq!(text("@"), "Ann");
        assert_eq!(text("0.00"), "Ann");
        assert_eq!(text("0;0;0;\"Ms \"@"), "Ms Ann");
        assert_eq!(text(";;;"), "");
        assert_eq!(text("[>5]0;0"), "Ann");
    }
}
