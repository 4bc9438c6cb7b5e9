//! How long the texts are that the cells of an xls share ([MS-XLS] 2.4.265 `SST`, 2.5.293).

use super::little_endian::{u16_at, u32_at};
use super::xls_records::{EOF, records};

const SST: u16 = 0x00FC;
const CONTINUE: u16 = 0x003C;

/// Bytes of each text, as UTF-8 may take them; as far as they can be followed.
pub(super) fn lengths(stream: &[u8]) -> Vec<u32> {
    let mut found = records(stream)
        .take_while(|(id, _)| *id != EOF)
        .skip_while(|(id, _)| *id != SST)
        .map(|(id, data)| (id, if id == SST { data.get(8..).unwrap_or_default() } else { data }));
    let Some((_, data)) = found.next() else { return Vec::new() };
    let rest = found.take_while(|(id, _)| *id == CONTINUE).map(|(_, data)| data);
    let mut texts = Texts { data, rest };
    std::iter::from_fn(|| texts.next()).collect()
}

/// The texts that are not yet read: those of this record, and of the records that continue it.
struct Texts<'a, I> {
    data: &'a [u8],
    rest: I,
}

impl<'a, I: Iterator<Item = &'a [u8]>> Texts<'a, I> {
    fn next(&mut self) -> Option<u32> {
        if self.data.is_empty() {
            self.data = self.rest.next()?;
        }
        let count = usize::from(u16_at(self.data, 0)?);
        let mut flags = *self.data.get(2)?;
        let mut at = 3;
        let mut behind = 0;
        if flags & 8 != 0 {
            behind += 4 * usize::from(u16_at(self.data, at)?);
            at += 2;
        }
        if flags & 4 != 0 {
            behind += usize::try_from(u32_at(self.data, at)?).ok()?;
            at += 4;
        }
        self.data = self.data.get(at..)?;
        let (mut left, mut bytes) = (count, 0);
        loop {
            let width = 1 + usize::from(flags & 1);
            let here = left.min(self.data.len() / width);
            // A character of one byte takes two as UTF-8 at most, one of two takes three.
            bytes += here * (width + 1);
            left -= here;
            self.data = &self.data[here * width..];
            if left == 0 {
                break;
            }
            // A text that goes on says again how wide its characters are.
            let (first, data) = self.rest.next()?.split_first()?;
            (flags, self.data) = (*first, data);
        }
        while behind > self.data.len() {
            behind -= self.data.len();
            self.data = self.rest.next()?;
        }
        self.data = &self.data[behind..];
        u32::try_from(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).expect("short");
        [&id.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
    }

    #[test]
    fn texts_are_followed_from_record_to_record() {
        let first = [&[0; 8][..], &[2, 0, 0, b'a', b'b'], &[4, 0, 9, 1, 0, b'x', 0, b'y', 0]];
        let stream = [
            record(SST, &first.concat()),
            record(CONTINUE, &[0, b'z', b'z', 1, 2]),
            record(CONTINUE, &[3, 4, 1, 0, 0, b'q']),
            record(EOF, &[]),
        ]
        .concat();
        assert_eq!(lengths(&stream), [4, 10, 2]);
        for end in 0..stream.len() {
            let _ = lengths(&stream[..end]);
        }
    }
}
