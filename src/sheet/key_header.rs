//! The header of a sheet that only says which records are meant: its other columns are not read.

use super::header::{column_of, doubled, meaning_in, told};
use crate::model::mapping::{Column, Layout, LeftOut, Mapping};
use crate::model::record::{RecordType, Role};

/// Settles the headers: whatever is no key is left out.
///
/// # Errors
/// No column for a key, or two.
pub(super) fn settle(
    headers: &[String],
    mapping: &Mapping,
    record: &'static RecordType,
) -> Result<Layout, String> {
    let column = |(position, header): (usize, &String)| {
        let meaning = meaning_in(headers, position, mapping, record);
        let fields = meaning.and_then(Result::ok).unwrap_or_default();
        let keys: Vec<_> = fields.into_iter().filter(|field| field.role == Role::Key).collect();
        let sets = if keys.is_empty() { Err(LeftOut::NotAKey) } else { Ok(keys) };
        Column { header: header.clone(), sets }
    };
    let columns: Vec<_> = headers.iter().enumerate().map(column).collect();
    let mut faults = doubled(&columns);
    let mut keys = Vec::new();
    for key in record.keys() {
        match column_of(&columns, key) {
            Some(column) => keys.push((column, key)),
            None => faults.push(format!(
                "no column for {0}, which names the record; say which one it is with --map COLUMN={0}",
                key.name
            )),
        }
    }
    if !faults.is_empty() {
        return Err(told(&faults));
    }
    Ok(Layout { record, columns, keys, setters: Vec::new(), changes: None, keys_only: true })
}
