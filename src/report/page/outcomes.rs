//! What became of the rows, as numbers and a bar, and what they can be filtered by.

use super::told::{RowTold, Told};
use crate::model::counted::{counted, grouped};
use crate::model::outcome::Status;

/// Units that the bar is long.
const LENGTH: u64 = 1_000;
/// Units that the shortest part is long: one row in a million must be seen.
const SHORTEST: u64 = 5;
/// Units between two parts.
const GAP: u64 = 3;

/// The rows that ended in one way.
#[derive(Debug)]
pub(super) struct Part {
    /// The word in the results.
    pub(super) word: &'static str,
    /// The word for a person.
    pub(super) label: String,
    /// How many.
    pub(super) rows: String,
    /// How many in a hundred.
    pub(super) share: String,
    /// Where its part of the bar begins.
    pub(super) x: u64,
    /// How long that is.
    pub(super) width: u64,
}

/// Something to filter by.
#[derive(Debug)]
pub(super) struct Choice {
    /// The word in the results.
    pub(super) word: &'static str,
    /// The word for a person.
    pub(super) label: String,
}

/// A status as a person says it.
pub(super) fn label(status: Status) -> String {
    status.as_str().replace('_', " ")
}

/// The parts of the bar, and their numbers.
pub(super) fn parts(told: &Told) -> Vec<Part> {
    let ended: Vec<_> = Status::ALL.into_iter().filter(|status| told.rows(*status) > 0).collect();
    let count = ended.len() as u64;
    let Some(free) = LENGTH.checked_sub(count * SHORTEST + count.saturating_sub(1) * GAP) else {
        return Vec::new();
    };
    let mut x = 0;
    let part = |status: Status| {
        let rows = told.rows(status);
        let width = SHORTEST + scaled(rows, told.total(), free);
        let part = Part {
            word: status.as_str(),
            label: label(status),
            rows: grouped(rows),
            share: share(rows, told.total()),
            x,
            width,
        };
        x += width + GAP;
        part
    };
    ended.into_iter().map(part).collect()
}

/// The bar in words.
pub(super) fn text(told: &Told) -> String {
    let ended = Status::ALL.into_iter().filter(|status| told.rows(*status) > 0);
    let parts: Vec<_> =
        ended.map(|status| format!("{} {}", grouped(told.rows(status)), label(status))).collect();
    format!("Of {}: {}", counted(told.total(), "row"), parts.join(", "))
}

/// The statuses that rows can be filtered by.
pub(super) fn choices(rows: &[RowTold]) -> Vec<Choice> {
    let found =
        Status::ALL.into_iter().filter(|status| rows.iter().any(|row| row.status == *status));
    found.map(|status| Choice { word: status.as_str(), label: label(status) }).collect()
}

/// The codes that rows can be filtered by.
pub(super) fn codes(rows: &[RowTold]) -> Vec<String> {
    let codes = rows.iter().map(|row| row.code.text.clone()).filter(|code| !code.is_empty());
    codes.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
}

fn scaled(part: u64, whole: u64, length: u64) -> u64 {
    let scaled = u128::from(part) * u128::from(length) / u128::from(whole.max(1));
    u64::try_from(scaled).unwrap_or(length)
}

/// A part in a hundred; neither "0%" of something nor "100%" of less than all.
fn share(part: u64, whole: u64) -> String {
    if part == whole {
        return "100%".to_owned();
    }
    match scaled(part, whole, 2_000).div_ceil(2).min(999) {
        0 => "under 0.1%".to_owned(),
        tenths => format!("{}.{}%", tenths / 10, tenths % 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_never_rounded_to_nothing_or_all() {
        let said = [(1, 20_000), (19_999, 20_000), (453, 20_000), (3, 3)].map(|(a, b)| share(a, b));
        assert_eq!(said, ["under 0.1%", "99.9%", "2.3%", "100%"]);
    }
}
