//! Whether a row is of another country than the one whose customs most checks follow.

use super::Rules;
use crate::model::record::{Content, fold_header};
use crate::model::row::Row;

/// How people write the United States, folded.
const UNITED_STATES: [&str; 4] = ["us", "usa", "unitedstates", "unitedstatesofamerica"];

/// Whether the row names a country other than the United States.
pub(super) fn is_abroad(rules: &Rules<'_>, row: Row<'_>) -> bool {
    let mut countries = rules.assignments(row).filter(|set| set.field.content == Content::Country);
    countries.any(|set| {
        let country = fold_header(set.change.value()).replace('.', "");
        !country.is_empty() && !UNITED_STATES.contains(&country.as_str())
    })
}
