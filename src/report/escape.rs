//! Texts from cells and from the endpoint, made harmless for a terminal.

use std::borrow::Cow;

/// Escapes control characters, and those that turn the direction of writing.
#[must_use]
pub fn escape(text: &str) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let escaped = text.chars().fold(String::with_capacity(text.len()), |mut escaped, c| {
        if is_harmful(c) {
            escaped.extend(c.escape_default());
        } else {
            escaped.push(c);
        }
        escaped
    });
    Cow::Owned(escaped)
}

/// Controls, and the explicit directional formatting characters (Unicode Standard Annex 9).
fn is_harmful(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Escapes also what looks as if it were not there, or were a plain space: where two texts are compared.
pub(super) fn written_out(text: &str) -> String {
    let start = text.len() - text.trim_start_matches(' ').len();
    let end = text.trim_end_matches(' ').len();
    let mut written = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if at < start || at >= end || is_unseen(c) {
            written.extend(c.escape_unicode());
        } else {
            written.push(c);
        }
    }
    escape(&written).into_owned()
}

/// White space other than a space or a line break, and characters without a width.
fn is_unseen(c: char) -> bool {
    c != ' ' && c.is_whitespace() && !c.is_control()
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_can_move_the_cursor() {
        assert_eq!(escape("a\u{1b}[2Jb\r\n\u{202e}c"), "a\\u{1b}[2Jb\\r\\n\\u{202e}c");
        assert_eq!(escape("Zürich"), "Zürich");
    }
}
