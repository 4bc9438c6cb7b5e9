//! XML that another reads only if no piece of it is longer than any that a workbook needs: calamine
//! holds each tag, text and comment in memory as a whole. What is read here is bounded by `events.rs`.

use std::io::{self, Read};

/// Most bytes of one piece. A part that is no longer, as nearly all are, needs no look.
pub(super) const MOST_BYTES: u64 = 64 << 20;

/// The fault of a part with a piece of more bytes than that.
pub(super) fn too_long_a_piece(most: u64) -> io::Error {
    io::Error::other(format!("it holds a text or a tag of more than {most} bytes"))
}

/// What the last byte stands in.
#[derive(Clone, Copy)]
enum Piece {
    Text,
    /// Just after `<`.
    Opened,
    Tag,
    /// Within a tag, up to this mark.
    Quotes(u8),
    /// Just after `<!`.
    Bang,
    Comment,
    /// `<![CDATA[`.
    Section,
    /// `<?`.
    Instruction,
    /// A document type. No workbook has one: its end is not looked for.
    DocumentType,
}

/// A part of an archive, looked at while it is read.
pub(super) struct Bounded<R> {
    part: R,
    is_looked_at: bool,
    /// Most bytes of a piece.
    most: u64,
    piece: Piece,
    /// Bytes of the piece so far.
    length: u64,
    /// The two bytes before, where more than one ends the piece.
    before: [u8; 2],
    tags: u64,
}

impl<R: Read> Bounded<R> {
    /// A part of so many bytes, from its start.
    pub(super) fn new(part: R, size: u64) -> Self {
        Self {
            part,
            is_looked_at: size > MOST_BYTES,
            most: MOST_BYTES,
            piece: Piece::Text,
            length: 0,
            before: [0; 2],
            tags: 0,
        }
    }

    /// Tags that have begun so far, in a part that is looked at.
    pub(super) fn tags(&self) -> u64 {
        self.tags
    }

    fn look(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let (plain, rest) = bytes.split_at(self.plain(bytes));
            self.length += plain.len() as u64;
            bytes = rest;
            if let Some((byte, rest)) = rest.split_first() {
                self.step(*byte);
                bytes = rest;
            }
            if self.length > self.most {
                return Err(too_long_a_piece(self.most));
            }
        }
        Ok(())
    }

    /// How many bytes come before the first that may end what they stand in, where that is one byte.
    /// Pieces are short: to look for it by vectors of bytes is slower.
    fn plain(&self, bytes: &[u8]) -> usize {
        let mut bytes_left = bytes.iter();
        let next = match self.piece {
            Piece::Text => bytes_left.position(|byte| *byte == b'<'),
            Piece::Tag => bytes_left.position(|byte| matches!(byte, b'>' | b'"' | b'\'')),
            Piece::Quotes(mark) => bytes_left.position(|byte| *byte == mark),
            _ => Some(0),
        };
        next.unwrap_or(bytes.len())
    }

    fn step(&mut self, byte: u8) {
        self.length += 1;
        let ends = |end: [u8; 2], least| byte == b'>' && self.before == end && self.length >= least;
        let next = match (self.piece, byte) {
            (Piece::Text, b'<') => Some(Piece::Opened),
            (Piece::Opened, b'!') => Some(Piece::Bang),
            (Piece::Opened, b'?') => Some(Piece::Instruction),
            (Piece::Opened | Piece::Tag, b'>') => Some(Piece::Text),
            (Piece::Opened | Piece::Tag, b'"' | b'\'') => Some(Piece::Quotes(byte)),
            (Piece::Opened, _) => Some(Piece::Tag),
            (Piece::Quotes(mark), _) if byte == mark => Some(Piece::Tag),
            (Piece::Bang, b'-') => Some(Piece::Comment),
            (Piece::Bang, b'[') => Some(Piece::Section),
            (Piece::Bang, _) => Some(Piece::DocumentType),
            (Piece::Comment, _) if ends(*b"--", 7) => Some(Piece::Text),
            (Piece::Section, _) if ends(*b"]]", 12) => Some(Piece::Text),
            (Piece::Instruction, b'>') if self.before[1] == b'?' && self.length >= 4 => {
                Some(Piece::Text)
            }
            _ => None,
        };
        self.before = [self.before[1], byte];
        match next {
            Some(Piece::Text) => self.length = 0,
            Some(Piece::Opened) => (self.length, self.tags) = (1, self.tags + 1),
            _ => {}
        }
        self.piece = next.unwrap_or(self.piece);
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.part.read(buffer)?;
        if self.is_looked_at {
            self.look(&buffer[..read])?;
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A part that is looked at, of which no piece may be longer than a mebibyte.
    fn bounded<R: Read>(part: R) -> Bounded<R> {
        Bounded { most: 1 << 20, ..Bounded::new(part, MOST_BYTES + 1) }
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
            ("<!-- ' --><t>'", b'x'),
        ] {
            let part = start.as_bytes().chain(io::repeat(filling).take(1 << 20));
            let refused = io::copy(&mut bounded(part), &mut io::sink()).expect_err(start);
            assert!(refused.to_string().contains("more than 1048576 bytes"), "{start}");
        }
    }

    #[test]
    fn many_short_pieces_are_read() {
        let row = "<?a b?><!-- it's --><r a='>'><![CDATA[<]]>1 < 2</r>".repeat(50_000);
        let mut part = bounded(row.as_bytes());
        io::copy(&mut part, &mut io::sink()).expect("read");
        assert!(part.tags() >= 200_000);
    }

    #[test]
    fn a_part_that_is_no_longer_than_a_piece_may_be_is_not_looked_at() {
        let mut part = Bounded::new(&b"<t>"[..], MOST_BYTES);
        io::copy(&mut part, &mut io::sink()).expect("read");
        assert_eq!(part.tags(), 0);
    }
}
