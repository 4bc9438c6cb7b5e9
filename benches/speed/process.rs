//! Whole processes, measured.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rowpatch::sandbox::PASSWORD;

/// What a process took.
#[derive(Clone, Copy, Debug)]
pub struct Spent {
    /// From its start to its end.
    pub time: Duration,
    /// Processor time, of the system's share too.
    pub processor: Duration,
    /// Most memory that it had at once, in bytes.
    pub memory: u64,
}

impl Spent {
    /// The memory in MiB.
    #[expect(clippy::cast_precision_loss, reason = "a figure to show")]
    pub fn mebibytes(self) -> f64 {
        self.memory as f64 / f64::from(1 << 20)
    }
}

/// The program, with nothing of the caller's settings.
pub fn rowpatch(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rowpatch"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("ROWPATCH_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).env("ROWPATCH_PASSWORD", PASSWORD).stdin(Stdio::null());
    command
}

/// Runs the program to its good end.
pub fn measured(command: &mut Command) -> Spent {
    let began = Instant::now();
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let used = child.and_then(wait4::Wait4::wait4).expect("the program runs");
    let time = began.elapsed();
    assert!(used.status.success(), "{command:?} ended with {}", used.status);
    Spent { time, processor: used.rusage.utime + used.rusage.stime, memory: used.rusage.maxrss }
}
