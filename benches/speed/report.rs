//! The page of a large run, made from its results.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::time::Duration;

use crate::data;
use crate::process::{measured, rowpatch};
use crate::table::Table;

/// Rows of the results.
const ROWS: u32 = 200_000;
/// Of so many rows one has failed.
const FAILS: u32 = 40;
/// The longest that it may take.
const MOST_TIME: Duration = Duration::from_secs(10);
/// The most memory, in MiB: 200 MB.
const MOST_MEMORY: f64 = 190.7;

/// Prints the table.
pub fn measure(table: &mut Table) {
    let folder = tempfile::tempdir().expect("a folder");
    write_results(&folder.path().join("r.csv")).expect("written");
    let spent = measured(rowpatch(&["report", "r.csv"]).current_dir(folder.path()));
    table.at_most(
        &format!("report, results of {ROWS} rows"),
        spent.time.as_secs_f64(),
        MOST_TIME.as_secs_f64(),
        " s",
    );
    table.at_most("the same: memory", spent.mebibytes(), MOST_MEMORY, " MiB");
}

fn write_results(path: &Path) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    writeln!(
        file,
        "row,CUSTOMER_ID,CUST_CONTACT,status,http_status,MESSAGE_CODE,MESSAGE,fields,warnings,attempts,elapsed_ms,finished_at"
    )?;
    for row in 1..=ROWS {
        let [customer, contact, ..] = data::fields(row, row);
        let (status, code) = if row % FAILS == 0 { ("failed", "E1") } else { ("updated", "") };
        let (minute, second) = (row / 60 % 60, row % 60);
        writeln!(
            file,
            "{},{customer},{contact},{status},200,{code},,CITY STATE,\"CITY: sent \"\"Rome\"\", stored \"\"Rom\"\" (RP_STORED)\",1,{},2026-11-24T10:{minute:02}:{second:02}.000+00:00",
            row + 1,
            row % 97
        )?;
    }
    file.flush()
}
