//! The results CSV, read back line by line, for what is made of it: the page, and whatever comes beside it.

use std::io::Read;

use csv::StringRecord;
use jiff::Timestamp;

use super::defuse::plain;
use super::results::{self, column};
use crate::model::mapping::REJECT_COLUMNS;
use crate::model::outcome::Status;
use crate::model::record::RecordType;

/// Why results cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ResultsFault {
    /// The header is not the one that rowpatch writes.
    #[error(
        "has no column \"{0}\", so that it is not a results file as rowpatch writes it; a spreadsheet program that saved it again may have changed it"
    )]
    NoColumn(String),
    /// A cell holds what rowpatch does not write there.
    #[error(
        "line {line}, column \"{column}\": \"{cell}\" is not what rowpatch writes there; take the file as it was written"
    )]
    Cell {
        /// Line of the file, counted from 1.
        line: u64,
        /// Header of the column.
        column: &'static str,
        /// What stands there.
        cell: String,
    },
    /// It cannot be read as CSV, or not at all.
    #[error("cannot be read: {0}")]
    Csv(#[from] csv::Error),
}

/// One line of the results. Texts are as they stand in the file, formulas defused.
#[derive(Clone, Copy, Debug)]
pub struct ReadLine<'r> {
    /// Row number as Excel shows it.
    pub row: u64,
    /// What became of the row.
    pub status: Status,
    /// HTTP status of the last answer, where there was one.
    pub http_status: Option<u16>,
    /// Why, where it is not good.
    pub code: &'r str,
    /// Why, in words.
    pub message: &'r str,
    /// Names of the fields that were sent.
    pub fields: &'r str,
    /// What a person should look at though the row passed, joined.
    pub warnings: &'r str,
    /// Requests made for the row.
    pub attempts: u32,
    /// Milliseconds from its first request to its end, where it was sent.
    pub elapsed_ms: Option<u64>,
    /// When it ended, where it was sent.
    pub finished_at: Option<Timestamp>,
    cells: &'r StringRecord,
    places: &'r Places,
}

impl<'r> ReadLine<'r> {
    /// The values of the key fields, in the order in which results list them.
    pub fn key(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        let cells = self.cells;
        self.places.keys.iter().map(|place| cells.get(*place).unwrap_or_default())
    }

    /// The text of each column, in the order in which results have them, as it came and not defused.
    pub fn texts(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        let cells = self.cells;
        self.places.all.iter().map(|place| plain(cells.get(*place).unwrap_or_default()))
    }
}

/// Reads results; holds one line at a time.
#[derive(Debug)]
pub struct ResultsReader<R> {
    lines: csv::Reader<R>,
    cells: StringRecord,
    columns: Vec<String>,
    places: Places,
}

/// Where each column stands, counted from 0.
#[derive(Debug)]
struct Places {
    all: Vec<usize>,
    row: usize,
    keys: Vec<usize>,
    status: usize,
    http_status: usize,
    code: usize,
    message: usize,
    fields: usize,
    warnings: usize,
    attempts: usize,
    elapsed_ms: usize,
    finished_at: usize,
}

impl<R: Read> ResultsReader<R> {
    /// Reads the header of results for this type of record.
    ///
    /// # Errors
    /// It cannot be read, or lacks a column.
    pub fn begin(results: R, record: &RecordType) -> Result<Self, ResultsFault> {
        let mut lines = csv::ReaderBuilder::new().flexible(true).from_reader(results);
        let header = lines.headers()?;
        let place = |name: &str| {
            let found = header.iter().position(|column| column == name);
            found.ok_or_else(|| ResultsFault::NoColumn(name.to_owned()))
        };
        let [code, message] = REJECT_COLUMNS;
        let columns = results::columns(record);
        let places = Places {
            all: columns.iter().map(|name| place(name)).collect::<Result<_, _>>()?,
            row: place(column::ROW)?,
            keys: record.keys().map(|key| place(key.name)).collect::<Result<_, _>>()?,
            status: place(column::STATUS)?,
            http_status: place(column::HTTP_STATUS)?,
            code: place(code)?,
            message: place(message)?,
            fields: place(column::FIELDS)?,
            warnings: place(column::WARNINGS)?,
            attempts: place(column::ATTEMPTS)?,
            elapsed_ms: place(column::ELAPSED_MS)?,
            finished_at: place(column::FINISHED_AT)?,
        };
        Ok(Self { lines, cells: StringRecord::new(), columns, places })
    }

    /// The names of the columns of results, in the order in which they are written.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The next line; nothing after the last.
    ///
    /// # Errors
    /// It cannot be read, or holds what rowpatch does not write.
    pub fn read(&mut self) -> Result<Option<ReadLine<'_>>, ResultsFault> {
        if !self.lines.read_record(&mut self.cells)? {
            return Ok(None);
        }
        let (cells, places) = (&self.cells, &self.places);
        let text = |place: usize| cells.get(place).unwrap_or_default();
        let wrong = |column, place: usize| ResultsFault::Cell {
            line: cells.position().map_or(0, csv::Position::line),
            column,
            cell: text(place).chars().take(40).collect(),
        };
        Ok(Some(ReadLine {
            row: text(places.row).parse().map_err(|_| wrong(column::ROW, places.row))?,
            status: Status::of_word(text(places.status))
                .ok_or_else(|| wrong(column::STATUS, places.status))?,
            http_status: optional(text(places.http_status))
                .map_err(|()| wrong(column::HTTP_STATUS, places.http_status))?,
            code: text(places.code),
            message: text(places.message),
            fields: text(places.fields),
            warnings: text(places.warnings),
            attempts: text(places.attempts)
                .parse()
                .map_err(|_| wrong(column::ATTEMPTS, places.attempts))?,
            elapsed_ms: optional(text(places.elapsed_ms))
                .map_err(|()| wrong(column::ELAPSED_MS, places.elapsed_ms))?,
            finished_at: optional(text(places.finished_at))
                .map_err(|()| wrong(column::FINISHED_AT, places.finished_at))?,
            cells,
            places,
        }))
    }
}

/// The value of a cell that may be blank.
fn optional<T: std::str::FromStr>(cell: &str) -> Result<Option<T>, ()> {
    if cell.is_empty() { Ok(None) } else { cell.parse().map(Some).map_err(|_| ()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::code::Code;
    use crate::model::outcome::Outcome;
    use crate::model::record::CUSTOMER_CONTACT;
    use crate::report::{Line, Output, Replace, ResultsWriter};

    #[test]
    fn what_was_written_is_read_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("r.csv");
        let output = Output::create(&path, Replace::Own).expect("created");
        let mut writer = ResultsWriter::begin(output, &CUSTOMER_CONTACT).expect("begun");
        let sent = Outcome {
            http_status: Some(500),
            warnings: vec!["one".into(), "two; three".into()],
            attempts: 2,
            elapsed_ms: 7,
            finished_at: Some("2026-11-24T10:00:00.5Z".parse().expect("a time")),
            ..Outcome::unsent(
                Status::Failed,
                Some(Code::Endpoint("4711".into())),
                "=a \"b\"\r\nc".into(),
            )
        };
        let unsent = Outcome::unsent(Status::NotSent, None, String::new());
        for (row, outcome) in [(2, &sent), (9, &unsent)] {
            let line = Line { row, key: &["+A", "B"], outcome, fields: "CITY STATE" };
            writer.write(&line).expect("written");
        }
        writer.into_output().expect("whole").0.finish().expect("placed");
        let file = std::fs::File::open(&path).expect("a file");
        let mut reader = ResultsReader::begin(file, &CUSTOMER_CONTACT).expect("results");
        let line = reader.read().expect("read").expect("a line");
        assert_eq!((line.row, line.status, line.http_status), (2, Status::Failed, Some(500)));
        assert_eq!(line.key().collect::<Vec<_>>(), ["'+A", "B"]);
        assert_eq!((line.code, line.message), ("4711", "'=a \"b\"\r\nc"));
        let texts: Vec<_> = line.texts().collect();
        assert_eq!(texts[..7], ["2", "+A", "B", "failed", "500", "4711", "=a \"b\"\r\nc"]);
        assert_eq!((line.fields, line.warnings), ("CITY STATE", "one; two; three"));
        assert_eq!(
            (line.attempts, line.elapsed_ms, line.finished_at),
            (2, Some(7), sent.finished_at)
        );
        let line = reader.read().expect("read").expect("a line");
        assert_eq!((line.row, line.status, line.code), (9, Status::NotSent, ""));
        assert_eq!((line.attempts, line.elapsed_ms, line.finished_at), (0, None, None));
        assert!(reader.read().expect("read").is_none());
    }

    #[test]
    fn another_file_is_refused_with_what_it_lacks_and_a_changed_cell_with_its_place() {
        let header = "row,CUSTOMER_ID,CUST_CONTACT,status,http_status,MESSAGE_CODE,MESSAGE,fields,warnings,attempts,elapsed_ms,finished_at";
        let fault = |text: &str| {
            let mut reader = ResultsReader::begin(text.as_bytes(), &CUSTOMER_CONTACT)?;
            reader.read().map(|_| ())
        };
        let told = |text: &str| fault(text).expect_err("a fault").to_string();
        assert!(told("CUSTOMER_ID;CITY\nA;B\n").contains("has no column \"row\""));
        for (line, column) in [
            ("x,A,B,failed,,,,,,1,1,", "row"),
            ("2,A,B,Failed,,,,,,1,1,", "status"),
            ("2,A,B,failed,OK,,,,,1,1,", "http_status"),
            ("2,A,B,failed,,,,,,,1,", "attempts"),
            ("2,A,B,failed,,,,,,1,1,24.11.2026", "finished_at"),
        ] {
            let told = told(&format!("{header}\n{line}\n"));
            assert!(told.starts_with(&format!("line 2, column \"{column}\": ")), "{told}");
        }
    }
}
