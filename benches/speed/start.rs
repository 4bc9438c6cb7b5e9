//! What is there before the first row is sent: the program itself.

use std::time::Instant;

use rowpatch::sandbox::{Sandbox, Setup};

use crate::data;
use crate::process::{measured, rowpatch};
use crate::sandbox::write_config;
use crate::table::{Table, median};

/// Runs of each.
const RUNS: usize = 21;
/// Rows of the file.
const ROWS: u32 = 30;
/// The most milliseconds from the start to the first request.
const FIRST_REQUEST_MOST: f64 = 30.0;
/// The most milliseconds that the help text takes.
const HELP_MOST: f64 = 5.0;
/// The most megabytes of the program.
const SIZE_MOST: f64 = 15.0;

/// Prints the table.
pub fn measure(table: &mut Table) {
    let first = (0..RUNS).map(|_| first_request()).collect();
    let what = format!("update, {ROWS} rows: start to first request");
    table.at_most(&what, median(first), FIRST_REQUEST_MOST, " ms");
    let help = |_| measured(&mut rowpatch(&["--help"])).time.as_secs_f64() * 1_000.0;
    table.at_most("--help", median((0..RUNS).map(help).collect()), HELP_MOST, " ms");
    let program = std::fs::metadata(env!("CARGO_BIN_EXE_rowpatch")).expect("the program");
    #[expect(clippy::cast_precision_loss, reason = "a figure to show")]
    let megabytes = program.len() as f64 / 1e6;
    table.at_most("the program", megabytes, SIZE_MOST, " MB");
}

fn first_request() -> f64 {
    let setup = Setup { site_rules: false, ..Setup::default() };
    let sandbox = Sandbox::start(setup).expect("a free port");
    let folder = tempfile::tempdir().expect("a folder");
    data::write_csv(&folder.path().join("contacts.csv"), 0..ROWS);
    write_config(folder.path(), &sandbox.base_url());
    let began = Instant::now();
    let flags = ["--yes", "--rate", "unlimited"];
    measured(rowpatch(&["update", "contacts.csv"]).args(flags).current_dir(folder.path()));
    let first = sandbox.received().first().expect("a request").arrived;
    (first - began).as_secs_f64() * 1_000.0
}
