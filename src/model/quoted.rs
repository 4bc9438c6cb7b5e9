//! Values in words for a person.

/// Characters of a value that are quoted.
const LONGEST: usize = 60;

/// A value in quotation marks; of a long one the start.
#[must_use]
pub fn quoted(text: &str) -> String {
    let cut = if text.chars().nth(LONGEST).is_some() { "…" } else { "" };
    format!("\"{}{cut}\"", text.chars().take(LONGEST).collect::<String>())
}
