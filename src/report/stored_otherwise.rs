//! What a person is told of values that were stored otherwise than they were sent: how many of each field, and what
//! in `config.toml` would find them before they are sent.

use crate::model::counted::counted;
use crate::model::otherwise::Otherwise;
use crate::model::rules::{FieldRule, Level, SiteRules};
use crate::model::stored_counts::{FieldCounts, StoredCounts};

/// What a value in capital letters looks like: no small letter of the Latin alphabets of Western Europe.
const CAPITALS: &str = "[^a-zß-öø-ÿ]*";

/// The lines about what was stored otherwise; none if everything was stored as it was sent. Where the configuration
/// has a table for the field already, what is missing in it is told by itself: a table must not be begun twice.
#[must_use]
pub fn stored_otherwise(counts: &StoredCounts, site: &SiteRules) -> Vec<String> {
    let (mut lines, mut new, mut more) = (Vec::new(), Vec::new(), Vec::new());
    for (field, counts) in counts.fields() {
        for (kind, values) in counts.by_kind() {
            lines.push(format!("{field}: {} {}", counted(*values, "value"), how(*kind, counts)));
        }
        let there = site.fields.get(field);
        let found = [rule_of_cuts(counts, there), rule_of_case(counts, there)];
        let rules: Vec<Rule> = found.into_iter().flatten().collect();
        if rules.is_empty() {
            continue;
        }
        let table = if there.is_some() {
            more.push(format!("In the [fields.{field}] of config.toml, for the same:"));
            &mut more
        } else {
            let are_remarks = rules.iter().all(|rule| rule.remark.is_some());
            new.push(format!("    {}[fields.{field}]", if are_remarks { "# " } else { "" }));
            &mut new
        };
        for Rule { line, remark } in rules {
            match remark {
                None => table.push(format!("    {line}")),
                Some(remark) => table.extend([format!("    # {remark}"), format!("    # {line}")]),
            }
        }
    }
    if !new.is_empty() {
        lines.push("For config.toml, so that the next check finds these values:".to_owned());
    }
    lines.into_iter().chain(new).chain(more).collect()
}

/// A line that a site may want in its configuration.
struct Rule {
    line: String,
    /// Why it is shown as a remark only, to be thought about first.
    remark: Option<&'static str>,
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

/// The rule that finds values that were cut, unless the site's own would have, or is not wanted.
fn rule_of_cuts(counts: &FieldCounts, there: Option<&FieldRule>) -> Option<Rule> {
    let (fewest, most) = counts.cut_at()?;
    let of_site = there.and_then(|rule| rule.max_length);
    if is_off(there) || of_site.is_some_and(|length| length as u64 <= fewest) {
        return None;
    }
    let finds_others = counts.longest_whole().is_some_and(|whole| whole > fewest);
    let remark = match (fewest == most, finds_others) {
        (true, false) => None,
        (false, false) => {
            Some("finds all of these, and may find others that would be stored whole:")
        }
        (_, true) => Some("finds all of these, and others that were stored whole:"),
    };
    let instead = of_site.map_or_else(String::new, |length| format!("  # in place of {length}"));
    Some(Rule { line: format!("max_length = {fewest}{instead}"), remark })
}

fn rule_of_case(counts: &FieldCounts, there: Option<&FieldRule>) -> Option<Rule> {
    let is_case = counts.by_kind().contains_key(&Otherwise::Case) && counts.is_in_capitals();
    let is_free = !is_off(there) && there.is_none_or(|rule| rule.pattern.is_none());
    (is_case && is_free).then(|| Rule {
        line: format!("pattern = \"{CAPITALS}\""),
        remark: Some("if only capital letters are to be sent:"),
    })
}

fn is_off(rule: Option<&FieldRule>) -> bool {
    rule.is_some_and(|rule| rule.level == Some(Level::Off))
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
    }

    #[test]
    fn a_field_that_has_a_rule_gets_what_is_missing_in_it() {
        let counts = counts(&[("F", "Sacramento", "Sacra"), ("G", "Ca", "CA")]);
        let mut site = site();
        let told = |site: &SiteRules| stored_otherwise(&counts, site)[2..].to_vec();
        site.fields.insert("F", FieldRule { max_length: Some(9), ..FieldRule::default() });
        let expected = [
            "For config.toml, so that the next check finds these values:",
            "    # [fields.G]",
            "    # if only capital letters are to be sent:",
            "    # pattern = \"[^a-zß-öø-ÿ]*\"",
            "In the [fields.F] of config.toml, for the same:",
            "    max_length = 5  # in place of 9",
        ];
        assert_eq!(told(&site), expected);
        // It is found already, and sent all the same; or it is not to be told.
        for (max_length, level) in [(Some(5), Some(Level::Warning)), (None, Some(Level::Off))] {
            site.fields.insert("F", FieldRule { max_length, level, ..FieldRule::default() });
            assert_eq!(told(&site), expected[..4]);
        }
    }

    #[test]
    fn a_length_that_does_not_tell_them_apart_is_not_claimed_to() {
        let cut = [("F", "Sacramento", "Sacra"), ("F", "San Jose", "San")];
        let told = stored_otherwise(&counts(&cut), &site());
        assert_eq!(told[0], "F: 2 values cut, at 3 to 5 characters");
        let expected = [
            "    # [fields.F]",
            "    # finds all of these, and may find others that would be stored whole:",
            "    # max_length = 3",
        ];
        assert_eq!(told[2..], expected);
        let mut counts = counts(&cut[..1]);
        counts.add_whole("F", 9);
        let told = stored_otherwise(&counts, &site());
        let first = "F: 1 value cut at 5 characters, while others of up to 9 were stored whole";
        assert_eq!(told[0], first);
        assert_eq!(told[3], "    # finds all of these, and others that were stored whole:");
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
