//! A sandbox in a process of its own, and the folder of those who send to it.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use rowpatch::sandbox::{DATA_SOURCE, USER_NAME};

use crate::process::rowpatch;

/// A running sandbox; ends when it is dropped.
pub struct SandboxProcess {
    child: Child,
    /// Its address, such as `http://127.0.0.1:49152`.
    pub base_url: String,
}

impl SandboxProcess {
    /// Starts one on a free port, with these flags.
    pub fn start(flags: &[&str]) -> Self {
        let mut command = rowpatch(&["sandbox", "--no-site-rules"]);
        let mut child =
            command.args(flags).stdout(Stdio::piped()).spawn().expect("the sandbox starts");
        let out = child.stdout.take().expect("its output was piped");
        let line = BufReader::new(out).lines().next().expect("a line").expect("text");
        let base_url = line.split_whitespace().last().expect("an address").to_owned();
        Self { child, base_url }
    }
}

impl Drop for SandboxProcess {
    fn drop(&mut self) {
        // One that has ended already is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes a `config.toml` with a sandbox as its target into `folder`.
pub fn write_config(folder: &Path, base_url: &str) {
    let mut config = format!("[targets.bench]\nbase_url = \"{base_url}\"\n");
    writeln!(config, "data_source = \"{DATA_SOURCE}\"\nuser_name = \"{USER_NAME}\"")
        .expect("memory is always written");
    std::fs::write(folder.join("config.toml"), config).expect("written");
}
