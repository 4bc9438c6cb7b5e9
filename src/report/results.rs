//! The results: one line for each row of the input, as CSV or as a workbook.

use std::borrow::Cow;
use std::io::{self, Write};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::BOM;
use super::book_summary::BookSummary;
use super::defuse::defuse;
use super::output::Output;
use super::results_book::ResultsBook;
use crate::model::mapping::REJECT_COLUMNS;
use crate::model::outcome::Outcome;
use crate::model::record::RecordType;

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
    out: Sink,
    record: &'static RecordType,
    zone: TimeZone,
}

#[derive(Debug)]
enum Sink {
    Csv(Box<csv::Writer<Output>>),
    Workbook(Box<ResultsBook>, Output),
}

impl ResultsWriter {
    /// Begins the results with the header, and a CSV with the byte-order mark.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn begin(
        mut output: Output,
        record: &'static RecordType,
        is_workbook: bool,
    ) -> io::Result<Self> {
        let outcome = Outcome::blank();
        let blank = Line { row: 0, key: &[], outcome: &outcome, fields: "" };
        let mut header = Vec::new();
        let zone = TimeZone::system();
        columns(record, &zone, &blank, &mut |name, _| header.push(name.to_owned()));
        let out = if is_workbook {
            Sink::Workbook(Box::new(ResultsBook::begin(&header)), output)
        } else {
            output.write_all(BOM)?;
            let mut out = csv::Writer::from_writer(output);
            out.write_record(&header)?;
            Sink::Csv(Box::new(out))
        };
        Ok(Self { out, record, zone })
    }

    /// Writes the line of the next row.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&mut self, line: &Line<'_>) -> io::Result<()> {
        let mut cells = Vec::new();
        columns(self.record, &self.zone, line, &mut |_, cell| cells.push(cell));
        match &mut self.out {
            Sink::Csv(out) => {
                let cells = cells.iter().map(|cell| defuse(cell));
                Ok(out.write_record(cells.map(Cow::into_owned))?)
            }
            Sink::Workbook(book, _) => book.write(cells),
        }
    }

    /// The file, with everything written; a workbook tells a summary, too.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn into_output(self, summary: &BookSummary<'_>) -> io::Result<Output> {
        match self.out {
            Sink::Csv(out) => out.into_inner().map_err(csv::IntoInnerError::into_error),
            Sink::Workbook(book, output) => book.finish(summary, output),
        }
    }
}

fn columns(
    record: &RecordType,
    zone: &TimeZone,
    line: &Line<'_>,
    column: &mut dyn FnMut(&str, String),
) {
    let outcome = line.outcome;
    let [code_column, message_column] = REJECT_COLUMNS;
    column("row", line.row.to_string());
    for (position, key) in record.keys().enumerate() {
        column(key.name, line.key.get(position).copied().unwrap_or_default().to_owned());
    }
    column("status", outcome.status.to_string());
    column("http_status", outcome.http_status.map(|status| status.to_string()).unwrap_or_default());
    column(code_column, outcome.code.as_ref().map(ToString::to_string).unwrap_or_default());
    column(message_column, outcome.message.clone());
    column("fields", line.fields.to_owned());
    column("warnings", outcome.warnings.join("; "));
    column("attempts", outcome.attempts.to_string());
    let was_sent = outcome.attempts > 0;
    column("elapsed_ms", if was_sent { outcome.elapsed_ms.to_string() } else { String::new() });
    column("finished_at", outcome.finished_at.map(|time| local(time, zone)).unwrap_or_default());
}

/// RFC 3339 with the offset of a time zone.
fn local(time: Timestamp, zone: &TimeZone) -> String {
    time.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%.3f%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::code::Code;
    use crate::model::outcome::Status;
    use crate::model::record::CUSTOMER_CONTACT;
    use crate::model::tally::Tally;
    use crate::report::output::Replace;

    #[test]
    fn header_and_lines_have_the_same_columns_and_formulas_are_defused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("r.csv");
        let output = Output::create(&path, Replace::Own).expect("created");
        let mut writer = ResultsWriter::begin(output, &CUSTOMER_CONTACT, false).expect("begun");
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
        let summary = BookSummary { facts: &[], tally: &Tally::default() };
        writer.into_output(&summary).expect("whole").finish().expect("placed");
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
