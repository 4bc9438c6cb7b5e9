//! The results CSV: one line for each row of the input.

use std::io::{self, Write};
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::BOM;
use super::defuse::defuse;
use super::output::Output;
use crate::model::mapping::REJECT_COLUMNS;
use crate::model::outcome::{Outcome, Status};
use crate::model::record::RecordType;

/// The column with the number of the row.
const ROW: &str = "row";
/// The column that says what became of it.
const STATUS: &str = "status";

/// One line of the results; what its columns are called and what they hold stands in one place.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// Row number as Excel shows it.
    pub row: u64,
    /// The values of the key fields.
    pub key: &'a [&'a str],
    /// What became of the row.
    pub outcome: &'a Outcome,
    /// Names of the fields that were sent.
    pub fields: &'a str,
}

/// Writes the results.
#[derive(Debug)]
pub struct ResultsWriter {
    out: csv::Writer<Output>,
    record: &'static RecordType,
    zone: TimeZone,
}

impl ResultsWriter {
    /// Begins the results with the byte-order mark and the header.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn begin(mut output: Output, record: &'static RecordType) -> io::Result<Self> {
        output.write_all(BOM)?;
        let mut writer =
            Self { out: csv::Writer::from_writer(output), record, zone: TimeZone::system() };
        let outcome = Outcome::blank();
        let blank = Line { row: 0, key: &[], outcome: &outcome, fields: "" };
        let mut header = Vec::new();
        writer.columns(&blank, &mut |name, _| header.push(name.to_owned()));
        writer.out.write_record(&header)?;
        Ok(writer)
    }

    /// Writes the line of the next row.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&mut self, line: &Line<'_>) -> io::Result<()> {
        let mut cells = Vec::new();
        self.columns(line, &mut |_, cell| cells.push(defuse(&cell).into_owned()));
        Ok(self.out.write_record(&cells)?)
    }

    /// The file, with everything written.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn into_output(self) -> io::Result<Output> {
        self.out.into_inner().map_err(csv::IntoInnerError::into_error)
    }

    fn columns(&self, line: &Line<'_>, column: &mut dyn FnMut(&str, String)) {
        let outcome = line.outcome;
        let [code_column, message_column] = REJECT_COLUMNS;
        column(ROW, line.row.to_string());
        for (position, key) in self.record.keys().enumerate() {
            column(key.name, line.key.get(position).copied().unwrap_or_default().to_owned());
        }
        column(STATUS, outcome.status.to_string());
        column(
            "http_status",
            outcome.http_status.map(|status| status.to_string()).unwrap_or_default(),
        );
        column(code_column, outcome.code.as_ref().map(ToString::to_string).unwrap_or_default());
        column(message_column, outcome.message.clone());
        column("fields", line.fields.to_owned());
        column("warnings", outcome.warnings.join("; "));
        column("attempts", outcome.attempts.to_string());
        let was_sent = outcome.attempts > 0;
        column("elapsed_ms", if was_sent { outcome.elapsed_ms.to_string() } else { String::new() });
        column("finished_at", outcome.finished_at.map(|time| self.local(time)).unwrap_or_default());
    }

    /// RFC 3339 with the offset of this machine's time zone.
    fn local(&self, time: Timestamp) -> String {
        time.to_zoned_datetime(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
    }
}

/// Reads from results what became of each row: its number as Excel shows it, and the status.
///
/// # Errors
/// They cannot be read, or are no results.
pub fn statuses(path: &Path) -> io::Result<impl Iterator<Item = io::Result<(u64, Status)>>> {
    let mut reader = csv::Reader::from_path(path)?;
    let headers = reader.headers()?.clone();
    let place = |name: &str| {
        let mut headers = headers.iter();
        let place = headers.position(|header| header.trim_start_matches('\u{feff}') == name);
        place.ok_or_else(|| io::Error::other(format!("there is no column {name}")))
    };
    let (row, status) = (place(ROW)?, place(STATUS)?);
    Ok(reader.into_records().map(move |line| {
        let line = line?;
        let number = line.get(row).and_then(|number| number.parse().ok());
        let status = line.get(status).and_then(Status::of_word);
        number.zip(status).ok_or_else(|| io::Error::other("a line tells of no row"))
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::code::Code;
    use crate::model::outcome::Status;
    use crate::model::record::CUSTOMER_CONTACT;
    use crate::report::output::Replace;

    #[test]
    fn header_and_lines_have_the_same_columns_and_formulas_are_defused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("r.csv");
        let output = Output::create(&path, Replace::Own).expect("created");
        let mut writer = ResultsWriter::begin(output, &CUSTOMER_CONTACT).expect("begun");
        let outcome = Outcome {
            warnings: vec!["one".into(), "two".into()],
            attempts: 2,
            elapsed_ms: 7,
            finished_at: Some("2026-11-24T10:00:00.5Z".parse().expect("a time")),
            ..Outcome::unsent(Status::Failed, Some(Code::Http(500)), "=cmd".into())
        };
        writer
            .write(&Line { row: 2, key: &["+A", "B"], outcome: &outcome, fields: "CITY" })
            .expect("written");
        writer.into_output().expect("whole").finish().expect("placed");
        let text = std::fs::read_to_string(&path).expect("text");
        let mut lines = text.trim_start_matches('\u{feff}').lines();
        let header = "row,CUSTOMER_ID,CUST_CONTACT,status,http_status,MESSAGE_CODE,MESSAGE,fields,warnings,attempts,elapsed_ms,finished_at";
        assert_eq!(lines.next(), Some(header));
        let line = lines.next().expect("a line");
        assert!(
            line.starts_with("2,'+A,B,failed,,RP_HTTP_500,'=cmd,CITY,one; two,2,7,2026-11-24T"),
            "{line}"
        );
        assert!(text.starts_with('\u{feff}'));
    }
}
