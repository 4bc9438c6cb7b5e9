//! Ctrl-C and SIGTERM: the first asks the run to come to an orderly end, the second ends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use tokio::sync::watch;

/// Whether the run is to come to an end.
#[derive(Clone, Debug)]
pub(super) struct Interrupt {
    asked: watch::Receiver<bool>,
    flag: Arc<AtomicBool>,
}

impl Interrupt {
    /// A flag for code that does not wait.
    pub(super) fn flag(&self) -> &Arc<AtomicBool> {
        &self.flag
    }

    /// Whether it was asked for.
    pub(super) fn is_asked(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }

    /// For code that waits for something else, too.
    pub(super) fn watch(&self) -> watch::Receiver<bool> {
        self.asked.clone()
    }

    /// Waits until it is asked for.
    pub(super) async fn asked(&self) {
        if self.watch().wait_for(|asked| *asked).await.is_err() {
            // Nobody is left who could ask.
            std::future::pending::<()>().await;
        }
    }
}

/// Begins to listen: the first signal sets the interruption, and the future ends with the second.
pub(super) fn listen() -> anyhow::Result<(Interrupt, impl Future<Output = ()>)> {
    let (ask, asked) = watch::channel(false);
    let flag = Arc::new(AtomicBool::new(false));
    let interrupt = Interrupt { asked, flag: Arc::clone(&flag) };
    let mut signals = Signals::new().context("signals cannot be listened for")?;
    let second = async move {
        signals.next().await;
        flag.store(true, Ordering::Relaxed);
        ask.send_replace(true);
        signals.next().await;
    };
    Ok((interrupt, second))
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
