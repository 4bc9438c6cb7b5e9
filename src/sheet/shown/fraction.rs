//! How large a number may be of which ssfmt makes a fraction.

use ssfmt::ast::{FormatPart, FractionDenom};

/// The largest numerator that ssfmt can hold.
const MOST_IN_NUMERATOR: f64 = 2_147_483_647.0;

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
