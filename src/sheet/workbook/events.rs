//! The XML of a part of an archive, event by event, as long as no event is longer than any that a
//! workbook needs: each tag, text and comment is held in memory as a whole.

use std::io::{self, BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::Event;

use super::BookFault;
use super::bounded::too_long_a_piece;

/// Bytes of one event; the longest text that a cell can hold takes a hundredth of it.
const MOST_BYTES: u64 = 16 << 20;

/// What stands in a part, from its start.
pub(super) struct Events<R> {
    reader: Reader<BufReader<Counted<R>>>,
    buffer: Vec<u8>,
}

impl<R: Read> Events<R> {
    /// The events of a part. An element without content, as `<a/>`, is told as one that begins and
    /// ends.
    pub(super) fn new(part: R) -> Self {
        let mut reader = Reader::from_reader(BufReader::new(Counted { part, since_event: 0 }));
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new() }
    }

    /// The next event; after the last, [`Event::Eof`].
    ///
    /// # Errors
    /// The part cannot be unpacked, is no XML, or holds a piece that is too long.
    pub(super) fn read(&mut self) -> Result<Event<'_>, BookFault> {
        self.buffer.clear();
        self.reader.get_mut().get_mut().since_event = 0;
        Ok(self.reader.read_event_into(&mut self.buffer)?)
    }
}

/// A part, with the bytes that were read since the last event.
struct Counted<R> {
    part: R,
    since_event: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since_event > MOST_BYTES {
            return Err(too_long_a_piece(MOST_BYTES));
        }
        let read = self.part.read(buffer)?;
        self.since_event += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(part: impl Read) -> Result<u64, BookFault> {
        let mut events = Events::new(part);
        let mut count = 0;
        while !matches!(events.read()?, Event::Eof) {
            count += 1;
        }
        Ok(count)
    }

    #[test]
    fn whatever_is_too_long_is_refused() {
        for (start, filling) in [
            ("<t>x", b'x'),
            ("<c r=\"", b'>'),
            ("<c r='\"", b'<'),
            ("<!-->", b'<'),
            ("<![CDATA[", b'>'),
            ("<?x", b'<'),
            ("<!DOCTYPE x [", b'>'),
        ] {
            let part = start.as_bytes().chain(io::repeat(filling).take(MOST_BYTES * 4));
            let refused = read_all(part).expect_err(start);
            assert!(refused.to_string().contains("more than 16777216 bytes"), "{start}: {refused}");
        }
    }

    #[test]
    fn many_short_pieces_are_read() {
        let row = "<r a='>'><![CDATA[<]]>1</r><r/>".repeat(1_000_000);
        assert_eq!(read_all(row.as_bytes()).expect("read"), 6_000_000);
    }
}
