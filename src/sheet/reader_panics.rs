//! The libraries that read workbooks panic on some damaged files: such a panic is caught, and
//! told apart from one of what is done with the rows.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

thread_local! {
    static IS_READING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread reads a workbook: a panic is then caught, and the file told as damaged.
#[must_use]
pub fn is_reading_workbook() -> bool {
    IS_READING.get()
}

/// Reads; nothing if the reader panicked.
pub(super) fn caught<T>(read: impl FnOnce() -> T) -> Option<T> {
    IS_READING.set(true);
    let read = catch_unwind(AssertUnwindSafe(read));
    // Still as it was when the panic began.
    let was_reading = IS_READING.replace(false);
    match read {
        Ok(read) => Some(read),
        Err(_) if was_reading => None,
        Err(panic) => resume_unwind(panic),
    }
}

/// Reads on a thread of its own, for one whose [`caught`] meets the panic again where it joins.
pub(super) fn as_reader<T>(read: impl FnOnce() -> T) -> T {
    IS_READING.set(true);
    read()
}

/// Does, in the midst of reading, what is none of the reader's business.
pub(super) fn outside<T>(work: impl FnOnce() -> T) -> T {
    IS_READING.set(false);
    let done = work();
    IS_READING.set(true);
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_panic_of_the_reader_is_caught() {
        assert_eq!(caught(|| outside(|| 7)), Some(7));
        assert_eq!(caught(|| panic!("of the reader")), None::<()>);
        let own = catch_unwind(|| caught(|| outside(|| panic!("of its own"))));
        assert!(own.is_err());
        assert!(!is_reading_workbook());
    }
}
