//! What is done in a process of its own, so that this one stays small and its clock is not disturbed.

use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use wait4::Wait4 as _;

use crate::{bare, data, table};

/// The first argument of a process that is to do one of these things.
pub const FLAG: &str = "--aside";

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// The figure that it gives.
    pub figure: f64,
    /// Processor time of the whole process.
    pub processor: Duration,
}

/// Does what the arguments name in a process of its own.
pub fn in_process(arguments: &[&str]) -> Done {
    let this = std::env::current_exe().expect("this program has a path");
    let mut command = Command::new(this);
    let mut child = command
        .arg(FLAG)
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .expect("this program runs");
    let out = child.stdout.take().expect("its output was piped");
    let printed = io::read_to_string(out).expect("text");
    let used = child.wait4().expect("it was not waited for before").rusage;
    let figure = printed.trim().parse().expect("a figure");
    Done { figure, processor: used.utime + used.stime }
}

/// A path as one of the arguments.
pub fn argument(path: &Path) -> &str {
    path.to_str().expect("a temporary folder has a plain name")
}

/// Does what the arguments name, and prints the figure that it gives.
pub fn run(arguments: &[&str]) {
    let figure = match arguments {
        ["csv", file] => bare::csv(Path::new(file)),
        ["xlsx", file] => bare::xlsx(Path::new(file)),
        ["send", base_url, file, in_flight] => {
            bare::send(base_url, Path::new(file), in_flight.parse().expect("a number"))
        }
        ["write-xlsx", file, rows] => {
            let rows = rows.parse().expect("a number");
            data::write_xlsx(Path::new(file), rows).expect("a workbook");
            data::shared_texts(rows)
        }
        _ => panic!("nothing of this name is done aside: {arguments:?}"),
    };
    table::print(&figure.to_string());
}
