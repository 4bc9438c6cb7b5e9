//! Lines for a person.

use std::io::{self, Write as _};

/// A line on standard output. Whoever reads it may have seen enough.
pub(super) fn out(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

/// A line on standard error. A log that cannot be written to must not stop the run.
pub(super) fn err(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}
