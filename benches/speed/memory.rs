//! The most memory that `check` and `update` take, as the file grows.

use std::path::Path;

use crate::data;
use crate::process::{measured, rowpatch};
use crate::sandbox::{SandboxProcess, write_config};
use crate::table::{self, Table};

/// Rows of the files.
const ROWS: [u32; 3] = [10_000, 100_000, 1_000_000];
/// The most bytes that a further row may take.
const MOST_BYTES_A_ROW: f64 = 32.0;
const UPDATE: [&str; 9] = [
    "update",
    "contacts.csv",
    "--yes",
    "--rate",
    "unlimited",
    "--concurrency",
    "64",
    "--max-failures",
    "0",
];

/// Prints the table.
pub fn measure(table: &mut Table) {
    for (verb, arguments) in [("check", &["check", "contacts.csv"][..]), ("update", &UPDATE)] {
        let peaks = ROWS.map(|rows| peak(verb, arguments, rows));
        for (peaks, rows) in peaks.windows(2).zip(ROWS.windows(2)) {
            #[expect(clippy::cast_precision_loss, reason = "a count of bytes")]
            let growth = peaks[1].saturating_sub(peaks[0]) as f64 / f64::from(rows[1] - rows[0]);
            let what = format!("{verb}, growth a row from {} to {} rows", rows[0], rows[1]);
            table.at_most(&what, growth, MOST_BYTES_A_ROW, " bytes");
        }
    }
}

fn peak(verb: &str, arguments: &[&str], rows: u32) -> u64 {
    let folder = tempfile::tempdir().expect("a folder");
    // A sandbox keeps every contact: each run has one of its own.
    let sandbox = SandboxProcess::start(&[]);
    prepare(folder.path(), &sandbox, rows);
    let spent = measured(rowpatch(arguments).current_dir(folder.path()));
    table::fact(&format!("{verb}, CSV of {rows} rows"), &format!("{:.1} MiB", spent.mebibytes()));
    spent.memory
}

fn prepare(folder: &Path, sandbox: &SandboxProcess, rows: u32) {
    data::write_csv(&folder.join("contacts.csv"), 1..=rows);
    write_config(folder, &sandbox.base_url);
}
