//! What a person is told of values that were stored otherwise than they were sent: how many of each field, and what
//! in `config.toml` would find them before they are sent.

use crate::model::counted::counted;
use crate::model::otherwise::Otherwise;
use crate::model::rules::SiteRules;
use crate::model::stored_counts::{FieldCounts, StoredCounts};

/// What a value in capital letters looks like: no small letter of the Latin alphabets of Western Europe.
const CAPITALS: &str = "[^a-zß-öø-ÿ]*";

/// The lines about what was stored otherwise; none if everything was stored as it was sent. A table of a field that
/// the site's configuration already has must not be begun a second time.
#[must_use]
pub fn stored_otherwise(counts: &StoredCounts, site: &SiteRules) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut rules, mut maybe) = (Vec::new(), Vec::new());
    for (field, counts) in counts.fields() {
        for (kind, values) in counts.by_kind() {
            lines.push(format!("{field}: {} {}", counted(*values, "value"), how(*kind, counts)));
        }
        let found = [rule_of_cuts(counts), rule_of_case(counts)];
        for Rule { line, remark } in found.into_iter().flatten() {
            let at = if site.fields.contains_key(field) {
                format!("# in the [fields.{field}] that is there:")
            } else {
                format!("[fields.{field}]")
            };
            match remark {
                None => rules.extend([at, line]),
                Some(remark) => {
                    let at = at.trim_start_matches("# ").to_owned();
                    maybe.extend([format!("# {remark}"), format!("# {at}"), format!("# {line}")]);
                }
            }
        }
    }
    if !rules.is_empty() || !maybe.is_empty() {
        lines.push("For config.toml, so that the next check finds these values:".to_owned());
        lines.extend(rules.iter().chain(&maybe).map(|line| format!("    {line}")));
    }
    lines
}

/// A line that a site may want in its configuration.
struct Rule {
    line: String,
    /// Why it is shown as a remark only, to be thought about first.
    remark: Option<String>,
}

/// What has become of the values of a field.
fn how(kind: Otherwise, counts: &FieldCounts) -> String {
    match (kind, counts.cut_at()) {
        (Otherwise::Cut, Some((fewest, most))) => {
            let at = if fewest == most {
                format!("cut at {}", counted(most, "character"))
            } else {
                format!("cut, at {fewest} to {}", counted(most, "character"))
            };
            match counts.longest_whole().filter(|whole| *whole > fewest) {
                Some(whole) => format!("{at}, while others of up to {whole} were stored whole"),
                None => at,
            }
        }
        (Otherwise::Case, _) if counts.is_in_capitals() => "stored in capital letters".to_owned(),
        (Otherwise::Case, _) => "stored in another case".to_owned(),
        (Otherwise::Trimmed, _) => "stored with other spaces around".to_owned(),
        (Otherwise::Ignored, _) => "not stored".to_owned(),
        (Otherwise::Cut | Otherwise::Rewritten, _) => "rewritten".to_owned(),
    }
}

fn rule_of_cuts(counts: &FieldCounts) -> Option<Rule> {
    let (fewest, most) = counts.cut_at()?;
    let finds_others = counts.longest_whole().is_some_and(|whole| whole > fewest);
    let remark = match (fewest == most, finds_others) {
        (true, false) => None,
        (false, false) => {
            Some("finds all of these, and may find others that would be stored whole:")
        }
        (_, true) => Some("finds all of these, and others that were stored whole:"),
    };
    let remark = remark.map(str::to_owned);
    Some(Rule { line: format!("max_length = {fewest}"), remark })
}

fn rule_of_case(counts: &FieldCounts) -> Option<Rule> {
    let is_case = counts.by_kind().contains_key(&Otherwise::Case);
    (is_case && counts.is_in_capitals()).then(|| Rule {
        line: format!("pattern = \"{CAPITALS}\""),
        remark: Some("if only capital letters are to be sent:".to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::otherwise::StoredOtherwise;
    use crate::model::rules::FieldRule;

    fn counts(values: &[(&str, &str, &str)]) -> StoredCounts {
        let mut counts = StoredCounts::default();
        for (field, sent, stored) in values {
            counts.add(&[StoredOtherwise::of(field, sent, stored)]);
        }
        counts
    }

    fn site() -> SiteRules {
        SiteRules::with_mark("<clear>")
    }

    #[test]
    fn values_that_were_cut_at_one_length_give_a_line_to_paste() {
        let mut counts = counts(&[("F", "Sacramento", "Sacra"), ("F", "San Jose", "San J")]);
        counts.add_whole("F", 5);
        let expected = [
            "F: 2 values cut at 5 characters",
            "For config.toml, so that the next check finds these values:",
            "    [fields.F]",
            "    max_length = 5",
        ];
        assert_eq!(stored_otherwise(&counts, &site()), expected);
        let mut site = site();
        site.fields.insert("F", FieldRule::default());
        let told = stored_otherwise(&counts, &site);
        assert_eq!(told[2..], ["    # in the [fields.F] that is there:", "    max_length = 5"]);
    }

    #[test]
    fn a_length_that_does_not_tell_them_apart_is_not_claimed_to() {
        let cut = [("F", "Sacramento", "Sacra"), ("F", "San Jose", "San")];
        let told = stored_otherwise(&counts(&cut), &site());
        assert_eq!(told[0], "F: 2 values cut, at 3 to 5 characters");
        let expected = [
            "    # finds all of these, and may find others that would be stored whole:",
            "    # [fields.F]",
            "    # max_length = 3",
        ];
        assert_eq!(told[2..], expected);
        let mut counts = counts(&cut[..1]);
        counts.add_whole("F", 9);
        let told = stored_otherwise(&counts, &site());
        let first = "F: 1 value cut at 5 characters, while others of up to 9 were stored whole";
        assert_eq!(told[0], first);
        assert_eq!(told[2], "    # finds all of these, and others that were stored whole:");
    }

    #[test]
    fn what_no_rule_can_find_has_none() {
        let told = stored_otherwise(
            &counts(&[("F", "Rome", "Roma"), ("F", "Rome", ""), ("G", "rome", "Rome")]),
            &site(),
        );
        let expected =
            ["F: 1 value not stored", "F: 1 value rewritten", "G: 1 value stored in another case"];
        assert_eq!(told, expected);
        let told = stored_otherwise(&counts(&[("F", "Ca", "CA")]), &site());
        assert_eq!(told[0], "F: 1 value stored in capital letters");
        assert_eq!(told[4], format!("    # pattern = \"{CAPITALS}\""));
        assert!(stored_otherwise(&StoredCounts::default(), &site()).is_empty());
    }
}
