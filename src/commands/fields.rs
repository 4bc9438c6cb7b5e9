//! `fields`: what a column may be for.

use std::io::{self, Write};

use super::blocking::tolerate_closed_pipe;
use crate::exit::ExitCode;
use crate::model::record::{CUSTOMER_CONTACT, Field, Role};

/// Writes the fields of the record type as a table to standard output.
pub(super) fn run() -> anyhow::Result<ExitCode> {
    let record = &CUSTOMER_CONTACT;
    let widest = |text: fn(&Field) -> &str| {
        record.fields.iter().map(|field| text(field).len()).max().unwrap_or(0)
    };
    let (names, labels) = (widest(|field| field.name), widest(|field| field.label));
    let mut table = format!("{:names$}  {:labels$}  {:9}  LIMIT\n", "FIELD", "WHAT IT IS", "USE");
    for field in record.fields {
        let limit = field.max_chars.map(|limit| format!("{limit} characters")).unwrap_or_default();
        let line = format!(
            "{:names$}  {:labels$}  {:9}  {limit}",
            field.name,
            field.label,
            usage(field.role)
        );
        table.push_str(line.trim_end());
        table.push('\n');
    }
    tolerate_closed_pipe(io::stdout().lock().write_all(table.as_bytes()))?;
    Ok(ExitCode::Done)
}

fn usage(role: Role) -> &'static str {
    match role {
        Role::Key => "key",
        Role::Updatable => "update",
        Role::ReadOnly => "read-only",
    }
}
