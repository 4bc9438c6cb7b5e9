//! How a text file marks its columns, found by its content.

use std::collections::BTreeMap;

use super::quotes::Quotes;

/// The delimiters that are told apart, the most likely first.
const DELIMITERS: &[u8] = b",;\t|";
/// Rows that are looked at.
const ROWS: usize = 100;
/// The UTF-8 byte-order mark.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// How a text file is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sheet) struct Dialect {
    /// The byte between two cells.
    pub(in crate::sheet) delimiter: u8,
    /// Bytes to pass over at the start.
    pub(in crate::sheet) skip: usize,
}

/// Finds the dialect from the start of a file; `complete` when that is all of it.
pub(in crate::sheet) fn sniff(sample: &[u8], complete: bool) -> Dialect {
    let skip = if sample.starts_with(BOM) { BOM.len() } else { 0 };
    let text = &sample[skip..];
    if let Some((delimiter, line)) = hint(text) {
        return Dialect { delimiter, skip: skip + line };
    }
    let mut best = (Score::default(), b',');
    for delimiter in DELIMITERS {
        let score = score(text, *delimiter, complete);
        if score > best.0 {
            best = (score, *delimiter);
        }
    }
    Dialect { delimiter: best.1, skip }
}

/// Excel's own hint: a first line `sep=;`, which it does not show as a row. The delimiter, and
/// the length of the line.
fn hint(text: &[u8]) -> Option<(u8, usize)> {
    let (delimiter, rest) =
        text.get(..4)?.eq_ignore_ascii_case(b"sep=").then(|| text[4..].split_first())??;
    let end = if rest.starts_with(b"\r\n") {
        2
    } else {
        usize::from(rest.first().is_none_or(|c| b"\r\n".contains(c)))
    };
    (end > 0 && delimiter.is_ascii()).then_some((*delimiter, 5 + end))
}

/// How well a delimiter explains a file: the rows of a table are equally long, and it has columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Score {
    regular_percent: usize,
    columns: usize,
}

fn score(text: &[u8], delimiter: u8, complete: bool) -> Score {
    let mut lengths = lengths(text, delimiter);
    if !complete && lengths.len() > 1 && lengths.len() < ROWS {
        // The sample ends within this record.
        lengths.pop();
    }
    // The header may be shorter than the rows: some programs end each row with one delimiter more.
    let mut rows_of_length = BTreeMap::<usize, usize>::new();
    for columns in lengths.iter().flatten().filter(|columns| **columns > 1) {
        *rows_of_length.entry(*columns).or_default() += 1;
    }
    let commonest = rows_of_length.into_iter().max_by_key(|(columns, rows)| (*rows, *columns));
    commonest.map_or_else(Score::default, |(columns, rows)| Score {
        regular_percent: rows * 100 / lengths.len(),
        columns,
    })
}

/// How many cells the first rows have; nothing for a row with text behind a closing quotation mark, which the
/// right delimiter would have ended the cell at.
fn lengths(text: &[u8], delimiter: u8) -> Vec<Option<usize>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(text);
    let (mut record, mut quotes, mut rest) = (csv::ByteRecord::new(), Quotes::default(), text);
    let mut lengths = Vec::new();
    while lengths.len() < ROWS && reader.read_byte_record(&mut record).unwrap_or(false) {
        let end = usize::try_from(reader.position().byte()).unwrap_or(text.len()).min(text.len());
        let (row, after) = rest.split_at(end.saturating_sub(text.len() - rest.len()));
        quotes.look(row, delimiter, true);
        lengths.push(quotes.end().is_none().then(|| record.len()));
        rest = after;
    }
    lengths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_found_by_content() {
        let files: [(&str, u8); 6] = [
            ("A,B\n1,2\n", b','),
            ("A;B;C\n1,5;2;3\n4,5;5;6\n", b';'),
            ("A\tB\nx, y\tz\n", b'\t'),
            ("A|B\r1|http://a;b\r", b'|'),
            ("A,B\n\"1;2;3\",4\n\"1;2;3\",4\n", b','),
            ("ONLY\nx\n", b','),
        ];
        for (text, delimiter) in files {
            assert_eq!(sniff(text.as_bytes(), true).delimiter, delimiter, "{text:?}");
        }
    }

    #[test]
    fn a_ragged_row_does_not_hide_the_delimiter() {
        let text = "A,B,C\n1,2,3\n1,2\n1,2,3,4\n4,5,6\n";
        assert_eq!(sniff(text.as_bytes(), true).delimiter, b',');
    }

    #[test]
    fn another_delimiter_in_the_texts_of_ragged_rows_is_not_taken_for_it() {
        for text in [
            "\"A\",\"B\"\n\"1\",\"2\",\"x; y\"\n\"3\",\"4; z\"\n\"5\",\"6\",\"x; y\"\n",
            "A,B\n1,\"x; y\",\n2,\"x; y\",\n3,\"x; y\",\n",
        ] {
            assert_eq!(sniff(text.as_bytes(), true).delimiter, b',', "{text}");
        }
    }

    #[test]
    fn excels_own_hint_decides_and_is_no_row() {
        assert_eq!(sniff(b"sep=;\r\nA,x;B\n", true), Dialect { delimiter: b';', skip: 7 });
        assert_eq!(sniff(b"\xEF\xBB\xBFSEP=|\nA|B\n", true), Dialect { delimiter: b'|', skip: 9 });
        assert_eq!(sniff(b"sep=;x,B\n1,2\n", true).skip, 0);
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        assert_eq!(sniff(b"\xEF\xBB\xBFA;B\n", true), Dialect { delimiter: b';', skip: 3 });
    }
}
