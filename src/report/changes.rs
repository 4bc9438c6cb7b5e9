//! A list of changes as CSV: one line for each field of a row. Its texts are exact, so that the list can be given
//! back; nothing in it is defused.

use std::io::{self, Write};

use super::BOM;
use super::output::Output;
use crate::model::change::{AFTER, BEFORE, COMPARABLE, FIELD, ROW};
use crate::model::record::RecordType;

/// One change.
#[derive(Clone, Debug)]
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

/// Writes a list of changes.
#[derive(Debug)]
pub struct ChangesWriter {
    out: csv::Writer<Output>,
    record: &'static RecordType,
}

impl ChangesWriter {
    /// Begins the list with the byte-order mark and the header.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn begin(mut output: Output, record: &'static RecordType) -> io::Result<Self> {
        output.write_all(BOM)?;
        let mut writer = Self { out: csv::Writer::from_writer(output), record };
        let blank = ChangeLine { row: 0, key: &[], field: "", before: None, after: "" };
        let mut header = Vec::new();
        writer.columns(&blank, &mut |name, _| header.push(name.to_owned()));
        writer.out.write_record(&header)?;
        Ok(writer)
    }

    /// Writes the next change.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&mut self, line: &ChangeLine<'_>) -> io::Result<()> {
        let mut cells = Vec::new();
        self.columns(line, &mut |_, cell| cells.push(cell.to_owned()));
        Ok(self.out.write_record(&cells)?)
    }

    /// The file, with everything written.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn into_output(self) -> io::Result<Output> {
        self.out.into_inner().map_err(csv::IntoInnerError::into_error)
    }

    fn columns(&self, line: &ChangeLine<'_>, column: &mut dyn FnMut(&str, &str)) {
        column(ROW, &line.row.to_string());
        for (position, key) in self.record.keys().enumerate() {
            column(key.name, line.key.get(position).copied().unwrap_or_default());
        }
        column(FIELD, line.field);
        column(BEFORE, line.before.unwrap_or_default());
        column(AFTER, line.after);
        column(COMPARABLE, if line.before.is_some() { "yes" } else { "no" });
    }
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
        let mut writer = ChangesWriter::begin(output, &CUSTOMER_CONTACT).expect("begun");
        for (before, after) in [(Some(" x "), "=1"), (None, "")] {
            let key = &["A", "B"];
            writer
                .write(&ChangeLine { row: 2, key, field: "CITY", before, after })
                .expect("written");
        }
        writer.into_output().expect("whole").finish().expect("placed");
        let text = std::fs::read_to_string(&path).expect("text");
        let expected = "\u{feff}row,CUSTOMER_ID,CUST_CONTACT,field,before,after,comparable
2,A,B,CITY, x ,=1,yes
2,A,B,CITY,,,no
";
        assert_eq!(text, expected);
    }
}
