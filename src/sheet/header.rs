//! The header row, settled: every column sets fields or is left out for a reason.

use super::{change_header, key_header};
use crate::model::change::FIELD;
use crate::model::counted::counted;
use crate::model::mapping::{Column, Layout, LeftOut, Mapping, REJECT_COLUMNS, column_letters};
use crate::model::nearest::{did_you_mean, nearest};
use crate::model::record::{Field, RecordType, Role, same_header};

/// Columns without a field that are told one by one; a table of anything else may have thousands.
const MOST_TOLD: usize = 50;
/// Characters of a header that is told.
const LONGEST: usize = 120;

/// Settles the headers of a sheet.
///
/// # Errors
/// Everything that is wrong with them, one line each, with what to do: a column that names no
/// field, two columns for one field, no column for a key, nothing to update.
pub(super) fn settle(
    headers: &[String],
    mapping: &Mapping,
    record: &'static RecordType,
) -> Result<Layout, String> {
    if let Some(names) = mapping.changes {
        return change_header::settle(headers, names, record);
    }
    if mapping.keys_only {
        return key_header::settle(headers, mapping, record);
    }
    if is_results_file(headers) {
        return Err("is a results file of rowpatch; give the sheet that it tells about, or its rejects file".into());
    }
    // A sheet whose own columns are called so has them mapped or left out.
    if let Some(told) = change_header::list_told(headers)
        && meaning(FIELD, mapping, record).is_none()
    {
        return Err(told.into());
    }
    let mut faults = Vec::new();
    let mut columns = Vec::new();
    let mut untold = 0;
    for (position, header) in headers.iter().enumerate() {
        let meaning = meaning_in(headers, position, mapping, record);
        let sets = meaning.unwrap_or_else(|| {
            if faults.len() < MOST_TOLD {
                faults.push(unknown(position, header, mapping, record));
            } else {
                untold += 1;
            }
            Ok(Vec::new())
        });
        columns.push(Column { header: header.clone(), sets });
    }
    if untold > 0 {
        faults.push(format!("{} that name no field either", counted(untold, "more column")));
    }
    faults.extend(missing(headers, mapping));
    faults.extend(doubled(&columns));
    let key_columns: Vec<_> = record.keys().map(|key| (key, column_of(&columns, key))).collect();
    for (key, column) in &key_columns {
        if column.is_none() {
            faults.push(format!("no column for {}, which names the record; add it, or say which one it is with --map COLUMN={}", key.name, key.name));
        }
    }
    let updatable = record.fields.iter().filter(|field| field.role == Role::Updatable);
    let setters: Vec<_> =
        updatable.filter_map(|field| Some((column_of(&columns, field)?, field))).collect();
    for (column, field) in setters.iter().filter(|(_, field)| mapping.constants.contains(field)) {
        faults.push(format!(
            "column {} is for {}, which [set] in config.toml gives one value; leave one of them out",
            column_letters(*column),
            field.name
        ));
    }
    if setters.is_empty() && mapping.constants.is_empty() && faults.is_empty() {
        faults.push("no column for a field to update; rowpatch fields lists them".into());
    }
    if faults.is_empty() {
        let keys =
            key_columns.into_iter().filter_map(|(key, column)| Some((column?, key))).collect();
        Ok(Layout { record, columns, keys, setters, changes: None, keys_only: false })
    } else {
        Err(told(&faults))
    }
}

/// Whether a row names a column for every key.
pub(super) fn names_keys(row: &[String], mapping: &Mapping, record: &RecordType) -> bool {
    let named: Vec<&Field> = fields_named(row, mapping, record).collect();
    record.keys().all(|key| named.contains(&key))
}

/// How many fields a row names columns for.
pub(super) fn count_named(row: &[String], mapping: &Mapping, record: &RecordType) -> usize {
    fields_named(row, mapping, record).count()
}

fn fields_named(
    row: &[String],
    mapping: &Mapping,
    record: &RecordType,
) -> impl Iterator<Item = &'static Field> {
    row.iter().filter_map(move |header| meaning(header, mapping, record)?.ok()).flatten()
}

/// What the header at `position` means. A column of the sheet's own may be called as one that rejects have beside it:
/// what was said of that column is not said of the one of the rejects.
pub(super) fn meaning_in(
    headers: &[String],
    position: usize,
    mapping: &Mapping,
    record: &RecordType,
) -> Option<Result<Vec<&'static Field>, LeftOut>> {
    let header = &headers[position];
    let place = REJECT_COLUMNS.iter().position(|column| column == header);
    let first = place.and_then(|place| position.checked_sub(place));
    let are_both = |first| headers.get(first..first + 2).is_some_and(|pair| pair == REJECT_COLUMNS);
    let mut others = headers.iter().enumerate().filter(|(other, _)| *other != position);
    if first.is_some_and(are_both) && others.any(|(_, other)| same_header(other, header)) {
        return Some(Err(LeftOut::Rejects));
    }
    meaning(header, mapping, record)
}

fn meaning(
    header: &str,
    mapping: &Mapping,
    record: &RecordType,
) -> Option<Result<Vec<&'static Field>, LeftOut>> {
    if same_header(header, "") {
        return Some(Err(LeftOut::Blank));
    }
    if mapping.ignored.iter().any(|ignored| same_header(ignored, header)) {
        return Some(Err(LeftOut::Ignored));
    }
    if let Some((_, fields)) =
        mapping.columns.iter().find(|(mapped, _)| same_header(mapped, header))
    {
        return Some(Ok(fields.clone()));
    }
    if REJECT_COLUMNS.contains(&header.trim()) {
        return Some(Err(LeftOut::Rejects));
    }
    let field = record.field_for_header(header)?;
    Some(if field.role == Role::ReadOnly { Err(LeftOut::ReadOnly) } else { Ok(vec![field]) })
}

/// What is said of each column that was typed and is not there.
fn missing(headers: &[String], mapping: &Mapping) -> impl Iterator<Item = String> {
    let is_there = |typed: &String| headers.iter().any(|header| same_header(header, typed));
    mapping.typed.iter().filter(move |typed| !is_there(typed)).map(|typed| {
        let near = did_you_mean(typed, headers.iter().map(String::as_str));
        format!("no column \"{typed}\", which --map or --ignore-column names{near}")
    })
}

fn unknown(position: usize, header: &str, mapping: &Mapping, record: &RecordType) -> String {
    if let Some((cut, _)) = header.char_indices().nth(LONGEST) {
        return format!(
            "column {} \"{}…\" has a header of {} bytes, which names no field; is this row the header?",
            column_letters(position),
            &header[..cut],
            header.len()
        );
    }
    let column = format!("column {} \"{header}\" names no field", column_letters(position));
    let mapped = mapping.columns.iter().map(|(mapped, _)| mapped.as_str());
    let known = mapped.chain(mapping.ignored.iter().map(String::as_str));
    if let Some(typed) = nearest(header, known).first() {
        return format!(
            "{column}; did you mean it where \"{typed}\" is mapped or left out? Then write \"{header}\" there"
        );
    }
    let near = record.fields_near(header).first().and_then(|near| record.field(near));
    let meant = match near {
        Some(Field { name, role: Role::ReadOnly, .. }) => {
            format!("did you mean {name}, which only the ERP sets? To")
        }
        Some(Field { name, .. }) => {
            format!("did you mean {name}? If so, rename it, or write --map \"{header}={name}\"; to")
        }
        None => format!("say which one it is with --map \"{header}=FIELD\"; to"),
    };
    format!("{column}; {meant} leave it out, write --ignore-column \"{header}\"")
}

pub(super) fn doubled(columns: &[Column]) -> Vec<String> {
    let mut seen: Vec<(&Field, usize)> = Vec::new();
    let mut faults = Vec::new();
    for (position, column) in columns.iter().enumerate() {
        for field in column.sets.iter().flatten().copied() {
            match seen.iter().find(|(other, _)| *other == field) {
                Some((_, first)) => {
                    // A flag that names one of two such headers means both.
                    let are_alike = same_header(&columns[*first].header, &column.header);
                    let cure = if are_alike {
                        "rename or delete one of them"
                    } else {
                        "leave one out with --ignore-column, or rename it"
                    };
                    faults.push(format!(
                        "columns {} and {} are both for {}; {cure}",
                        column_letters(*first),
                        column_letters(position),
                        field.name
                    ));
                }
                None => seen.push((field, position)),
            }
        }
    }
    faults
}

pub(super) fn column_of(columns: &[Column], field: &Field) -> Option<usize> {
    columns.iter().position(|column| column.sets.iter().flatten().any(|set| *set == field))
}

/// The columns that only results have.
const RESULTS_ONLY: [&str; 3] = ["http_status", "attempts", "elapsed_ms"];

fn is_results_file(headers: &[String]) -> bool {
    RESULTS_ONLY.iter().all(|column| headers.iter().any(|header| header == column))
}

pub(super) fn told(faults: &[String]) -> String {
    match faults {
        [fault] => fault.clone(),
        _ => faults.iter().fold(format!("{} faults:", faults.len()), |text, fault| {
            format!("{text}\n  - {fault}")
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::CUSTOMER_CONTACT;

    fn settle_text(headers: &str, mapping: &Mapping) -> Result<Layout, String> {
        let headers: Vec<_> = headers.split(',').map(str::to_owned).collect();
        settle(&headers, mapping, &CUSTOMER_CONTACT)
    }

    fn fault(headers: &str) -> String {
        settle_text(headers, &Mapping::default()).expect_err("a fault")
    }

    #[test]
    fn columns_find_their_fields() {
        let layout =
            settle_text("City,cust contact,Customer-ID,MESSAGE,DATE_CREATED,", &Mapping::default());
        let layout = layout.expect("settled");
        assert_eq!(layout.keys.iter().map(|(column, _)| *column).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(
            layout.setters.iter().map(|(c, f)| (*c, f.name)).collect::<Vec<_>>(),
            [(0, "CITY")]
        );
        let left_out: Vec<_> = layout.left_out().collect();
        let expected = [
            ("MESSAGE", LeftOut::Rejects),
            ("DATE_CREATED", LeftOut::ReadOnly),
            ("", LeftOut::Blank),
        ];
        assert_eq!(left_out, expected);
    }

    #[test]
    fn every_fault_is_told_at_once_with_its_cure() {
        let text = fault("CUSTOMER_ID,E_MIAL,City,CITY");
        for part in [
            "did you mean E_MAIL",
            "columns C and D are both for CITY; rename or delete one of them",
            "no column for CUST_CONTACT",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let read_only = fault("CUSTOMER_ID,CUST_CONTACT,CITY,DATE_MODIFED");
        assert!(
            read_only.ends_with("did you mean DATE_MODIFIED, which only the ERP sets? To leave it out, write --ignore-column \"DATE_MODIFED\""),
            "{read_only}"
        );
        assert!(fault("CUSTOMER_ID,CUST_CONTACT").contains("no column for a field to update"));
        assert!(fault("row,CUSTOMER_ID,http_status,attempts,elapsed_ms").contains("results file"));
        assert!(fault("CUSTOMER_ID,CUST_CONTACT,CITY,message").contains("names no field"));
    }

    #[test]
    fn of_two_columns_for_a_field_one_may_be_left_out_where_their_headers_differ() {
        let city = CUSTOMER_CONTACT.field("CITY").expect("a field");
        let columns = vec![("Town".to_owned(), vec![city])];
        let mapping = Mapping { columns, ..Mapping::default() };
        let text = settle_text("CUSTOMER_ID,CUST_CONTACT,Town,CITY", &mapping).expect_err("two");
        assert!(text.contains("leave one out with --ignore-column"), "{text}");
    }

    #[test]
    fn a_person_may_say_what_a_column_is() {
        let field = |name| CUSTOMER_CONTACT.field(name).expect("a field");
        let mapping = Mapping {
            columns: vec![
                ("Town".into(), vec![field("CITY"), field("COUNTRY")]),
                ("Who".into(), vec![field("CUST_CONTACT")]),
            ],
            ignored: vec!["colour".into()],
            constants: Vec::new(),
            ..Mapping::default()
        };
        let layout = settle_text("CUSTOMER_ID,who,TOWN,Colour", &mapping).expect("settled");
        assert_eq!(layout.keys.iter().map(|(column, _)| *column).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(
            layout.setters.iter().map(|(c, f)| (*c, f.name)).collect::<Vec<_>>(),
            [(2, "CITY"), (2, "COUNTRY")]
        );
    }
}
