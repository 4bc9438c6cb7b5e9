//! How the bytes of a text file become characters.
//!
//! A byte-order mark decides; else UTF-16 by the place of its NULs, which no detector of
//! encodings looks at; else UTF-8, if the file holds more of it than of anything else; else the
//! best guess of Firefox's detector.

use std::io::{self, BufRead, Read, Seek};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// Bytes that are decoded at once.
const CHUNK: usize = 64 * 1024;
/// Bytes with anything but ASCII in them that are enough for a guess.
const ENOUGH: usize = 1 << 20;
/// Bytes of the longest byte-order mark, that of UTF-8.
const LONGEST_MARK: u64 = 3;
/// The longest part of a UTF-8 character that may stand at the end of a chunk.
const LONGEST_PART: usize = 3;

/// The encoding of a name such as `windows-1252` or `utf-16le` (WHATWG Encoding Standard).
pub(in crate::sheet) fn named(name: &str) -> Result<&'static Encoding, String> {
    Encoding::for_label(name.trim().as_bytes()).ok_or_else(|| {
        format!("\"{name}\" is not an encoding; write utf-8, windows-1252 or utf-16le")
    })
}

/// The encoding that the start of a file shows beyond doubt: by its byte-order mark, or by the
/// NULs that UTF-16 puts into plain letters.
pub(in crate::sheet) fn shown(sample: &[u8]) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(sample) {
        return Some(encoding);
    }
    let (pairs, _) = sample.as_chunks::<2>();
    let nuls = |at: usize| pairs.iter().filter(|pair| pair[at] == 0).count();
    let (first, second) = (nuls(0), nuls(1));
    if second * 2 > pairs.len() && first * 10 < second {
        Some(UTF_16LE)
    } else if first * 2 > pairs.len() && second * 10 < first {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// The encoding of a whole file: that of its byte-order mark, which no other begins with, else the one that was
/// named, else the one that is found.
pub(in crate::sheet) fn of(
    input: &mut (impl Read + Seek),
    named: Option<&'static Encoding>,
) -> io::Result<&'static Encoding> {
    input.rewind()?;
    let Some(named) = named else { return detect(input) };
    let mut start = Vec::new();
    input.take(LONGEST_MARK).read_to_end(&mut start)?;
    Ok(Encoding::for_bom(&start).map_or(named, |(encoding, _)| encoding))
}

fn detect(input: &mut (impl Read + Seek)) -> io::Result<&'static Encoding> {
    let mut evidence = Evidence::default();
    let mut is_first = true;
    let mut decided = None;
    each_chunk(input, |chunk| {
        decided = if is_first { shown(chunk) } else { None };
        is_first = false;
        evidence.add(chunk);
        decided.is_none()
    })?;
    if let Some(encoding) = decided {
        return Ok(encoding);
    }
    if evidence.is_utf8() {
        return Ok(UTF_8);
    }
    input.rewind()?;
    guess(input)
}

/// Firefox's guess: it takes its time, so that it is asked about the first doubtful part alone.
fn guess(input: &mut impl Read) -> io::Result<&'static Encoding> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut fed = 0;
    each_chunk(input, |chunk| {
        if !chunk.is_ascii() {
            detector.feed(chunk, false);
            fed += chunk.len();
        }
        fed < ENOUGH
    })?;
    detector.feed(&[], true);
    Ok(detector.guess(None, Utf8Detection::Deny))
}

/// Hands on the file in parts that cut no UTF-8 character in two, until `take` has seen enough.
fn each_chunk(input: &mut impl Read, mut take: impl FnMut(&[u8]) -> bool) -> io::Result<()> {
    let mut buffer = vec![0; CHUNK];
    let mut kept = 0;
    loop {
        let read = input.read(&mut buffer[kept..])?;
        let held = kept + read;
        let whole = if read == 0 { held } else { held - unfinished(&buffer[..held]) };
        if !take(&buffer[..whole]) || read == 0 {
            return Ok(());
        }
        buffer.copy_within(whole..held, 0);
        kept = held - whole;
    }
}

/// Bytes at the end that may be the beginning of a UTF-8 character.
fn unfinished(bytes: &[u8]) -> usize {
    let tail = bytes.iter().rev().take(LONGEST_PART);
    tail.enumerate().find(|(_, byte)| **byte >= 0xC0).map_or(0, |(back, _)| back + 1)
}

/// What speaks for UTF-8, and what against it.
#[derive(Default)]
struct Evidence {
    characters: usize,
    faults: usize,
}

impl Evidence {
    fn add(&mut self, bytes: &[u8]) {
        if bytes.is_ascii() {
            return;
        }
        if std::str::from_utf8(bytes).is_ok() {
            self.characters += characters(bytes);
            return;
        }
        for chunk in bytes.utf8_chunks() {
            self.characters += characters(chunk.valid().as_bytes());
            self.faults += usize::from(!chunk.invalid().is_empty());
        }
    }

    /// A damaged byte in a UTF-8 file must not turn every other character of it into two.
    fn is_utf8(&self) -> bool {
        self.faults == 0 || self.characters > self.faults
    }
}

/// The characters beyond ASCII in valid UTF-8: each begins with one of these bytes.
fn characters(utf8: &[u8]) -> usize {
    utf8.iter().filter(|byte| **byte >= 0xC0).count()
}

/// What stands for bytes that cannot be decoded: a byte that is never UTF-8, so that the cell is told of
/// as one that holds such bytes, and stays apart from one that holds U+FFFD as a character.
const UNDECODABLE: u8 = 0xFF;

/// A reader of UTF-8 over bytes in another encoding.
pub(in crate::sheet) struct Decoded<R> {
    input: R,
    decoder: Decoder,
    text: Vec<u8>,
    given: usize,
    ended: bool,
}

impl<R: BufRead> Decoded<R> {
    /// A reader that has read nothing yet; a byte-order mark is passed over.
    pub(in crate::sheet) fn new(input: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        Self { input, decoder, text: Vec::new(), given: 0, ended: false }
    }

    fn decode(&mut self) -> io::Result<()> {
        let bytes = self.input.fill_buf()?;
        let is_last = bytes.is_empty();
        let most = self.decoder.max_utf8_buffer_length_without_replacement(bytes.len());
        self.text.resize(most.ok_or(io::ErrorKind::OutOfMemory)? + 1, 0);
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(bytes, &mut self.text, is_last);
        self.text.truncate(written);
        if let DecoderResult::Malformed(..) = result {
            self.text.push(UNDECODABLE);
        }
        self.given = 0;
        self.ended = is_last && result == DecoderResult::InputEmpty;
        self.input.consume(read);
        Ok(())
    }
}

impl<R: BufRead> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.text.len() && !self.ended {
            self.decode()?;
        }
        let given = (&self.text[self.given..]).read(into)?;
        self.given += given;
        Ok(given)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detected(bytes: &[u8]) -> &'static str {
        detect(&mut io::Cursor::new(bytes)).expect("read").name()
    }

    /// Hands out a byte at a time.
    struct Drip<'a>(&'a [u8]);

    impl Seek for Drip<'_> {
        fn seek(&mut self, _: io::SeekFrom) -> io::Result<u64> {
            Err(io::ErrorKind::Unsupported.into())
        }
    }

    impl Read for Drip<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let one = into.len().min(1);
            self.0.read(&mut into[..one])
        }
    }

    fn utf16(text: &str, bytes: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn the_encoding_is_found_by_content() {
        assert_eq!(detected(b"plain"), "UTF-8");
        assert_eq!(detected(b""), "UTF-8");
        assert_eq!(detected("Zürich, Łódź".as_bytes()), "UTF-8");
        assert_eq!(detected(b"M\xFCller, J\xF6rg; Stra\xDFe \x93x\x94 \x80 5"), "windows-1252");
        assert_eq!(detected(&utf16("A;B\nMüller;1\n", u16::to_le_bytes)), "UTF-16LE");
        assert_eq!(detected(&utf16("A;B\nMüller;1\n", u16::to_be_bytes)), "UTF-16BE");
        assert_eq!(detected(&utf16("\u{feff}é", u16::to_be_bytes)), "UTF-16BE");
    }

    #[test]
    fn a_byte_order_mark_decides_over_a_name() {
        let named = named("windows-1252").expect("an encoding");
        let of = |bytes: &[u8]| of(&mut io::Cursor::new(bytes), Some(named)).expect("read").name();
        assert_eq!(of("\u{feff}Zürich".as_bytes()), "UTF-8");
        assert_eq!(of(&utf16("\u{feff}é", u16::to_le_bytes)), "UTF-16LE");
        assert_eq!(of("Zürich".as_bytes()), "windows-1252");
        assert_eq!(of(b""), "windows-1252");
    }

    #[test]
    fn a_damaged_byte_does_not_change_the_encoding_of_the_rest() {
        assert_eq!(detected("Zürich Łódź \u{1F600}".as_bytes()), "UTF-8");
        assert_eq!(detected(b"Z\xC3\xBCrich, \xC3\xA9t\xC3\xA9, \xFF"), "UTF-8");
        let drip = detect(&mut Drip("Zürich Łódź".as_bytes())).expect("read");
        assert_eq!(drip.name(), "UTF-8", "characters may be cut between two reads");
    }

    #[test]
    fn what_is_decoded_does_not_depend_on_how_it_is_read() {
        let text = "A;B\r\nMüller;\u{1F600}\r\n".repeat(50);
        let bytes = utf16(&format!("\u{feff}{text}"), u16::to_le_bytes);
        for capacity in [1, 3, 1 << 16] {
            let input = io::BufReader::with_capacity(capacity, bytes.as_slice());
            let mut decoded = String::new();
            Decoded::new(input, UTF_16LE).read_to_string(&mut decoded).expect("UTF-8");
            assert_eq!(decoded, text, "{capacity}");
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_never_text() {
        let halves = [utf16("A", u16::to_le_bytes), vec![0x00, 0xD8], utf16("B", u16::to_le_bytes)];
        let mut decoded = Vec::new();
        Decoded::new(halves.concat().as_slice(), UTF_16LE).read_to_end(&mut decoded).expect("read");
        assert_eq!(decoded, b"A\xFFB");
        let mut cut = Vec::new();
        Decoded::new([b'A', 0, b'B'].as_slice(), UTF_16LE).read_to_end(&mut cut).expect("read");
        assert_eq!(cut, b"A\xFF");
    }

    #[test]
    fn names_are_those_that_people_write() {
        assert_eq!(named(" Windows-1252 ").map(Encoding::name), Ok("windows-1252"));
        assert_eq!(named("latin1").map(Encoding::name), Ok("windows-1252"));
        assert!(named("ansi-x").is_err());
    }
}
