//! Which records an export is of, and which of their fields, by what a person typed.

use anyhow::{Context as _, bail};

use crate::model::record::{Field, RecordType, Role};

/// What `--where` says, each as `FIELD=VALUE`; the value is passed on as it is.
///
/// # Errors
/// A field that there is not, that cannot be asked for, or that is named twice.
pub(super) fn criteria(
    typed: &[String],
    record: &'static RecordType,
) -> anyhow::Result<Vec<(&'static Field, String)>> {
    let mut criteria: Vec<(&Field, String)> = Vec::new();
    for text in typed {
        let Some((name, value)) = text.split_once('=') else {
            bail!("--where \"{text}\": write it as FIELD=VALUE");
        };
        let field = field(name, record).with_context(|| format!("--where \"{text}\""))?;
        if !field.queryable {
            bail!("--where \"{text}\": the endpoint takes no question about {}", field.name);
        }
        if value.trim().is_empty() {
            bail!("--where \"{text}\": the value is blank; the endpoint needs one to look for");
        }
        if criteria.iter().any(|(other, _)| *other == field) {
            bail!(
                "--where \"{text}\": {} is given twice, and the endpoint takes each field once",
                field.name
            );
        }
        criteria.push((field, value.to_owned()));
    }
    Ok(criteria)
}

/// The columns of an export: the keys, the fields that were named, or else all, and the stamps of the last update,
/// by which a later run sees that a record was changed since.
///
/// # Errors
/// A field that there is not.
pub(super) fn fields(
    named: &[String],
    record: &'static RecordType,
) -> anyhow::Result<Vec<&'static Field>> {
    let mut fields: Vec<_> = record.keys().collect();
    if named.is_empty() {
        for role in [Role::Updatable, Role::ReadOnly] {
            fields.extend(record.fields.iter().filter(|field| field.role == role));
        }
        return Ok(fields);
    }
    for name in named {
        let field = field(name, record).with_context(|| format!("--fields {name}"))?;
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    let stamps = record.last_update.iter().filter_map(|name| record.field(name));
    let stamps: Vec<_> = stamps.filter(|stamp| !fields.contains(stamp)).collect();
    fields.extend(stamps);
    Ok(fields)
}

fn field(name: &str, record: &'static RecordType) -> anyhow::Result<&'static Field> {
    record.field_for_header(name).with_context(|| {
        let near = record.fields_near(name);
        let meant = near.first().map(|near| format!("; did you mean {near}?")).unwrap_or_default();
        format!("there is no field {}{meant}; rowpatch fields lists them", name.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::CUSTOMER_CONTACT;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn the_value_is_passed_on_as_it_is() {
        let typed = texts(&["customer id=>=B", "City= S% "]);
        let criteria = criteria(&typed, &CUSTOMER_CONTACT).expect("criteria");
        let told: Vec<_> = criteria.iter().map(|(field, text)| (field.name, &**text)).collect();
        assert_eq!(told, [("CUSTOMER_ID", ">=B"), ("CITY", " S% ")]);
    }

    #[test]
    fn what_cannot_be_asked_is_told() {
        for (typed, told) in [
            (&["CITY"][..], "FIELD=VALUE"),
            (&["CITTY=x"], "did you mean CITY"),
            (&["NOTES=x"], "no question about NOTES"),
            (&["CITY="], "is blank"),
            (&["CITY=A", "City=B"], "twice"),
        ] {
            let fault = criteria(&texts(typed), &CUSTOMER_CONTACT).expect_err("a fault");
            assert!(format!("{fault:#}").contains(told), "{fault:#}");
        }
    }

    #[test]
    fn keys_come_first_and_the_stamps_last() {
        let names = |named: &[&str]| {
            let fields = fields(&texts(named), &CUSTOMER_CONTACT).expect("fields");
            fields.iter().map(|field| field.name).collect::<Vec<_>>()
        };
        let some = names(&["state", "CUST_CONTACT", "City", "STATE"]);
        let keys = ["CUSTOMER_ID", "CUST_CONTACT"];
        let stamps = ["DATE_LAST_UPDT", "TIME_LAST_UPDT"];
        assert_eq!(some, [&keys[..], &["STATE", "CITY"], &stamps].concat());
        let all = names(&[]);
        assert_eq!(all.len(), CUSTOMER_CONTACT.fields.len());
        assert_eq!((&all[..2], &all[all.len() - 2..]), (&keys[..], &stamps[..]));
    }
}
