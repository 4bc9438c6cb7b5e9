//! Counts in words for a person.

/// A count with a comma before every three digits.
#[must_use]
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// A count of things: `1 row`, `2 rows`, `1,200 rows`.
#[must_use]
pub fn counted(count: u64, thing: &str) -> String {
    format!("{} {thing}{}", grouped(count), if count == 1 { "" } else { "s" })
}

/// A count of things and its verb: `1 row is`, `2 rows are`.
#[must_use]
pub fn counted_are(count: u64, thing: &str) -> String {
    format!("{} {}", counted(count, thing), are(count))
}

/// The verb for a count.
#[must_use]
pub fn are(count: u64) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn one_thing_is_and_several_are() {
        assert_eq!(counted_are(1, "row"), "1 row is");
        assert_eq!(counted_are(1_200, "row"), "1,200 rows are");
        assert_eq!(counted(0, "cell"), "0 cells");
    }
}
