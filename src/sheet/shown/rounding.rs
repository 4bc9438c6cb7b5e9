//! Rounding as a spreadsheet does it: of the fifteen decimal digits that it keeps, half away from zero.

/// Decimal digits that a spreadsheet keeps of a number.
pub(super) const DIGITS: i32 = 15;

/// From this size on a spreadsheet has lost the last digits; below it every whole number is exact.
pub(in crate::sheet) const TOO_LARGE: f64 = 1e15;

/// Whether a number is whole and exact, as most are: then there is nothing to round.
pub(super) fn is_exact(value: f64) -> bool {
    value.abs() < TOO_LARGE && value.fract() == 0.0
}

/// A number in full with the digits that a spreadsheet keeps, never with an exponent.
pub(in crate::sheet) fn number_text(value: f64) -> String {
    if is_exact(value) {
        #[expect(clippy::cast_possible_truncation, reason = "it is whole, and below 10^15")]
        return (value as i64).to_string();
    }
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    if rounded == 0.0 { "0".to_owned() } else { rounded.to_string() }
}

/// The exponent of a number in scientific notation, as in 3 for 2134.
pub(in crate::sheet) fn exponent(value: f64) -> Option<i32> {
    format!("{value:.14e}").split_once('e')?.1.parse().ok()
}

/// A number rounded to so many decimal places; negative places round before the point.
pub(in crate::sheet) fn rounded(value: f64, places: i32) -> f64 {
    if places >= 0 && is_exact(value) {
        return value;
    }
    let scientific = format!("{value:.14e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return value };
    let Ok(exponent) = exponent.parse::<i32>() else { return value };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let kept = exponent + 1 + places;
    if kept >= DIGITS {
        return scientific.parse().unwrap_or(value);
    }
    let Ok(kept) = usize::try_from(kept) else { return 0.0 };
    let head: u64 = digits[..kept].parse().unwrap_or(0);
    let rounds_up = digits.as_bytes()[kept] >= b'5';
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{}e{}", head + u64::from(rounds_up), -places).parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_are_rounded_away_from_zero_as_they_are_written() {
        let cases = [
            (2.175, 2, "2.18"),
            (-2.175, 2, "-2.18"),
            (1.005, 2, "1.01"),
            (0.5, 0, "1"),
            (0.49, 0, "0"),
            (1_500.0, -3, "2000"),
            (499.0, -3, "0"),
            (0.000_4, 3, "0"),
            (9.995, 2, "10"),
            (123_456_789.125, 2, "123456789.13"),
            (0.0, 2, "0"),
        ];
        for (value, places, text) in cases {
            assert_eq!(number_text(rounded(value, places)), text, "{value} to {places}");
        }
    }
}
