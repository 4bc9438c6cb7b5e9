//! What is done in a process of its own, so that this one stays small and its clock is not disturbed.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::{bare, data, table};

/// The first argument of a process that is to do one of these things.
pub const FLAG: &str = "--aside";

/// Does what the arguments name in a process of its own; the figure that it gives.
pub fn figure(arguments: &[&str]) -> f64 {
    let this = std::env::current_exe().expect("this program has a path");
    let mut command = Command::new(this);
    let output = command.arg(FLAG).args(arguments).stderr(Stdio::inherit()).output();
    let printed = String::from_utf8(output.expect("this program runs").stdout).expect("text");
    printed.trim().parse().expect("a figure")
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
