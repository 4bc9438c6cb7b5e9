//! Lines for a person. What comes from cells and from the endpoint is made harmless for a terminal.

use std::io::{self, Write};

use crate::report::escape;

/// Lines on standard output. Whoever reads them may have seen enough.
pub(super) fn out(text: &str) {
    let _ = write(&mut io::stdout().lock(), text);
}

/// Lines on standard error. A log that cannot be written to must not stop the run.
pub(super) fn err(text: &str) {
    let _ = write(&mut io::stderr().lock(), text);
}

fn write(out: &mut impl Write, text: &str) -> io::Result<()> {
    text.lines().try_for_each(|line| writeln!(out, "{}", escape(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_lines_and_nothing_moves_the_cursor() {
        let mut out = Vec::new();
        write(&mut out, "one\n\u{1b}[2Jtwo\n").expect("written");
        assert_eq!(String::from_utf8(out).as_deref(), Ok("one\n\\u{1b}[2Jtwo\n"));
    }
}
