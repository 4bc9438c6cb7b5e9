//! Work that blocks, on threads of its own.

use std::io;
use std::pin::pin;
use std::time::Duration;

use tokio::time::timeout;

use super::interrupt::Interrupt;
use crate::exit::ExitCode;

/// The longest that is waited for work that was interrupted.
const SOON: Duration = Duration::from_millis(300);

/// Runs what blocks on a thread of its own; a panic there goes on here.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(fault) => std::panic::resume_unwind(fault.into_panic()),
    }
}

/// Runs what blocks on a thread of its own, unless the run is interrupted meanwhile: then nothing is given, and the
/// work is waited for no longer than it takes to take away what it has drawn.
pub(super) async fn unless_interrupted<T: Send + 'static>(
    interrupt: &Interrupt,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let mut work = pin!(blocking(work));
    tokio::select! {
        biased;
        () = interrupt.asked() => {}
        done = &mut work => return Some(done),
    }
    // What it found is of no use any more.
    drop(timeout(SOON, work).await);
    None
}

/// Runs a whole verb that blocks; an interruption ends the wait for it.
pub(super) async fn verb<F>(interrupt: &Interrupt, work: F) -> anyhow::Result<ExitCode>
where
    F: FnOnce() -> anyhow::Result<ExitCode> + Send + 'static,
{
    unless_interrupted(interrupt, work).await.unwrap_or(Ok(ExitCode::Interrupted))
}

/// Whoever reads the output may have seen enough: then the rest need not be written.
pub(super) fn tolerate_closed_pipe(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(fault) if fault.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
