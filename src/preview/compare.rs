//! The one comparison: what a patch would change of what a record holds.

use crate::model::cells::trimmed;
use crate::model::change::Held;
use crate::model::code::OwnCode;
use crate::model::patch::Patch;
use crate::model::record::{Field, Role};

/// The fields that a patch sets, each with what it holds now, in the patch's order.
pub fn held<'r>(patch: &Patch, now: impl Fn(&'static Field) -> Option<&'r str>) -> Vec<Held> {
    let updated = patch.fields().filter(|(field, _)| field.role == Role::Updatable);
    let held = updated.map(|(field, _)| Held {
        field: field.name.to_owned(),
        value: now(field).map(str::to_owned),
    });
    held.collect()
}

/// Those of them that the patch would change. A field of which it is not known what it holds might hold anything,
/// and so it is one of them.
pub fn changes<'r>(patch: &Patch, now: impl Fn(&'static Field) -> Option<&'r str>) -> Vec<Held> {
    let mut changes = held(patch, now);
    changes.retain(|held| held.value.as_deref() != new_value(patch, &held.field));
    changes
}

/// Whether a field still holds what is expected of it, by what a patch would change of it.
///
/// # Errors
/// It does not, or that cannot be seen: the code that says which.
pub fn still_holds(expected: &Held, changes: &[Held]) -> Result<(), OwnCode> {
    let now = changes.iter().find(|change| change.field == expected.field);
    match (now.map(|change| &change.value), &expected.value) {
        (Some(Some(now)), Some(then)) if now == then => Ok(()),
        (Some(Some(_)), Some(_)) => Err(OwnCode::Changed),
        _ => Err(OwnCode::NotComparable),
    }
}

/// Whether the stamps of a record's last update are what they were; what it holds now is known by `now`.
///
/// # Errors
/// One has moved, or cannot be seen: which, the code that says which, and what it is now.
pub fn moved<'e, 'r>(
    stamps: &'e [Held],
    now: impl Fn(&str) -> Option<&'r str>,
) -> Result<(), (&'e Held, OwnCode, Option<&'r str>)> {
    stamps.iter().try_for_each(|stamp| {
        let Some(then) = &stamp.value else { return Ok(()) };
        match now(&stamp.field) {
            Some(now) if trimmed(now) == then => Ok(()),
            None if then.is_empty() => Ok(()),
            Some(now) => Err((stamp, OwnCode::Moved, Some(now))),
            None => Err((stamp, OwnCode::NotComparable, None)),
        }
    })
}

/// What is left of a patch if only these fields are to be sent.
#[must_use]
pub fn narrowed(patch: &Patch, fields: &[Held]) -> Patch {
    let mut narrowed = Patch::default();
    for (field, change) in patch.fields() {
        if field.role == Role::Key || fields.iter().any(|kept| kept.field == field.name) {
            narrowed.push(field, change);
        }
    }
    narrowed
}

/// The value that a patch gives to a field.
#[must_use]
pub fn new_value<'p>(patch: &'p Patch, field: &str) -> Option<&'p str> {
    patch.fields().find(|(set, _)| set.name == field).map(|(_, change)| change.value())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::patch::Change;
    use crate::model::record::CUSTOMER_CONTACT;
    use crate::model::stored::Stored;

    fn field(name: &str) -> &'static Field {
        CUSTOMER_CONTACT.field(name).expect("a field")
    }

    #[test]
    fn only_what_differs_is_left_and_what_is_not_shown_differs() {
        let mut patch = Patch::default();
        for (name, change) in [
            ("CUSTOMER_ID", Change::Set("abc")),
            ("CUST_CONTACT", Change::Set("J")),
            ("CITY", Change::Set("Rome")),
            ("STATE", Change::Clear),
            ("COUNTRY", Change::Set("IT")),
            ("TITLE", Change::Clear),
            ("NOTES", Change::Set("x")),
        ] {
            patch.push(field(name), change);
        }
        let record = Stored::of(&CUSTOMER_CONTACT, |name| match name {
            "CITY" => Some("Rome"),
            "STATE" | "COUNTRY" => Some("NY"),
            "TITLE" => Some(""),
            _ => None,
        });
        let changes = changes(&patch, |field| record.value(field));
        let told: Vec<_> =
            changes.iter().map(|change| (change.field.as_str(), change.value.as_deref())).collect();
        assert_eq!(told, [("STATE", Some("NY")), ("COUNTRY", Some("NY")), ("NOTES", None)]);
        let expected = |field: &str, value: Option<&str>| {
            let value = value.map(str::to_owned);
            still_holds(&Held { field: field.into(), value }, &changes)
        };
        assert_eq!(expected("STATE", Some("NY")), Ok(()));
        assert_eq!(expected("STATE", Some("")), Err(OwnCode::Changed));
        assert_eq!(expected("STATE", None), Err(OwnCode::NotComparable));
        assert_eq!(expected("NOTES", Some("")), Err(OwnCode::NotComparable));
        let narrowed = narrowed(&patch, &changes);
        let names: Vec<_> = narrowed.fields().map(|(field, _)| field.name).collect();
        assert_eq!(names, ["CUSTOMER_ID", "CUST_CONTACT", "STATE", "COUNTRY", "NOTES"]);
        assert_eq!(new_value(&narrowed, "COUNTRY"), Some("IT"));
    }
}
