//! What the parts of a section cannot be trusted with.

use ssfmt::ast::{DatePart, FormatPart, FractionDenom};

/// The largest numerator that ssfmt can hold.
const MOST_IN_NUMERATOR: f64 = 2_147_483_647.0;
/// The language of a Windows language code, and English ([MS-LCID] 2.1).
const LANGUAGE: u32 = 0x3FF;
const ENGLISH: u32 = 0x09;

/// Whether months or days are named in another language than English, whose names alone ssfmt has.
pub(super) fn is_foreign(parts: &[FormatPart]) -> bool {
    let is_other = |part: &FormatPart| match part {
        FormatPart::Locale(locale) => {
            locale.lcid.is_some_and(|lcid| lcid & LANGUAGE != ENGLISH && lcid & LANGUAGE != 0)
        }
        _ => false,
    };
    let is_name = |part: &FormatPart| {
        use DatePart::{DayAbbr, DayFull, MonthAbbr, MonthFull, MonthLetter};
        matches!(
            part,
            FormatPart::DatePart(DayAbbr | DayFull | MonthAbbr | MonthFull | MonthLetter)
        )
    };
    parts.iter().any(is_other) && parts.iter().any(is_name)
}

/// The largest number of which ssfmt makes this fraction rightly.
pub(super) fn most_in(fraction: &FormatPart) -> f64 {
    let denominator = match fraction {
        FormatPart::Fraction { denominator: FractionDenom::Fixed(denominator), .. } => {
            f64::from(*denominator)
        }
        FormatPart::Fraction { denominator: FractionDenom::UpToDigits(digits), .. } => {
            10_f64.powi((*digits).into())
        }
        _ => 1.0,
    };
    MOST_IN_NUMERATOR / denominator.max(1.0)
}
