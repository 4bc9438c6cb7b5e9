//! One section of a number format, by itself: a section that is rendered alone is not chosen again
//! after rounding, and what stands around a fraction or General is not lost.

use ssfmt::ast::{Condition, FormatPart, FormatType, SectionMetadata, TimeUnit};
use ssfmt::{FormatOptions, NumberFormat};

use super::code::{GENERAL, Parsed, SLASH};
use super::fraction::most_in;
use super::rounding::{DIGITS, exponent, is_exact, number_text, rounded};
use crate::model::cells::CellMark;

/// The position of the section for texts.
pub(super) const TEXT_SECTION: usize = 3;
/// Seconds of a day, the unit of serial dates.
pub(super) const DAY: f64 = 86_400.0;
/// The serial date after the last one that Excel shows (9999-12-31).
const AFTER_LAST_DAY: f64 = 2_958_466.0;
/// Digits after the point of a second that ssfmt can hold; Excel knows no more than three.
const MOST_SUBSECONDS: u8 = 9;
/// Decimal places that ssfmt rounds to.
const MOST_PLACES: i32 = 10;
/// Days from the first date of the system of 1900 to that of 1904.
pub(super) const DAYS_TO_1904: f64 = 1_462.0;
/// One section of a number format.
#[derive(Debug)]
pub(super) struct Section {
    format: NumberFormat,
    condition: Option<Condition>,
    /// Whether it shows the size of negative numbers alone.
    drops_sign: bool,
    is_1904: bool,
    /// What is to be said of whatever it shows, where that is not what Excel does.
    doubt: Option<CellMark>,
    shape: Shape,
}

/// What a section makes of a number.
#[derive(Debug, PartialEq)]
enum Shape {
    Nothing,
    Date,
    Number,
    /// A number in full, between two texts.
    General(String, String),
    /// A fraction, between two texts, of numbers up to this size.
    Fraction(String, String, f64),
}

impl Section {
    /// The section at a position of a parsed format.
    pub(super) fn new(sections: &[Parsed], position: usize, is_1904: bool) -> Self {
        let Parsed { mut section, doubt } = sections[position].clone();
        let condition = section.condition.take();
        let drops_sign = drops_sign(sections, position);
        let shape = Shape::of(&mut section);
        let format = NumberFormat::from_sections(vec![section]);
        Self { format, condition, drops_sign, is_1904, doubt, shape }
    }

    /// Whether its condition, if it has one, holds for a number.
    pub(super) fn is_for(&self, value: f64) -> bool {
        self.condition.is_none_or(|condition| condition.evaluate(value))
    }

    /// Whether it shows nothing at all.
    pub(super) fn shows_nothing(&self) -> bool {
        self.shape == Shape::Nothing
    }

    /// Whether it shows dates or times.
    pub(super) fn is_date(&self) -> bool {
        self.shape == Shape::Date
    }

    /// What is to be said of a number that it does not show as Excel does.
    pub(super) fn doubt(&self, value: f64) -> Option<CellMark> {
        // Beyond the digits that a spreadsheet keeps, ssfmt writes what a float holds.
        let is_noisy = |places| places > MOST_PLACES || value.abs() >= 10_f64.powi(DIGITS - places);
        let is_noisy = !is_exact(value) && self.places(value).is_some_and(is_noisy);
        self.doubt.or(is_noisy.then_some(CellMark::NoFormat))
    }

    /// Whether it shows numbers in full.
    pub(super) fn is_general(&self) -> bool {
        matches!(self.shape, Shape::General(..))
    }

    /// A number as this section shows it.
    pub(super) fn number(&self, value: f64) -> String {
        let value = if self.drops_sign { value.abs() } else { value };
        let sign = if value < 0.0 { "-" } else { "" };
        match &self.shape {
            Shape::General(before, after) => {
                format!("{sign}{before}{}{after}", number_text(value.abs()))
            }
            Shape::Fraction(before, after, most) => {
                let size = value.abs();
                let text =
                    if size <= *most { render(&self.format, size) } else { number_text(size) };
                format!("{sign}{before}{text}{after}")
            }
            _ => match self.places(value) {
                Some(places) => render(&self.format, rounded(value, places) + 0.0),
                None => render(&self.format, value),
            },
        }
    }

    /// A date or a time as this section shows it, and what is to be said of it.
    pub(super) fn date(&self, value: f64) -> (String, Option<CellMark>) {
        let metadata = &self.format.sections()[0].metadata;
        let held = value;
        if metadata.max_subsecond_precision.is_some_and(|digits| digits > MOST_SUBSECONDS) {
            return (number_text(held), Some(CellMark::UnknownDate));
        }
        let value = match metadata.smallest_time_unit {
            TimeUnit::None => value,
            // What is not shown of a time is rounded, and may make a new day.
            _ => to_seconds(value, metadata.max_subsecond_precision.unwrap_or(0)),
        };
        let is_elapsed = metadata.has_elapsed_time;
        let serial = match self.is_1904 {
            _ if is_elapsed => value.abs(),
            true => value + DAYS_TO_1904,
            false => value,
        };
        // Negative times are there in the system of 1904 alone.
        let is_shown = value >= 0.0 || is_elapsed && self.is_1904;
        if value < 0.0 && self.drops_sign {
            return (number_text(held), Some(CellMark::UnknownDate));
        }
        let sign = if value < 0.0 { "-" } else { "" };
        match self.format.try_format(serial, &FormatOptions::default()) {
            Ok(text) if !text.is_empty() && is_shown && serial < AFTER_LAST_DAY => {
                let mark = self.doubt.unwrap_or(CellMark::Date);
                let text = if text.contains(SLASH) { text.replace(SLASH, "/") } else { text };
                let text = if sign.is_empty() { text } else { format!("{sign}{text}") };
                (text, Some(mark))
            }
            // Excel shows ##### for what is no date.
            _ => (number_text(held), Some(CellMark::NotADate)),
        }
    }

    /// A text as this section shows it.
    pub(super) fn text(&self, text: &str) -> String {
        let parts = self.format.sections()[0].parts.iter().map(|part| match part {
            FormatPart::TextPlaceholder => text,
            FormatPart::Literal(literal) | FormatPart::EscapedLiteral(literal) => literal,
            _ => "",
        });
        // General stands for a text as for a number.
        parts.collect::<String>().replace(SLASH, "/").replace(GENERAL, text)
    }

    /// Decimal places of a number that the section shows; nothing where ssfmt rounds in its own way.
    fn places(&self, value: f64) -> Option<i32> {
        let (mut whole, mut decimals, mut percents, mut scaling) = (0, 0, 0, 0);
        let mut is_after_point = false;
        let mut has_exponent = false;
        for part in &self.format.sections()[0].parts {
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
}

impl Shape {
    /// The shape of a section; of one with a fraction only that is left in it.
    fn of(section: &mut ssfmt::Section) -> Self {
        if section.parts.is_empty() {
            return Self::Nothing;
        }
        if section.has_date_parts() {
            return Self::Date;
        }
        let number = FormatType::Number;
        let metadata = SectionMetadata { format_type: number, ..section.metadata.clone() };
        let text_of = |parts: &[FormatPart]| {
            let around = ssfmt::Section {
                parts: parts.to_vec(),
                metadata: metadata.clone(),
                ..section.clone()
            };
            if parts.is_empty() {
                String::new()
            } else {
                render(&NumberFormat::from_sections(vec![around]), 0.0)
            }
        };
        let template = text_of(&section.parts);
        if let Some((before, after)) = template.split_once(GENERAL) {
            return Self::General(before.to_owned(), after.to_owned());
        }
        let is_fraction = |part: &FormatPart| matches!(part, FormatPart::Fraction { .. });
        let Some(at) = section.parts.iter().position(is_fraction) else { return Self::Number };
        let (before, after) = (text_of(&section.parts[..at]), text_of(&section.parts[at + 1..]));
        let fraction = section.parts.swap_remove(at);
        let most = most_in(&fraction);
        section.parts = vec![fraction];
        Self::Fraction(before, after, most)
    }
}

/// Whether a section shows the size of negative numbers alone: those after the first do, and those whose
/// condition only negative numbers meet.
fn drops_sign(sections: &[Parsed], position: usize) -> bool {
    match sections[position].section.condition {
        Some(Condition::LessThan(limit) | Condition::LessOrEqual(limit)) => limit <= 0.0,
        Some(_) => false,
        None => position > 0,
    }
}

fn render(format: &NumberFormat, value: f64) -> String {
    format.format(value, &FormatOptions::default()).replace(SLASH, "/")
}

/// A serial time rounded to seconds with so many decimals.
fn to_seconds(value: f64, decimals: u8) -> f64 {
    let units = DAY * 10_f64.powi(decimals.into());
    (value * units).round() / units
}
