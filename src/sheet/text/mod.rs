//! Rows of delimited text.
//!
//! `csv-core`, the parser inside the `csv` crate, is called here by itself: the `csv` crate
//! passes over blank lines without counting them and takes an unclosed quotation mark for the
//! end of the file, and then the row number that Excel shows cannot be had, nor the row in
//! which the mark was opened.

pub(super) mod dialect;
pub(super) mod encoding;
mod quotes;

use std::io::{self, BufRead};

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use crate::model::cells::{Cells, RowFault};
use crate::model::sheet_limits::MOST_COLUMNS;
use crate::sheet::fault::SheetFault;
use crate::sheet::kind::unreadable;
use crate::sheet::source::Sink;
use quotes::Quotes;

/// Most bytes of one row: an unclosed quotation mark must not take in the whole file.
const MOST_BYTES: usize = 4 << 20;

/// Hands on each row that has a line, with its number as Excel counts.
///
/// # Errors
/// A row that is too long, or a quotation mark that is never closed, named by row and column.
pub(super) fn rows(
    file: &str,
    input: &mut dyn BufRead,
    delimiter: u8,
    sink: &mut Sink<'_>,
) -> Result<(), SheetFault> {
    let mut parser = Parser {
        core: ReaderBuilder::new().delimiter(delimiter).build(),
        text: vec![0; 4096],
        ends: vec![0; 64],
        after_return: false,
        delimiter,
        quotes: Quotes::default(),
    };
    let mut number = 0;
    let mut cells = Cells::default();
    loop {
        let blank = parser
            .skip_blank_lines(input)
            .map_err(|fault| SheetFault::new(file, unreadable(&fault)))?;
        let Some(blank) = blank else { return Ok(()) };
        number += blank + 1;
        let (text_len, columns) =
            parser.record(input).map_err(|fault| fault.told(file).at_row(number))?;
        fill(&mut cells, &parser.text[..text_len], &parser.ends[..columns]);
        if let Some(column) = parser.quotes.end() {
            cells.add_fault(RowFault::Quote { column });
        }
        if sink(number, &cells).is_break() {
            return Ok(());
        }
    }
}

/// Why a row cannot be parsed.
enum RecordFault {
    Io(io::Error),
    Unclosed { column: usize },
    TooLong { column: usize },
    TooWide,
}

impl RecordFault {
    fn told(self, file: &str) -> SheetFault {
        match self {
            Self::Io(fault) => SheetFault::new(file, unreadable(&fault)),
            Self::Unclosed { column } => SheetFault::new(
                file,
                "a quotation mark opens here and is never closed; close it, or double it if it belongs to the text",
            )
            .at_column(column),
            Self::TooLong { column } => SheetFault::new(
                file,
                format!("the row is longer than {MOST_BYTES} bytes; a quotation mark that is opened and never closed is the usual cause"),
            )
            .at_column(column),
            Self::TooWide => SheetFault::new(file, format!("the row has more than {MOST_COLUMNS} columns")),
        }
    }
}

struct Parser {
    core: Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
    /// Whether the byte before the next one was a carriage return that ended a row.
    after_return: bool,
    delimiter: u8,
    quotes: Quotes,
}

impl Parser {
    /// Passes over blank lines and counts them; nothing at the end of the file.
    fn skip_blank_lines(&mut self, input: &mut dyn BufRead) -> io::Result<Option<u64>> {
        let mut blank = 0;
        loop {
            let Some(next) = input.fill_buf()?.first().copied() else {
                return Ok(None);
            };
            match next {
                b'\n' if self.after_return => self.after_return = false,
                b'\n' => blank += 1,
                b'\r' => {
                    blank += 1;
                    self.after_return = true;
                }
                _ => return Ok(Some(blank)),
            }
            input.consume(1);
        }
    }

    /// Parses one record into `text` and `ends`; the lengths of both.
    fn record(&mut self, input: &mut dyn BufRead) -> Result<(usize, usize), RecordFault> {
        let (mut text_len, mut columns, mut is_begun) = (0, 0, false);
        loop {
            let chunk = input.fill_buf().map_err(RecordFault::Io)?;
            let at_end = chunk.is_empty();
            // A line break ends the last record as any other, unless it stands in quotation marks.
            let bytes = if at_end { b"\n" } else { chunk };
            let (result, read, written, ended) =
                self.core.read_record(bytes, &mut self.text[text_len..], &mut self.ends[columns..]);
            text_len += written;
            columns += ended;
            let ends = matches!(result, ReadRecordResult::Record | ReadRecordResult::End);
            let is_whole = ends && !is_begun;
            is_begun = true;
            // A pair of quotation marks is read, and not handed on: without one there is nothing to see.
            if !is_whole || read >= written + ended + 2 {
                self.quotes.look(&bytes[..read], self.delimiter, is_whole);
            }
            if let Some(last) = read.checked_sub(1) {
                self.after_return = bytes[last] == b'\r';
            }
            if !at_end {
                input.consume(read);
            }
            match result {
                ReadRecordResult::InputEmpty if at_end => {
                    return Err(RecordFault::Unclosed { column: columns });
                }
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull if text_len >= MOST_BYTES => {
                    return Err(RecordFault::TooLong { column: columns });
                }
                ReadRecordResult::OutputFull => self.text.resize(self.text.len() * 2, 0),
                ReadRecordResult::OutputEndsFull if columns >= MOST_COLUMNS => {
                    return Err(RecordFault::TooWide);
                }
                ReadRecordResult::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                ReadRecordResult::Record | ReadRecordResult::End => return Ok((text_len, columns)),
            }
        }
    }
}

fn fill(cells: &mut Cells, text: &[u8], ends: &[usize]) {
    cells.clear();
    let whole = std::str::from_utf8(text).ok();
    if !whole.is_some_and(|whole| cells.fill(whole, ends)) {
        let mut start = 0;
        for (column, end) in ends.iter().enumerate() {
            push_doubtful(cells, column, &text[start..*end]);
            start = *end;
        }
    }
    if let Some(at) = memchr::memchr(0, text) {
        let column = ends.partition_point(|end| *end <= at);
        cells.add_fault(RowFault::Nul { column });
    }
}

fn push_doubtful(cells: &mut Cells, column: usize, cell: &[u8]) {
    if let Ok(text) = std::str::from_utf8(cell) {
        cells.push(text);
    } else {
        cells.push(&String::from_utf8_lossy(cell));
        cells.add_fault(RowFault::Encoding { column });
    }
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;

    use proptest::prelude::*;

    use super::*;

    type Seen = Vec<(u64, Vec<String>, Option<RowFault>)>;

    /// Reads `text` through a buffer of `capacity` bytes.
    fn read(text: &[u8], capacity: usize) -> Result<Seen, SheetFault> {
        let mut seen = Vec::new();
        let mut input = io::BufReader::with_capacity(capacity, text);
        rows("t.csv", &mut input, b',', &mut |number, cells: &Cells| {
            seen.push((
                number,
                cells.iter().map(str::to_owned).collect(),
                cells.faults().first().copied(),
            ));
            ControlFlow::Continue(())
        })?;
        Ok(seen)
    }

    fn numbers(text: &str) -> Vec<u64> {
        let wide = read(text.as_bytes(), 1 << 16).expect("readable");
        let narrow = read(text.as_bytes(), 1).expect("readable");
        assert_eq!(wide, narrow, "the size of the buffer must not matter: {text:?}");
        wide.iter().map(|(number, ..)| *number).collect()
    }

    #[test]
    fn row_numbers_count_blank_lines_whatever_ends_a_line() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["A,B", "1,2", "", "", "3,4", "\"5\",\"6\"", "", "7,8"].join(end);
            assert_eq!(numbers(&text), [1, 2, 5, 6, 8], "{end:?}");
            assert_eq!(numbers(&format!("{end}{text}{end}{end}")), [2, 3, 6, 7, 9], "{end:?}");
        }
    }

    #[test]
    fn a_line_break_in_quotes_belongs_to_its_row() {
        let text = "A,B\r\n\"1\r\n\r\n1\",2\r\n3,4";
        assert_eq!(numbers(text), [1, 2, 3]);
        assert_eq!(read(text.as_bytes(), 7).expect("readable")[1].1, ["1\r\n\r\n1", "2"]);
    }

    #[test]
    fn an_unclosed_quotation_mark_is_named_where_it_opens() {
        let fault = read(b"A,B\n1,2\n\n3,\"4\n5,6\n", 5).expect_err("a fault");
        assert_eq!((fault.row, fault.column), (Some(4), Some(1)));
        let endless = [b"A,B\n\"".as_slice(), &vec![b'x'; MOST_BYTES + 10]].concat();
        assert_eq!(read(&endless, 1 << 16).expect_err("a fault").row, Some(2));
    }

    #[test]
    fn a_mark_that_takes_rows_for_one_is_named_where_it_stands() {
        let text = b"A,B,N\n1,2,\"note\n3,4,x\n5,6,\"note\n7,8,y\n";
        let long = format!("A,B\n1,{}\"{}\n", "x".repeat(4_095), "\"y".repeat(3_000));
        assert_eq!(
            read(long.as_bytes(), 1 << 16).expect("readable")[1].2,
            None,
            "marks that are text"
        );
        for capacity in [1, 7, 1 << 16] {
            let seen = read(text, capacity).expect("readable");
            let faults: Vec<_> = seen.iter().map(|(number, _, fault)| (*number, *fault)).collect();
            assert_eq!(faults[1], (2, Some(RowFault::Quote { column: 2 })), "{capacity}");
        }
    }

    #[test]
    fn a_mark_at_the_end_of_the_buffer_is_looked_at_too() {
        for capacity in 1..12 {
            let seen = read(b"A,B\n\"\"x,1\n", capacity).expect("readable");
            assert_eq!(seen[1].2, Some(RowFault::Quote { column: 0 }), "{capacity}");
        }
    }

    proptest! {
        #[test]
        fn the_size_of_the_buffer_does_not_matter(
            text in proptest::collection::vec(
                proptest::sample::select(b"ab,,;\"\r\n\n \0\xC3\xA9\xEF\xBB\xBF".to_vec()),
                0..60,
            )
        ) {
            let text = [b"A,B\n", &text[..]].concat();
            let rows = |capacity| read(&text, capacity).map_err(|fault| fault.to_string());
            prop_assert_eq!(rows(1 << 16), rows(1));
            prop_assert_eq!(rows(9), rows(1));
        }
    }

    #[test]
    fn too_many_columns_are_a_fault_and_not_a_crash() {
        let fault = read(&vec![b','; 1_000_000], 1 << 16).expect_err("a fault");
        assert_eq!(fault.row, Some(1));
    }

    #[test]
    fn bytes_that_are_not_utf8_and_nuls_are_named_by_column() {
        let seen = read(b"a,\xC3\nb,c\0\n\xC3,\xA9\n", 64).expect("readable");
        let faults: Vec<_> = seen.iter().map(|(.., fault)| *fault).collect();
        let expected = [
            Some(RowFault::Encoding { column: 1 }),
            Some(RowFault::Nul { column: 1 }),
            Some(RowFault::Encoding { column: 0 }),
        ];
        assert_eq!(faults, expected);
    }
}
