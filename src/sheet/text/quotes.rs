//! Quotation marks that are missing or too many: text behind a closing one.
//!
//! The parser takes such text for part of the cell (RFC 4180 knows no such thing). It is the trace that a
//! mark without its partner leaves, which may have taken several rows for one.

/// Where the next byte of a row stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Start,
    Plain,
    Quoted,
    /// Behind a mark that closes the cell, or is the first of a doubled one.
    Closing,
}

/// Follows the quotation marks of one row.
#[derive(Debug, Default)]
pub(super) struct Quotes {
    state: State,
    column: usize,
    stray: Option<usize>,
}

impl Quotes {
    /// Looks at the next bytes of the row; `is_whole` when no more follow. Most rows have no mark, and
    /// are done with by that.
    pub(super) fn look(&mut self, bytes: &[u8], delimiter: u8, is_whole: bool) {
        let is_plain = is_whole && self.column == 0 && self.state == State::Start;
        if is_plain && memchr::memchr(b'"', bytes).is_none() {
            return;
        }
        for byte in bytes.iter().copied() {
            self.state = match (self.state, byte) {
                (State::Quoted, b'"') => State::Closing,
                (State::Quoted, _) | (State::Start | State::Closing, b'"') => State::Quoted,
                (_, byte) if byte == delimiter => {
                    self.column += 1;
                    State::Start
                }
                (_, b'\r' | b'\n') => State::Start,
                (State::Closing, b' ' | b'\t') => State::Closing,
                (State::Closing, _) => {
                    self.stray.get_or_insert(self.column);
                    State::Plain
                }
                (State::Start | State::Plain, _) => State::Plain,
            };
        }
    }

    /// Ends the row: the column, from 0, in which text stands behind a closing mark, if any.
    pub(super) fn end(&mut self) -> Option<usize> {
        std::mem::take(self).stray
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_behind_a_closing_mark_is_found_however_the_row_is_cut() {
        let rows: [(&str, Option<usize>); 7] = [
            ("a,\"b\",c\r\n", None),
            ("a,\"b \"\"c\"\" d\",\"\"\n", None),
            ("a,5\" pipe,c\n", None),
            ("a,\"b\" ,c\n", None),
            ("a,\"b\"c,d\n", Some(1)),
            ("a,b,\"note\nB,C,Oslo,\"note\n", Some(2)),
            ("\"a\"\"\",\"b\n\",c\n", None),
        ];
        for (row, stray) in rows {
            for cut in 0..=row.len() {
                let mut quotes = Quotes::default();
                let (first, rest) = row.as_bytes().split_at(cut);
                if cut > 0 {
                    quotes.look(first, b',', cut == row.len());
                }
                quotes.look(rest, b',', true);
                assert_eq!(quotes.end(), stray, "{row:?} cut at {cut}");
                assert_eq!(quotes.column, 0);
            }
        }
    }
}
