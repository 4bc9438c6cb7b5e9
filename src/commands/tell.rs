//! Lines for a person. What comes from cells and from the endpoint is made harmless for a terminal.

use std::io::{self, IsTerminal, Write, stderr, stdout};
use std::sync::{Mutex, OnceLock, PoisonError};

use console::{colors_enabled, colors_enabled_stderr};
use terminal_size::{Width, terminal_size};

use crate::report::{Audience, Screen, escape};

/// Characters of a line where no screen says how wide it is.
const WIDTH: u16 = 100;

/// Lines on standard output. Whoever reads them may have seen enough.
pub(super) fn out(text: &str) {
    let _ = write(&mut io::stdout().lock(), text);
}

/// A text on standard output as it stands, colours and all: nothing in it can do harm.
pub(super) fn out_as_is(text: &str) {
    let _ = io::stdout().lock().write_all(text.as_bytes());
}

/// The same on standard error.
pub(super) fn err_as_is(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// What a table is shown on, on standard output. Nobody wants colours in a file, on a terminal that knows none, or
/// where `NO_COLOR` or `CLICOLOR` says so.
pub(super) fn out_screen() -> Screen {
    Screen { width: width(&stdout()), is_coloured: colors_enabled() }
}

/// The same on standard error.
pub(super) fn err_screen() -> Screen {
    Screen { width: width(&stderr()), is_coloured: colors_enabled_stderr() }
}

fn width(out: &impl IsTerminal) -> u16 {
    let size = terminal_size().filter(|_| out.is_terminal());
    size.map_or(WIDTH, |(Width(width), _)| width)
}

/// Who is told how far something is. A terminal that cannot move its cursor is told in lines.
pub(super) fn audience(quiet: bool) -> Audience {
    let is_dumb = std::env::var("TERM").is_ok_and(|term| term == "dumb");
    match (quiet, stderr().is_terminal() && !is_dumb) {
        (true, _) => Audience::Nobody,
        (false, true) => Audience::Terminal,
        (false, false) => Audience::Plain,
    }
}

/// A second place for all that is told on standard error.
static LOG: OnceLock<Mutex<Box<dyn Write + Send>>> = OnceLock::new();

/// From now on, all that is told on standard error is told to a log, too; the first one stays.
pub(super) fn also_to(log: impl Write + Send + 'static) {
    let _ = LOG.set(Mutex::new(Box::new(log)));
}

/// Lines on standard error, and in the log. One that cannot be written to must not stop the run.
pub(super) fn err(text: &str) {
    let _ = write(&mut io::stderr().lock(), text);
    log(text);
}

/// Lines in the log, and on standard error unless nobody wants them there.
pub(super) fn unless(quiet: bool, text: &str) {
    if quiet { log(text) } else { err(text) }
}

fn log(text: &str) {
    if let Some(log) = LOG.get() {
        let _ = write(&mut *log.lock().unwrap_or_else(PoisonError::into_inner), text);
    }
}

fn write(out: &mut impl Write, text: &str) -> io::Result<()> {
    // Each line at once, so that a log can put the time before it.
    text.lines().try_for_each(|line| out.write_all(format!("{}\n", escape(line)).as_bytes()))
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
