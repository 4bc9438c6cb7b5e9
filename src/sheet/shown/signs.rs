//! What in the code of a number format is no text.

/// The characters of a section that stand for something else than themselves, and where.
pub(super) fn signs(section: &str) -> impl Iterator<Item = (usize, char)> {
    let (mut is_quoted, mut is_escaped, mut is_in_brackets) = (false, false, false);
    section.char_indices().filter(move |(_, c)| {
        let is_text = is_quoted || is_in_brackets || is_escaped;
        let was_escaped = std::mem::take(&mut is_escaped);
        match c {
            ']' if is_in_brackets => is_in_brackets = false,
            _ if is_in_brackets => {}
            '"' if !was_escaped => is_quoted = !is_quoted,
            '\\' | '_' | '*' if !is_quoted && !was_escaped => is_escaped = true,
            '[' if !is_quoted && !was_escaped => is_in_brackets = true,
            _ => return !is_text,
        }
        false
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_escapes_and_brackets_hold_no_signs() {
        let signs_of = |section| signs(section).map(|(_, c)| c).collect::<String>();
        assert_eq!(signs_of("[Red]0\"a\\\"\\b_c*d#"), "0#");
        assert_eq!(signs_of("yy[$-409]\\\"mm"), "yymm");
        assert_eq!(signs("\"ä\"0").next(), Some((4, '0')));
    }
}
