//! Lists of changes as CSV, of a plan and of a run: one line for each field of a row. Their texts are exact, so that
//! a list can be given back; nothing in it is defused.

use std::io::{self, Write};
use std::path::Path;

use super::BOM;
use super::output::Output;
use crate::model::change::{
    AFTER, BEFORE, COMPARABLE, CONFIRMED, FIELD, ROW, RUN, SENT, STORED, TARGET,
};
use crate::model::record::RecordType;

/// A line of a list: what its columns are called and what they hold stands in one place.
pub trait ChangeColumns {
    /// Each column and its cell, for records of this type.
    fn columns(&self, record: &RecordType, column: &mut dyn FnMut(&str, &str));
}

/// A change that would be made.
#[derive(Clone, Debug, Default)]
pub struct ChangeLine<'a> {
    /// Row number as Excel shows it.
    pub row: u64,
    /// The values of the key fields.
    pub key: &'a [&'a str],
    /// The name of the field.
    pub field: &'a str,
    /// What it holds; nothing if the endpoint does not show it.
    pub before: Option<&'a str>,
    /// What it is to hold.
    pub after: &'a str,
}

/// A change that was made.
#[derive(Clone, Debug, Default)]
pub struct MadeLine<'a> {
    /// The run that made it.
    pub run_id: &'a str,
    /// Row number as Excel shows it.
    pub row: u64,
    /// The values of the key fields.
    pub key: &'a [String],
    /// The name of the field.
    pub field: &'a str,
    /// What it held before; nothing if the endpoint did not show it.
    pub before: Option<&'a str>,
    /// What was sent.
    pub sent: &'a str,
    /// What it holds since.
    pub stored: &'a str,
    /// Whether the endpoint confirmed that.
    pub is_confirmed: bool,
    /// The stamps of the record since then, in the order of the record type's list of them.
    pub stamps: &'a [String],
}

impl ChangeColumns for ChangeLine<'_> {
    fn columns(&self, record: &RecordType, column: &mut dyn FnMut(&str, &str)) {
        column(ROW, &self.row.to_string());
        for (position, key) in record.keys().enumerate() {
            column(key.name, self.key.get(position).copied().unwrap_or_default());
        }
        column(FIELD, self.field);
        column(BEFORE, self.before.unwrap_or_default());
        column(AFTER, self.after);
        column(COMPARABLE, yes_or_no(self.before.is_some()));
    }
}

impl ChangeColumns for MadeLine<'_> {
    fn columns(&self, record: &RecordType, column: &mut dyn FnMut(&str, &str)) {
        column(RUN, self.run_id);
        column(ROW, &self.row.to_string());
        for (position, key) in record.keys().enumerate() {
            column(key.name, self.key.get(position).map_or("", String::as_str));
        }
        column(FIELD, self.field);
        column(BEFORE, self.before.unwrap_or_default());
        column(SENT, self.sent);
        column(STORED, self.stored);
        column(COMPARABLE, yes_or_no(self.before.is_some()));
        column(CONFIRMED, yes_or_no(self.is_confirmed));
        for (position, stamp) in record.stamps.iter().enumerate() {
            column(stamp, self.stamps.get(position).map_or("", String::as_str));
        }
    }
}

fn yes_or_no(truth: bool) -> &'static str {
    if truth { "yes" } else { "no" }
}

/// Writes a list of changes.
#[derive(Debug)]
pub struct ChangesWriter {
    out: csv::Writer<Output>,
    record: &'static RecordType,
    target: String,
}

impl ChangesWriter {
    /// Begins the list with the byte-order mark and the header of lines such as this one; the last column tells
    /// which target it is of.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin(
        mut output: Output,
        record: &'static RecordType,
        blank: &dyn ChangeColumns,
        target: String,
    ) -> io::Result<Self> {
        output.write_all(BOM)?;
        let mut writer = Self { out: csv::Writer::from_writer(output), record, target };
        let mut header = Vec::new();
        blank.columns(record, &mut |name, _| header.push(name.to_owned()));
        header.push(TARGET.to_owned());
        writer.out.write_record(&header)?;
        Ok(writer)
    }

    /// Writes the next change.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&mut self, line: &dyn ChangeColumns) -> io::Result<()> {
        let mut cells = Vec::new();
        line.columns(self.record, &mut |_, cell| cells.push(cell.to_owned()));
        cells.push(self.target.clone());
        Ok(self.out.write_record(&cells)?)
    }

    /// The file, with everything written.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn into_output(self) -> io::Result<Output> {
        self.out.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// The run of which the list at `path` tells the changes; nothing if there is no such list, or no change in it.
#[must_use]
pub fn run_of_list(path: &Path) -> Option<String> {
    let mut lines = csv::Reader::from_path(path).ok()?;
    let column = lines.headers().ok()?.iter().position(|header| header == RUN)?;
    let first = lines.records().next()?.ok()?;
    first.get(column).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::record::CUSTOMER_CONTACT;
    use crate::report::output::Replace;

    #[test]
    fn texts_are_exact() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plan.csv");
        let output = Output::create(&path, Replace::Own).expect("created");
        let (blank, target) = (ChangeLine::default(), "X at https://y".to_owned());
        let writer = ChangesWriter::begin(output, &CUSTOMER_CONTACT, &blank, target);
        let mut writer = writer.expect("begun");
        for (before, after) in [(Some(" x "), "=1"), (None, "")] {
            let key = &["A", "B"];
            writer
                .write(&ChangeLine { row: 2, key, field: "CITY", before, after })
                .expect("written");
        }
        writer.into_output().expect("whole").finish().expect("placed");
        let text = std::fs::read_to_string(&path).expect("text");
        let expected = "\u{feff}row,CUSTOMER_ID,CUST_CONTACT,field,before,after,comparable,target
2,A,B,CITY, x ,=1,yes,X at https://y
2,A,B,CITY,,,no,X at https://y
";
        assert_eq!(text, expected);
    }
}
