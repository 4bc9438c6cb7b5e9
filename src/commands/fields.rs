//! `fields`: what a column may be for.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use super::blocking::tolerate_closed_pipe;
use crate::cli::{FieldsArgs, TableFormat};
use crate::exit::ExitCode;
use crate::model::record::{CUSTOMER_CONTACT, Field, Role};

/// What is told of a field; in JSON and CSV by these names.
#[derive(Serialize)]
struct Line {
    field: &'static str,
    what_it_is: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    max_characters: Option<usize>,
}

impl Line {
    fn of(field: &'static Field) -> Self {
        let usage = match field.role {
            Role::Key => "key",
            Role::Updatable => "update",
            Role::ReadOnly => "read-only",
        };
        let (field, what_it_is, max_characters) = (field.name, field.label, field.max_chars);
        Self { field, what_it_is, usage, max_characters }
    }
}

/// Writes the fields of the record type to standard output.
pub(super) fn run(args: &FieldsArgs) -> anyhow::Result<ExitCode> {
    let lines: Vec<Line> = CUSTOMER_CONTACT.fields.iter().map(Line::of).collect();
    let text = match args.format.unwrap_or(TableFormat::Text) {
        TableFormat::Text => table(&lines),
        TableFormat::Json => serde_json::to_string_pretty(&lines)? + "\n",
        TableFormat::Csv => csv(&lines)?,
    };
    tolerate_closed_pipe(io::stdout().lock().write_all(text.as_bytes()))?;
    Ok(ExitCode::Done)
}

fn csv(lines: &[Line]) -> anyhow::Result<String> {
    let mut out = csv::Writer::from_writer(Vec::new());
    for line in lines {
        out.serialize(line)?;
    }
    Ok(String::from_utf8(out.into_inner()?)?)
}

fn table(lines: &[Line]) -> String {
    let widest =
        |text: fn(&Line) -> &str| lines.iter().map(|line| text(line).len()).max().unwrap_or(0);
    let (fields, labels) = (widest(|line| line.field), widest(|line| line.what_it_is));
    let mut table = format!("{:fields$}  {:labels$}  {:9}  LIMIT\n", "FIELD", "WHAT IT IS", "USE");
    for line in lines {
        let limit = line.max_characters.map(|most| format!("{most} characters"));
        let limit = limit.unwrap_or_default();
        let Line { field, what_it_is, usage, .. } = line;
        let text = format!("{field:fields$}  {what_it_is:labels$}  {usage:9}  {limit}");
        writeln!(table, "{}", text.trim_end()).expect("memory is always written");
    }
    table
}
