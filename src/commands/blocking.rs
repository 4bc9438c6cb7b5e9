//! Work that blocks, on threads of its own.

use std::io;

use super::interrupt::Interrupt;
use crate::exit::ExitCode;

/// Runs what blocks on a thread of its own; a panic there goes on here.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(fault) => std::panic::resume_unwind(fault.into_panic()),
    }
}

/// Runs a whole verb that blocks; an interruption ends the wait for it.
pub(super) async fn verb<F>(interrupt: &Interrupt, work: F) -> anyhow::Result<ExitCode>
where
    F: FnOnce() -> anyhow::Result<ExitCode> + Send + 'static,
{
    tokio::select! {
        code = blocking(work) => code,
        () = interrupt.asked() => Ok(ExitCode::Interrupted),
    }
}

/// Whoever reads the output may have seen enough: then the rest need not be written.
pub(super) fn tolerate_closed_pipe(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(fault) if fault.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
