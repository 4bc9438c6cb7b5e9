//! Texts: the encoding, the dialect, the quotes and the rows.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rowpatch_fuzz::{judge_panics, read};

/// What a person may name; `None` leaves it to be found.
const ENCODINGS: [Option<&str>; 6] = [
    None,
    Some("utf-8"),
    Some("windows-1252"),
    Some("utf-16le"),
    Some("shift_jis"),
    Some("gb18030"),
];

fuzz_target!(init: judge_panics(), |input: &[u8]| {
    // The last byte chooses, so that the start of a file can be a seed as it stands.
    let (bytes, choice) = match input {
        [bytes @ .., choice] => (bytes, usize::from(*choice)),
        [] => (input, 0),
    };
    let encoding = ENCODINGS.get(choice).copied().flatten();
    read(if encoding.is_some() { bytes } else { input }, encoding);
});
