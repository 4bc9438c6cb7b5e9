//! Lines for a person. What comes from cells and from the endpoint is made harmless for a terminal.

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write, stderr, stdout};
use std::sync::{Mutex, OnceLock, PoisonError};

use console::{colors_enabled, colors_enabled_stderr};
use terminal_size::{Width, terminal_size};

use crate::report::{Audience, Placed, Screen, escape};

/// Characters of a line where no screen says how wide it is.
const WIDTH: u16 = 100;
/// Characters of a count in a summary, and the space behind it.
const COUNT_WIDTH: usize = 14;

/// Lines on standard output. Whoever reads them may have seen enough.
pub(super) fn out(text: &str) {
    let _ = write(&mut io::stdout().lock(), text, room(&stdout()));
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

/// The lines about a file that was put in place.
pub(super) fn placed(what: &str, placed: &Placed) -> Vec<String> {
    let Some(path) = &placed.path else { return Vec::new() };
    let mut lines = vec![format!("{what}: {}", path.display())];
    if placed.elsewhere {
        lines.push("  (not under the name that was meant: that one is open in another program, or cannot be replaced)".into());
    }
    if let Some(aside) = &placed.moved_aside {
        lines.push(format!("  (an earlier one is kept as {})", aside.display()));
    }
    lines
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
    let _ = write(&mut io::stderr().lock(), text, room(&stderr()));
    log(text);
}

/// Lines in the log, and on standard error unless nobody wants them there.
pub(super) fn unless(quiet: bool, text: &str) {
    if quiet { log(text) } else { err(text) }
}

fn log(text: &str) {
    if let Some(log) = LOG.get() {
        let _ = write(&mut *log.lock().unwrap_or_else(PoisonError::into_inner), text, None);
    }
}

/// Characters of a line of a terminal.
fn room(out: &impl IsTerminal) -> Option<usize> {
    out.is_terminal().then(|| usize::from(width(out)))
}

fn write(out: &mut impl Write, text: &str, room: Option<usize>) -> io::Result<()> {
    // Each line at once, so that a log can put the time before it.
    text.lines().try_for_each(|line| {
        let line = escape(line);
        out.write_all(format!("{}\n", fitted(&line, room)).as_bytes())
    })
}

/// A line that is too long for the room, broken between words. One that is set in for another reason than a count may be
/// there to be copied, and stays.
fn fitted(line: &str, room: Option<usize>) -> Cow<'_, str> {
    let Some(room) = room.filter(|room| *room < line.len() && *room > 2 * COUNT_WIDTH) else {
        return Cow::Borrowed(line);
    };
    let is_counted = line.get(..COUNT_WIDTH).is_some_and(|count| {
        count.ends_with("  ") && count.chars().all(|c| c == ' ' || c == ',' || c.is_ascii_digit())
    });
    if line.starts_with(' ') && !is_counted {
        return Cow::Borrowed(line);
    }
    let indent = " ".repeat(if is_counted { COUNT_WIDTH } else { 2 });
    let options = textwrap::Options::new(room).subsequent_indent(&indent).break_words(false);
    Cow::Owned(textwrap::fill(line, options))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_stay_lines_and_nothing_moves_the_cursor() {
        let mut out = Vec::new();
        write(&mut out, "one\n\u{1b}[2Jtwo\n", None).expect("written");
        assert_eq!(String::from_utf8(out).as_deref(), Ok("one\n\\u{1b}[2Jtwo\n"));
    }

    #[test]
    fn long_lines_are_broken_between_words_unless_they_may_be_copied() {
        let counted = "           1  RP_KEY (error), first in B3: the key is blank";
        let expected = "           1  RP_KEY (error), first in B3:\n              the key is blank";
        assert_eq!(fitted(counted, Some(42)), expected);
        assert_eq!(fitted(counted, None), counted);
        let pattern = "    # pattern = \"a very long one that is to be pasted\"";
        assert_eq!(fitted(pattern, Some(30)), pattern);
    }
}
