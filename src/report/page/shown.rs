//! Texts of cells and of the endpoint, made harmless for a page.

use askama::Template;
use askama::filters::HtmlSafe;

use crate::model::counted::grouped;
use crate::report::defuse::plain;
use crate::report::escape;

/// Characters of a message that are shown.
pub(super) const MESSAGE: usize = 400;
/// Characters of a shorter text that are shown: a part of a key, a code, a name.
pub(super) const NAME: usize = 80;

/// A text from outside as the page shows it: it cannot turn the direction of what stands beside it, its control
/// characters are written out, and a long one is cut, with its length told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Template)]
#[template(
    ext = "html",
    source = r#"<bdi>{{ text }}</bdi>{% if let Some(length) = length %}<span class="cut">… ({{ length }} characters)</span>{% endif %}"#
)]
pub(super) struct Shown {
    /// What is left of it.
    pub(super) text: String,
    /// How many characters the whole has, if it was cut.
    pub(super) length: Option<String>,
}

/// Its template escapes the text.
impl HtmlSafe for Shown {}

impl Shown {
    /// A text of which at most so many characters are shown.
    pub(super) fn of(text: &str, most: usize) -> Self {
        let end = text.char_indices().nth(most).map(|(end, _)| end);
        let length = end.map(|_| grouped(text.chars().count() as u64));
        Self { text: escape(&text[..end.unwrap_or(text.len())]).into_owned(), length }
    }

    /// A text of the results, in which formulas are defused.
    pub(super) fn of_cell(cell: &str, most: usize) -> Self {
        Self::of(plain(cell), most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(text: &str) -> String {
        Shown::of_cell(text, 30).render().expect("a text")
    }

    #[test]
    fn no_text_does_harm() {
        for (text, expected) in [
            ("Zürich", "<bdi>Zürich</bdi>"),
            ("<script>x()</script>", "<bdi>&#60;script&#62;x()&#60;/script&#62;</bdi>"),
            ("\"><img onerror='x'>", "<bdi>&#34;&#62;&#60;img onerror=&#39;x&#39;&#62;</bdi>"),
            ("'=HYPERLINK(\"x\")", "<bdi>=HYPERLINK(&#34;x&#34;)</bdi>"),
            ("a\u{202e}b\u{0}\u{1b}[2J", "<bdi>a\\u{202e}b\\u{0}\\u{1b}[2J</bdi>"),
        ] {
            assert_eq!(html(text), expected);
        }
    }

    #[test]
    fn a_long_text_is_cut_and_its_length_told() {
        let shown = html(&"ä".repeat(32_765));
        let expected = format!(
            "<bdi>{}</bdi><span class=\"cut\">… (32,765 characters)</span>",
            "ä".repeat(30)
        );
        assert_eq!(shown, expected);
        assert_eq!(html(&"ä".repeat(30)), format!("<bdi>{}</bdi>", "ä".repeat(30)));
    }
}
