//! Questions at the terminal, which is left as it was found also when nobody answers.

use std::io;
use std::sync::{Mutex, PoisonError};

use console::Term;

/// What the terminal was like when the question was asked that is still open. A process has one terminal, and the
/// thread that waits at it cannot be woken when the program ends.
static OPEN: Mutex<Option<Found>> = Mutex::new(None);

/// Asks; whatever becomes of the question, the terminal is as it was before.
///
/// # Errors
/// The question was interrupted, or the terminal is gone.
pub(super) fn ask<T>(question: impl FnOnce() -> dialoguer::Result<T>) -> dialoguer::Result<T> {
    *open() = Some(Found::now());
    let answer = question();
    if answer.is_ok() {
        open().take();
    } else {
        abandon();
    }
    answer
}

/// Puts the terminal back as it was before a question that is still open; without one, leaves it alone.
pub(super) fn abandon() {
    if let Some(found) = open().take() {
        // There is nobody to tell it to if the terminal is gone.
        let _ = found.put_back();
    }
}

fn open() -> std::sync::MutexGuard<'static, Option<Found>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How keys are read and shown.
struct Found {
    #[cfg(unix)]
    keys: Option<rustix::termios::Termios>,
}

impl Found {
    fn now() -> Self {
        Self {
            #[cfg(unix)]
            keys: rustix::termios::tcgetattr(io::stdin()).ok(),
        }
    }

    fn put_back(self) -> io::Result<()> {
        let terminal = Term::stderr();
        terminal.show_cursor()?;
        // What was typed and not read may be half a password: it is no command of the shell.
        #[cfg(unix)]
        if let Some(keys) = self.keys {
            use rustix::termios::{OptionalActions, tcsetattr};
            tcsetattr(io::stdin(), OptionalActions::Flush, &keys)?;
        }
        // The shell's own line begins below the question.
        terminal.write_line("")
    }
}
