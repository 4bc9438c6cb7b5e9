//! From a number and its format to the text that Excel shows.
//!
//! The rendering is ssfmt's, section by section. What stands here guards the places where it departs
//! from Excel, and the format General, which would shorten long numbers.

use jiff::civil::{self, DateTime, Time};

use super::code;
use super::rounding::{TOO_LARGE, number_text};
use super::section::{DAY, DAYS_TO_1904, Section, TEXT_SECTION};
use crate::model::cells::CellMark;

/// From this size on General shows an exponent in a column that is wide enough.
const SHOWN_SHORT: f64 = 1e11;
/// The day before the first of the serial dates, counted as if 1900 had been a leap year.
const FIRST_DAY: civil::Date = civil::date(1899, 12, 30);
/// The serial date of the first day after the one that 1900 did not have.
const FIRST_OF_MARCH: i32 = 61;
/// The first identifier of formats that are not built in.
const FIRST_CUSTOM: u32 = 164;
/// The codes of built-in formats where files carry none, as Excel shows them in en-US (ECMA-376 Part 1, 18.8.30,
/// and what Excel does).
const BUILT_IN: [(u32, &str); 16] = [
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
    (41, "_(* #,##0_);_(* (#,##0);_(* \"-\"_);_(@_)"),
    (42, "_(\"$\"* #,##0_);_(\"$\"* (#,##0);_(\"$\"* \"-\"_);_(@_)"),
    (43, "_(* #,##0.00_);_(* (#,##0.00);_(* \"-\"??_);_(@_)"),
    (44, "_(\"$\"* #,##0.00_);_(\"$\"* (#,##0.00);_(\"$\"* \"-\"??_);_(@_)"),
    (47, "mm:ss.0"),
    (49, "@"),
];
/// Those that are the system's, whatever code a file carries for them, and text.
const OF_SYSTEM_OR_TEXT: [u32; 3] = [14, 22, 49];
/// The standard's code for identifier 47, which the reader gives where the file has none; Excel shows another.
const STANDARD_47: &str = "mmss.0";
/// Built-in formats of East Asian versions of Excel, which are shown as dates and times elsewhere.
const DATES: [std::ops::RangeInclusive<u32>; 3] = [27..=31, 36..=36, 50..=58];
const TIMES: std::ops::RangeInclusive<u32> = 32..=35;
/// How a code begins that stands for the system's long date, and for its time, and what they are in en-US.
const OF_SYSTEM: [(&str, &str); 4] = [
    ("[$-F800]", LONG_DATE),
    ("[$-x-sysdate]", LONG_DATE),
    ("[$-F400]", TIME),
    ("[$-x-systime]", TIME),
];
const LONG_DATE: &str = "dddd, mmmm d, yyyy";
const TIME: &str = "h:mm:ss AM/PM";

/// How a cell is shown.
#[derive(Debug)]
pub(in crate::sheet) enum Format {
    /// As few digits as needed, or as a text that was typed.
    General,
    /// By a code that cannot be read.
    Unknown,
    /// By a code.
    Coded(Box<Coded>),
}

/// A number format code, parsed.
#[derive(Debug)]
pub(in crate::sheet) struct Coded {
    /// The sections for numbers.
    numbers: Vec<Section>,
    has_conditions: bool,
    /// The section for texts.
    texts: Option<Section>,
    is_1904: bool,
}

impl Format {
    /// The format of a code, or of a built-in identifier without one.
    pub(in crate::sheet) fn of(id: Option<u32>, code: &str, is_1904: bool) -> Self {
        let code = effective(id, code);
        let plain = code.trim();
        if plain.is_empty() || plain == "@" || plain.eq_ignore_ascii_case("general") {
            return Self::General;
        }
        match Coded::parse(code, is_1904).or_else(|| Coded::parse(plain, is_1904)) {
            Some(coded) => Self::Coded(Box::new(coded)),
            None => Self::Unknown,
        }
    }

    /// The text of a number, and what is to be said of it.
    pub(in crate::sheet) fn number(&self, value: f64) -> (String, Option<CellMark>) {
        let section = match self {
            Self::General => None,
            Self::Unknown => return (number_text(value), Some(unknown_mark(value))),
            Self::Coded(coded) => coded.section(value),
        };
        let Some(section) = section else { return general(value) };
        if section.shows_nothing() {
            return (String::new(), None);
        }
        if section.is_date() {
            return section.date(value);
        }
        let mark = Some(general_mark(value));
        if value.abs() >= TOO_LARGE {
            return (number_text(value), mark);
        }
        if let Some(doubt) = section.doubt(value) {
            return (number_text(value), Some(doubt));
        }
        let text = section.number(value);
        let is_padded = text.trim().len() < text.len();
        let mark = mark.filter(|_| section.is_general()).or(is_padded.then_some(CellMark::Padded));
        (text, mark)
    }

    /// A date that is held as one, as this format shows it; nothing where it shows no dates.
    pub(in crate::sheet) fn civil(&self, date: DateTime) -> Option<(String, CellMark)> {
        let Self::Coded(coded) = self else { return None };
        let days = (date.date() - FIRST_DAY).get_days();
        let time = date.time().duration_since(Time::midnight()).as_secs_f64() / DAY;
        let first = match coded.is_1904 {
            true => DAYS_TO_1904,
            false if days < FIRST_OF_MARCH => 1.0,
            false => 0.0,
        };
        let serial = f64::from(days) + time - first;
        let section = coded.section(serial).filter(|section| section.is_date())?;
        let (text, mark) = section.date(serial);
        Some((text, mark?))
    }

    /// The text that a text is shown as.
    pub(in crate::sheet) fn text(&self, text: &str) -> String {
        match self {
            Self::Coded(coded) => {
                coded.texts.as_ref().map_or_else(|| text.to_owned(), |section| section.text(text))
            }
            Self::General | Self::Unknown => text.to_owned(),
        }
    }
}

/// A number as General shows it, but never shortened.
fn general(value: f64) -> (String, Option<CellMark>) {
    (number_text(value), Some(general_mark(value)))
}

/// What is to be said of a number of which it is not known how it is shown.
pub(super) fn unknown_mark(value: f64) -> CellMark {
    if value.abs() >= TOO_LARGE { CellMark::TooManyDigits } else { CellMark::NoFormat }
}

fn general_mark(value: f64) -> CellMark {
    match value.abs() {
        TOO_LARGE.. => CellMark::TooManyDigits,
        SHOWN_SHORT.. => CellMark::Shortened,
        _ => CellMark::General,
    }
}

/// The code that holds for an identifier and the code that the file gives for it. Where it gives none, the reader
/// may say General, or what the standard has.
fn effective(id: Option<u32>, code: &str) -> &str {
    if let Some((_, code)) = OF_SYSTEM.iter().find(|(start, _)| code.starts_with(start)) {
        return code;
    }
    let Some(id) = id.filter(|id| (1..FIRST_CUSTOM).contains(id)) else { return code };
    let is_given = !code.is_empty() && !code.eq_ignore_ascii_case("general");
    let is_held = is_given && !OF_SYSTEM_OR_TEXT.contains(&id) && code != STANDARD_47;
    if is_held {
        return code;
    }
    if let Some((_, code)) = BUILT_IN.iter().find(|(known, _)| *known == id) {
        code
    } else if DATES.iter().any(|ids| ids.contains(&id)) {
        "m/d/yyyy"
    } else if TIMES.contains(&id) {
        "h:mm:ss"
    } else {
        ssfmt::format_code_from_id(id).unwrap_or(code)
    }
}

impl Coded {
    fn parse(code: &str, is_1904: bool) -> Option<Self> {
        let parsed = code::sections(code)?;
        let parsed = parsed.as_slice();
        let is_text = |position: usize| {
            position == TEXT_SECTION
                || position + 1 == parsed.len() && parsed[position].section.has_text_placeholder()
        };
        let texts = (0..parsed.len()).find(|position| is_text(*position));
        let numbers: Vec<_> = (0..parsed.len()).filter(|at| !is_text(*at)).collect();
        let has_conditions = numbers.iter().any(|at| parsed[*at].section.condition.is_some());
        let section = |at: usize| Section::new(parsed, at, is_1904);
        Some(Self {
            numbers: numbers.into_iter().map(section).collect(),
            has_conditions,
            texts: texts.map(section),
            is_1904,
        })
    }

    /// The section for a number (ECMA-376 Part 1, 18.8.31); nothing where none is for it.
    fn section(&self, value: f64) -> Option<&Section> {
        if self.has_conditions {
            return self.numbers.iter().find(|section| section.is_for(value));
        }
        let position = match self.numbers.len() {
            2.. if value < 0.0 => 1,
            3.. if value == 0.0 => 2,
            _ => 0,
        };
        self.numbers.get(position)
    }
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
            (45_322.508_726_851_85, "mm.ss", "12.34"),
            (45_322.508_726_851_85, "mm\"min\"ss\"s\"", "12min34s"),
            (45_322.508_726_851_85, "h\"h\"mm", "12h12"),
            (45_322.508_726_851_85, "ss mm", "34 01"),
            (60.0, "yyyy-mm-dd", "1900-02-29"),
            (45_322.5, "dd.mm.yyyy hh.mm", "31.01.2024 12.00"),
            (45_322.5, "hh.mm.ss", "12.00.00"),
            (45_322.0, "_(m/d/yyyy_)", " 1/31/2024 "),
            (45_322.999_999, "m/d/yyyy h:mm", "2/1/2024 0:00"),
            (45_322.999_999, "m/d/yyyy", "1/31/2024"),
            (45_322.542_3, "mm:ss.0", "00:54.7"),
            (45_322.0, "[$-x-sysdate]dddd, mmmm dd, yyyy", "Wednesday, January 31, 2024"),
            (45_322.0, "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "Wednesday, January 31, 2024"),
        ];
        for (value, code, text) in cases {
            assert_eq!(shown(value, code), text, "{value} in {code}");
        }
        let built_in = Format::of(Some(14), "mm-dd-yy", false).number(45_322.0);
        assert_eq!(built_in, ("1/31/2024".into(), Some(CellMark::Date)));
        let in_1904 = |code, value| Format::of(None, code, true).number(value).0;
        assert_eq!(in_1904("yyyy-mm-dd", 43_860.0), "2024-01-31");
        assert_eq!(in_1904("m/d/yyyy", 0.25), "1/1/1904");
        assert_eq!(in_1904("[h]:mm", 1.5), "36:00");
        assert_eq!(in_1904("[h]:mm", -1.5), "-36:00");
    }

    #[test]
    fn what_excel_would_not_show_is_told() {
        let mark = |value, code| Format::of(None, code, false).number(value).1;
        assert_eq!(mark(123_456_789_012.0, "General"), Some(CellMark::Shortened));
        assert_eq!(mark(12_345_678_901.0, "General"), Some(CellMark::General));
        assert_eq!(mark(123_456_789_012.0, "0"), None);
        assert_eq!(mark(1_234_567_890_123_450.0, "0"), Some(CellMark::TooManyDigits));
        assert_eq!(mark(-1.0, "yyyy-mm-dd"), Some(CellMark::NotADate));
        assert_eq!(mark(1e9, "[h]:mm:ss"), Some(CellMark::NotADate));
        assert_eq!(shown(-1_234.567, "yyyy-mm-dd h:mm"), "-1234.567");
        assert_eq!(mark(45_322.0, "[$-407]d. mmmm yyyy"), Some(CellMark::UnknownDate));
        assert_eq!(mark(45_322.0, "[$-407]d.m.yyyy"), Some(CellMark::Date));
        assert_eq!(mark(45_322.0, "[$-409]d mmm yyyy"), Some(CellMark::Date));
        assert_eq!(mark(1e9, "m/d/yyyy"), Some(CellMark::NotADate));
        assert_eq!(mark(-0.25, "[h]:mm"), Some(CellMark::NotADate));
        assert_eq!(mark(-0.25, "[h]:mm;-[h]:mm"), Some(CellMark::UnknownDate));
        assert_eq!(mark(45_322.0, "[$-411]aaa"), Some(CellMark::UnknownDate));
        assert_eq!(mark(123.45, "0.0.0"), Some(CellMark::NoFormat));
        assert_eq!(mark(2.0, "[$-409"), Some(CellMark::NoFormat));
        assert_eq!(mark(2.0 / 3.0, "0.00000000000"), Some(CellMark::NoFormat));
        assert_eq!(mark(2.0, "0.00000000000"), None);
        assert_eq!(mark(1_234_567.891, "0.000000000000"), Some(CellMark::NoFormat));
        assert_eq!(mark(1_234_567.891, "0.0000"), None);
        assert_eq!(mark(45_322.5, "ss.0000000000"), Some(CellMark::UnknownDate));
        assert_eq!(shown(1e20, "0"), "100000000000000000000");
    }

    #[test]
    fn sections_are_rendered_as_excel_does() {
        let cases = [
            (2_134.0, "#,##0_ ;[Red]\\-#,##0\\ ", "2,134 "),
            (2_134.0, "00000\\ ", "02134 "),
            (7.0, "\"No. \"General", "No. 7"),
            (-7.0, "General;-General", "-7"),
            (-1.0, "General;(General)", "(1)"),
            (0.0, "\"a\"General\"b\"", "a0b"),
            (7.0, "[$$-409]General", "$7"),
            (-1.0, "0;General", "1"),
            (123_456_789_012.0, "General\" kg\"", "123456789012 kg"),
            (12_312_024.0, "00\\/00\\/0000", "12/31/2024"),
            (12_312_024.0, "00\"/\"00\"/\"0000", "12/31/2024"),
            (1.2, "[=1]0\" item\";0\" items\"", "1 items"),
            (999.6, "[<1000]0;[<1000000]0.0,\"k\";0", "1000"),
            (1.5, "# ?/?\" in\"", "1 1/2 in"),
            (-1.5, "# ?/?_);(# ?/?)", "(1 1/2)"),
            (-1.5, "# ?/?\" in\"", "-1 1/2 in"),
            (4_085_551_212.0, "0/8", "4085551212"),
            (4_085_551_212.0, "\"No \"# ?/?", "No 4085551212"),
            (-5.0, "[<>0]0.00;\"nil\"", "-5.00"),
            (-2_134.0, "[<1000]0;0", "-2134"),
            (-1.0, "[=0]\"zero\";0", "1"),
            (1_234_567.0, "#,##0,.0", "1,234.6"),
            (12_345.0, "0,.00", "12.35"),
            (1_234_567.0, "0,,.0", "1.2"),
            (1_234_567.0, "0.0,", "1234.6"),
            (2_134.5, "[<100]0.0;0.00", "2134.50"),
            (-3.0, "[<0](0);0", "(3)"),
            (-3.0, "[>0]0;(0)", "(3)"),
            (0.0, "[>0]0;[<0](0)", "0"),
        ];
        for (value, code, text) in cases {
            assert_eq!(shown(value, code), text, "{value} in {code}");
        }
    }

    #[test]
    fn built_in_formats_need_no_code() {
        let shown = |id, value| Format::of(Some(id), "", false).number(value).0;
        assert_eq!(shown(44, 0.5).trim(), "$0.50");
        assert_eq!(shown(41, -2.0).trim(), "(2)");
        assert_eq!(shown(31, 45_322.0), "1/31/2024");
        assert_eq!(shown(47, 0.012_357), "17:47.6");
        assert_eq!(shown(9, 0.5), "50%");
    }

    #[test]
    fn a_code_that_a_file_has_for_a_built_in_format_holds() {
        let shown =
            |id, code, value| Format::of(Some(id), code, false).number(value).0.trim().to_owned();
        assert_eq!(shown(44, "_-* #,##0.00\\ \"€\"_-", 1_234.5), "1,234.50 €");
        assert_eq!(shown(5, "#,##0 \"€\"", 1_235.0), "1,235 €");
        assert_eq!(shown(37, "#,##0;-#,##0", -5.0), "-5");
        assert_eq!(shown(37, "#,##0 ;(#,##0)", -5.0), "(5)");
        assert_eq!(shown(7, "General", -5.0), "($5.00)");
        assert_eq!(shown(31, "General", 45_322.0), "1/31/2024");
        assert_eq!(shown(57, "General", 45_322.0), "1/31/2024");
        assert_eq!(shown(33, "General", 0.5), "12:00:00");
        assert_eq!(shown(47, "mmss.0", 0.012_357), "17:47.6");
        assert_eq!(shown(14, "dd/mm/yyyy", 45_322.0), "1/31/2024");
        assert_eq!(shown(0, "General", 45_322.0), "45322");
    }

    #[test]
    fn texts_follow_their_section() {
        let text = |code| Format::of(None, code, false).text("Ann");
        assert_eq!(text("\"ID \"@"), "ID Ann");
        assert_eq!(text("@\" (text)\""), "Ann (text)");
        assert_eq!(text("0;-0;\"t \"@"), "t Ann");
        assert_eq!(text("@"), "Ann");
        assert_eq!(text("0.00"), "Ann");
        assert_eq!(text("0;0;0;General"), "Ann");
        assert_eq!(text("0;0;0;\"Ms \"@"), "Ms Ann");
        assert_eq!(text(";;;"), "");
        assert_eq!(text("[>5]0;0"), "Ann");
    }
}
