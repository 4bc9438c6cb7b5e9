//! What was said about columns: by `--map` and its variable, and under `[columns]` of the file.

use super::fault::ConfigFault;
use super::layers::COMMAND_LINE;
use super::typed::Typed;
use crate::model::nearest::did_you_mean;
use crate::model::record::{Field, RecordType, Role, same_header};

/// A header, and the fields that its column sets.
type Mapped = (String, Vec<&'static Field>);

/// The entries of `map`, then those of `[columns]`: the first that names a header wins. The
/// origins are where each of the two was set.
pub(super) fn settle(
    typed: &Typed,
    record: &'static RecordType,
    map_origin: &str,
    columns_origin: &str,
) -> Result<Vec<Mapped>, ConfigFault> {
    let mut columns = Vec::new();
    for entry in &typed.map {
        let parts = entry.rsplit_once('=').map(|(header, field)| (header.trim(), field));
        let Some((header, field)) = parts.filter(|(header, _)| !header.is_empty()) else {
            let text = format!("--map \"{entry}\" must be written as COLUMN=FIELD");
            return Err(ConfigFault::new(map_origin, text));
        };
        columns.push((header.to_owned(), vec![settable(record, field, map_origin)?]));
    }
    refuse_twice(&columns, map_origin)?;
    let mut listed = Vec::new();
    for (header, fields) in &typed.columns {
        let fields = fields.texts().iter().map(|field| settable(record, field, columns_origin));
        let fields: Vec<_> = fields.collect::<Result<_, _>>()?;
        if fields.is_empty() {
            let text = format!(
                "[columns] \"{header}\" names no field; to leave the column out, write it in ignore_column"
            );
            return Err(ConfigFault::new(columns_origin, text));
        }
        listed.push((header.clone(), fields));
    }
    refuse_twice(&listed, columns_origin)?;
    columns.append(&mut listed);
    Ok(columns)
}

/// The headers that the flags name: what the file says may be for other sheets. That of a field is spelt rightly
/// where it is left out.
pub(super) fn of_flags(
    typed: &Typed,
    record: &RecordType,
    map_origin: &str,
    ignore_origin: &str,
) -> Vec<String> {
    let mapped = typed.map.iter().filter(|_| map_origin == COMMAND_LINE);
    let mapped = mapped.filter_map(|entry| Some(entry.rsplit_once('=')?.0.trim().to_owned()));
    let ignored = typed.ignore_column.iter().filter(|_| ignore_origin == COMMAND_LINE);
    let ignored = ignored.filter(|header| record.field_for_header(header).is_none());
    mapped.chain(ignored.cloned()).collect()
}

/// Of two entries for one header only the first would hold, and the other be lost without a word.
fn refuse_twice(columns: &[Mapped], origin: &str) -> Result<(), ConfigFault> {
    for (position, (header, _)) in columns.iter().enumerate() {
        if columns[..position].iter().any(|(earlier, _)| same_header(earlier, header)) {
            let text = format!(
                "column \"{header}\" is named twice; name it once, with a list of fields under \
                 [columns] in config.toml if it sets several"
            );
            return Err(ConfigFault::new(origin, text));
        }
    }
    Ok(())
}

/// The field of that name, if it may be set.
pub(super) fn settable(
    record: &'static RecordType,
    name: &str,
    origin: &str,
) -> Result<&'static Field, ConfigFault> {
    match record.field_for_header(name) {
        Some(field) if field.role == Role::ReadOnly => Err(ConfigFault::new(
            origin,
            format!("a column cannot set {}, which only the ERP sets", field.name),
        )),
        Some(field) => Ok(field),
        None => {
            let near = did_you_mean(name, record.fields.iter().map(|field| field.name));
            Err(ConfigFault::new(origin, format!("\"{}\" names no field{near}", name.trim())))
        }
    }
}
