//! A fault of rowpatch's own: a panic is told in one sentence, and ends with an exit code of the list.

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};

use tracing::debug;

use super::tell;
use crate::exit::ExitCode;
use crate::sheet;

/// Does the work of the whole process. After a panic rows may have been sent, as after any other
/// stop in the midst of a run.
pub fn guarded(work: impl FnOnce() -> ExitCode) -> ExitCode {
    set_hook(Box::new(tell_panic));
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(ExitCode::StoppedEarly)
}

/// Where it happened is told, and never what the panic says: that may hold a cell or a secret.
fn tell_panic(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map_or_else(|| "a place unknown".into(), ToString::to_string);
    if sheet::is_reading_workbook() {
        debug!(place, "the reader of workbooks gave up on a damaged file");
    } else {
        tell::err(&format!(
            "rowpatch: has come upon a fault of its own at {place}; if rows were being sent, the journal beside the \
             results holds how far, and the same command with --resume goes on; please report this line"
        ));
    }
}
