//! The header of a list of changes: which column names the record, the field, and the values before and after.

use crate::model::change::{AFTER, BEFORE, COMPARABLE, FIELD, SENT, STORED};
use crate::model::mapping::{ChangeColumns, ChangeNames, Column, Layout, LeftOut};
use crate::model::record::{RecordType, Role};

/// What to do with a list of changes where none is wanted, or where another kind is.
pub(super) fn list_told(headers: &[String]) -> Option<&'static str> {
    let has = |columns: &[&str]| {
        columns.iter().all(|column| headers.iter().any(|header| header == column))
    };
    if has(&[FIELD, BEFORE, AFTER]) {
        Some("is a list of the changes that a plan found: update --plan FILE makes them")
    } else if has(&[FIELD, BEFORE, SENT, STORED]) {
        Some("is a list of the changes that a run made: undo FILE takes them back")
    } else {
        None
    }
}

/// Settles the headers of a list of changes, which are exact.
///
/// # Errors
/// A column is missing: then it is no list of changes.
pub(super) fn settle(
    headers: &[String],
    names: ChangeNames,
    record: &'static RecordType,
) -> Result<Layout, String> {
    let place = |name: &str| headers.iter().position(|header| header == name);
    let needed = |name: &str| {
        place(name).ok_or_else(|| match list_told(headers) {
            Some(told) => format!("has no column \"{name}\"; it {told}"),
            None => format!(
                "has no column \"{name}\", so that it is no list of changes as rowpatch writes it"
            ),
        })
    };
    let keys: Vec<_> =
        record.keys().map(|key| Ok((needed(key.name)?, key))).collect::<Result<_, String>>()?;
    let changes = ChangeColumns {
        field: needed(FIELD)?,
        before: needed(names.before)?,
        after: needed(names.after)?,
        comparable: place(COMPARABLE),
        puts_back: names.after == BEFORE,
    };
    let column = |header: &String| {
        let key = record.field(header).filter(|field| field.role == Role::Key);
        let sets = key.map(|key| vec![key]).ok_or(LeftOut::OfChange);
        Column { header: header.clone(), sets }
    };
    let columns = headers.iter().map(column).collect();
    Ok(Layout {
        record,
        columns,
        keys,
        setters: Vec::new(),
        changes: Some(changes),
        keys_only: false,
    })
}
