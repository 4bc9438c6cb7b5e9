//! Texts that a spreadsheet program would take for a formula.
//!
//! Source: OWASP, "CSV Injection".

use std::borrow::Cow;

/// Puts an apostrophe before a text that begins as a formula does; a plain number stays as it is.
pub(super) fn defuse(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_plain_number(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text before it was defused. One that began with an apostrophe and a formula of its own cannot be told apart.
pub(super) fn plain(text: &str) -> &str {
    let bare = text.strip_prefix('\'').filter(|bare| matches!(defuse(bare), Cow::Owned(_)));
    bare.unwrap_or(text)
}

/// A sign, digits, and perhaps a decimal point among them; nothing that `f64` takes beyond that.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    digits.starts_with(|c: char| c.is_ascii_digit()) && digits.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_defused_and_numbers_are_not() {
        for formula in ["=1+1", "+49 30 5550", "-cmd", "@SUM(A1)", "\tx", "\rx", "-", "+1-800"] {
            assert_eq!(defuse(formula), format!("'{formula}"));
            assert_eq!(plain(&defuse(formula)), formula);
        }
        for plain in ["", "abc", "-12.5", "+4", "-1E5", "1=1", "'=1"] {
            assert_eq!(defuse(plain), plain);
        }
        for plain_text in ["", "abc", "'abc", "'-12.5", "-12.5", "''=1"] {
            assert_eq!(plain(plain_text), plain_text);
        }
    }
}
