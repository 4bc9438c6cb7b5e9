//! The results CSV: one line for each row of the input.

use std::io::{self, Write};

use jiff::Timestamp;
use jiff::fmt::temporal::DateTimePrinter;
use jiff::tz::TimeZone;

use super::BOM;
use super::defuse::defuse;
use super::output::Output;
use super::results_book::ResultsBook;
use crate::model::mapping::REJECT_COLUMNS;
use crate::model::outcome::Outcome;
use crate::model::record::RecordType;

/// The columns of the results beside the key's, the code's and the message's.
pub(super) mod column {
    /// Row number as Excel shows it.
    pub(in crate::report) const ROW: &str = "row";
    /// What became of the row.
    pub(in crate::report) const STATUS: &str = "status";
    /// Of the last answer.
    pub(in crate::report) const HTTP_STATUS: &str = "http_status";
    /// Names of the fields that were sent.
    pub(in crate::report) const FIELDS: &str = "fields";
    /// What to look at though the row passed.
    pub(in crate::report) const WARNINGS: &str = "warnings";
    /// Requests made for the row.
    pub(in crate::report) const ATTEMPTS: &str = "attempts";
    /// Milliseconds from the first of them to the end.
    pub(in crate::report) const ELAPSED_MS: &str = "elapsed_ms";
    /// When it ended.
    pub(in crate::report) const FINISHED_AT: &str = "finished_at";
}

/// What stands between two warnings of a row.
pub(super) const BETWEEN_WARNINGS: &str = "; ";

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
    book: Option<Box<ResultsBook>>,
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
        let mut out = csv::Writer::from_writer(output);
        out.write_record(columns(record))?;
        Ok(Self { out, book: None, record, zone: TimeZone::system() })
    }

    /// Writes the line of the next row.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&mut self, line: &Line<'_>) -> io::Result<()> {
        let mut written = Ok(());
        let mut of_book = self.book.as_ref().map(|_| Vec::new());
        each_column(self.record, &self.zone, line, &mut |_, cell| {
            if written.is_ok() {
                written = self.out.write_field(defuse(cell).as_bytes());
            }
            if let Some(cells) = &mut of_book {
                cells.push(cell.to_owned());
            }
        });
        written?;
        self.out.write_record(None::<&[u8]>)?;
        self.book.as_mut().zip(of_book).map_or(Ok(()), |(book, cells)| book.write(cells))
    }

    /// The same lines go into a workbook, too.
    #[must_use]
    pub fn with_workbook(mut self) -> Self {
        self.book = Some(Box::new(ResultsBook::begin(&columns(self.record))));
        self
    }

    /// The file, with everything written, and the workbook if there is one.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn into_output(self) -> io::Result<(Output, Option<Box<ResultsBook>>)> {
        let output = self.out.into_inner().map_err(csv::IntoInnerError::into_error)?;
        Ok((output, self.book))
    }
}

/// The names of the columns of results for this type of record.
pub(super) fn columns(record: &RecordType) -> Vec<String> {
    let outcome = Outcome::blank();
    let blank = Line { row: 0, key: &[], outcome: &outcome, fields: "" };
    let mut names = Vec::new();
    each_column(record, &TimeZone::UTC, &blank, &mut |name, _| names.push(name.to_owned()));
    names
}

fn each_column(
    record: &RecordType,
    zone: &TimeZone,
    line: &Line<'_>,
    column: &mut dyn FnMut(&str, &str),
) {
    let outcome = line.outcome;
    let [code_column, message_column] = REJECT_COLUMNS;
    column(column::ROW, &line.row.to_string());
    for (position, key) in record.keys().enumerate() {
        column(key.name, line.key.get(position).copied().unwrap_or_default());
    }
    column(column::STATUS, outcome.status.as_str());
    column(
        column::HTTP_STATUS,
        &outcome.http_status.map(|status| status.to_string()).unwrap_or_default(),
    );
    column(code_column, &outcome.code.as_ref().map(ToString::to_string).unwrap_or_default());
    column(message_column, &outcome.message);
    column(column::FIELDS, line.fields);
    column(column::WARNINGS, &outcome.warnings.join(BETWEEN_WARNINGS));
    column(column::ATTEMPTS, &outcome.attempts.to_string());
    let was_sent = outcome.attempts > 0;
    column(
        column::ELAPSED_MS,
        &if was_sent { outcome.elapsed_ms.to_string() } else { String::new() },
    );
    column(
        column::FINISHED_AT,
        &outcome.finished_at.map(|time| local(zone, time)).unwrap_or_default(),
    );
}

/// RFC 3339 to the millisecond, with the offset of the time zone.
fn local(zone: &TimeZone, time: Timestamp) -> String {
    const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(3));
    PRINTER.timestamp_with_offset_to_string(&time, zone.to_offset(time))
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
        writer.into_output().expect("whole").0.finish().expect("placed");
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
