//! What is asked of cells and fields, checked and settled.

use std::collections::HashMap;

use regex::Regex;

use super::columns::settable;
use super::defaults;
use super::fault::ConfigFault;
use super::typed::Typed;
use super::typed_tables::{TypedLevel, TypedRule};
use crate::model::record::{Field, RecordType, Role};
use crate::model::rules::{FieldRule, Level, SiteRules};

/// Settles the rules of a site; `origin` knows where a key stands.
pub(super) fn settle(
    typed: &Typed,
    record: &'static RecordType,
    origin: &dyn Fn(&str) -> String,
) -> Result<SiteRules, ConfigFault> {
    let clear_mark = clear_mark(typed, origin)?;
    let set = constants(typed, record, &clear_mark, &origin("set"))?;
    let fields_origin = origin("fields");
    let mut fields = HashMap::new();
    for (name, rule) in &typed.fields {
        let field = settable(record, name, &fields_origin)?;
        let rule = field_rule(field, rule, &fields_origin)?;
        if fields.insert(field.name, rule).is_some() {
            let text =
                format!("[fields] has two tables for {0}; write one [fields.{0}]", field.name);
            return Err(ConfigFault::new(fields_origin, text));
        }
    }
    Ok(SiteRules {
        clear_mark,
        strict: typed.strict.unwrap_or(false),
        trim: typed.trim.unwrap_or(true),
        set,
        fields,
    })
}

/// The fields that have the same value in every row, each once and with a value.
fn constants(
    typed: &Typed,
    record: &'static RecordType,
    clear_mark: &str,
    origin: &str,
) -> Result<Vec<(&'static Field, String)>, ConfigFault> {
    let mut set: Vec<(&Field, String)> = Vec::new();
    for (name, value) in &typed.set {
        let field = settable(record, name, origin)?;
        let refused = |text: &str| Err(ConfigFault::new(origin, format!("[set] {name}: {text}")));
        if field.role == Role::Key {
            return refused("a key cannot have the same value in every row");
        }
        if set.iter().any(|(other, _)| *other == field) {
            return refused(&format!("{} is named twice; give it one value", field.name));
        }
        if value.trim().is_empty() {
            return refused(&format!(
                "a blank value sets nothing; write {clear_mark} to blank the field in every row, or leave it out"
            ));
        }
        set.push((field, value.clone()));
    }
    Ok(set)
}

/// The text that blanks a field, without the spaces around it, which no cell is compared with.
fn clear_mark(typed: &Typed, origin: &dyn Fn(&str) -> String) -> Result<String, ConfigFault> {
    let mark = typed.clear_mark.as_deref().unwrap_or(defaults::CLEAR_MARK).trim();
    if mark.is_empty() {
        let text = format!(
            "clear_mark is blank, and a blank cell leaves its field alone; write a text, such as {}",
            defaults::CLEAR_MARK
        );
        return Err(ConfigFault::new(origin("clear_mark"), text));
    }
    Ok(mark.to_owned())
}

fn field_rule(field: &Field, rule: &TypedRule, origin: &str) -> Result<FieldRule, ConfigFault> {
    let pattern = rule.pattern.as_ref().map(|pattern| {
        Regex::new(&format!("^(?:{pattern})$")).map_err(|fault| {
            ConfigFault::new(
                origin,
                format!("[fields.{}] pattern = \"{pattern}\" cannot be read: {fault}", field.name),
            )
        })
    });
    if rule.max_length == Some(0) {
        let text = format!("[fields.{}] max_length must be at least 1", field.name);
        return Err(ConfigFault::new(origin, text));
    }
    Ok(FieldRule {
        max_length: rule.max_length,
        pattern: pattern.transpose()?,
        values: rule.values.clone().unwrap_or_default(),
        required: rule.required.unwrap_or(false),
        level: rule.level.map(|level| match level {
            TypedLevel::Error => Level::Error,
            TypedLevel::Warning => Level::Warning,
            TypedLevel::Off => Level::Off,
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::CUSTOMER_CONTACT;

    fn settled(text: &str) -> Result<SiteRules, ConfigFault> {
        let typed: Typed = toml::from_str(text).expect("a configuration");
        settle(&typed, &CUSTOMER_CONTACT, &|_| "config.toml".to_owned())
    }

    #[test]
    fn rules_are_settled_by_field() {
        let rules = settled(
            "strict = true\n[set]\ncontact_status = \"A\"\n[fields.\"Zip Code\"]\nmax_length = 10\npattern = \"[0-9]{5}\"\nlevel = \"warning\"\n",
        );
        let rules = rules.expect("settled");
        assert_eq!(rules.set[0].0.name, "CONTACT_STATUS");
        let zip = &rules.fields["ZIP_CODE"];
        assert_eq!(
            (zip.max_length, zip.level, rules.strict),
            (Some(10), Some(Level::Warning), true)
        );
        assert!(
            !zip.pattern.as_ref().expect("a pattern").is_match("021345"),
            "the whole value must match"
        );
    }

    #[test]
    fn the_clear_mark_has_no_spaces_around_it_and_is_not_blank() {
        let mark = |text: &str| settled(text).map(|rules| rules.clear_mark);
        assert_eq!(mark("clear_mark = \" CLR \"\n").as_deref(), Ok("CLR"));
        assert_eq!(mark("").as_deref(), Ok("<clear>"));
        for blank in ["", " \u{a0}"] {
            let told = mark(&format!("clear_mark = \"{blank}\"\n")).expect_err("blank").text;
            assert!(told.contains("clear_mark is blank"), "{told}");
        }
    }

    #[test]
    fn a_field_is_named_once_and_a_constant_is_not_blank() {
        for (wrong, told) in [
            ("[set]\nCITY = \"Rome\"\ncity = \"Oslo\"\n", "CITY is named twice"),
            ("[set]\nCITY = \" \"\n", "write <clear>"),
            ("clear_mark = \"CLR\"\n[set]\nCITY = \"\"\n", "write CLR"),
            (
                "[fields.STATE]\nmax_length = 2\n[fields.state]\nrequired = true\n",
                "two tables for STATE",
            ),
        ] {
            let text = settled(wrong).expect_err(wrong).text;
            assert!(text.contains(told), "{wrong}: {text}");
        }
    }

    #[test]
    fn wrong_rules_are_refused() {
        assert!(settled("[set]\nCUSTOMER_ID = \"A\"\n").is_err());
        assert!(
            settled("[fields.CTIY]\nmax_length = 3\n").expect_err("unknown").text.contains("CITY")
        );
        assert!(
            settled("[fields.CITY]\npattern = \"(\"\n")
                .expect_err("pattern")
                .text
                .contains("pattern")
        );
    }
}
