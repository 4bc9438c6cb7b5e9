//! `check`: its time beside that of a loop which only reads, and how it grows with the file.

use std::path::Path;
use std::time::Duration;

use crate::process::{Spent, measured, rowpatch};
use crate::table::{self, Table, median};
use crate::{aside, data};

/// Runs of each of a pair.
const RUNS: usize = 7;
/// Rows of the workbook.
const XLSX_ROWS: u32 = 100_000;
/// Rows of the text that is compared with a bare loop.
const CSV_ROWS: u32 = 1_000_000;
/// Rows of the texts whose time a row is compared.
const FEW_ROWS: u32 = 100_000;
const MANY_ROWS: u32 = 3_000_000;
/// The least part of the rows that a bare loop reads in the same time.
const CSV_LEAST: f64 = 0.33;
const XLSX_LEAST: f64 = 0.6;
/// How much more time a row of a long text may take.
const LONG_MOST: f64 = 1.4;
/// Memory that a check of a workbook may take beyond its table of shared texts, in MiB.
const XLSX_MEMORY: f64 = 64.0;

/// Prints the table.
pub fn measure(table: &mut Table) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);

    let xlsx = path("contacts.xlsx");
    let texts =
        aside::in_process(&["write-xlsx", aside::argument(&xlsx), &XLSX_ROWS.to_string()]).figure;
    let what = format!("check, xlsx of {XLSX_ROWS} rows to a bare next_cell loop");
    ratio(table, &what, "xlsx", &xlsx, XLSX_LEAST);
    let beyond = check(&xlsx).mebibytes() - texts / f64::from(1 << 20);
    table.at_most("the same: memory beyond the shared texts", beyond, XLSX_MEMORY, " MiB");

    let csv = path("contacts.csv");
    data::write_csv(&csv, 1..=CSV_ROWS);
    let what = format!("check, CSV of {CSV_ROWS} rows to a bare record loop");
    ratio(table, &what, "csv", &csv, CSV_LEAST);

    let few = path("few.csv");
    data::write_csv(&few, 1..=FEW_ROWS);
    data::write_csv(&csv, 1..=MANY_ROWS);
    growth(table, &few, &csv);
}

/// Checks as many rows of short files as of a long one, in turn.
fn growth(table: &mut Table, few: &Path, many: &Path) {
    let files = MANY_ROWS / FEW_ROWS;
    let ratios = (0..RUNS).map(|_| {
        let short: Duration = (0..files).map(|_| check(few).time).sum();
        check(many).time.as_secs_f64() / short.as_secs_f64()
    });
    let what = format!("check, time a row of {MANY_ROWS} rows to one of {FEW_ROWS}");
    table.at_most(&what, median(ratios.collect()), LONG_MOST, "");
}

fn ratio(table: &mut Table, what: &str, kind: &str, file: &Path, least: f64) {
    let mut times = [const { Vec::new() }; 2];
    // The first run of each warms the caches up.
    for run in 0..=RUNS {
        let pair = [
            aside::in_process(&[kind, aside::argument(file)]).figure,
            check(file).time.as_secs_f64(),
        ];
        if run > 0 {
            times.iter_mut().zip(pair).for_each(|(times, time)| times.push(time));
        }
    }
    let [bare, ours] = times.map(median);
    table::fact(&format!("{what}: seconds"), &format!("{bare:.3} / {ours:.3}"));
    table.at_least(what, bare / ours, least);
}

fn check(file: &Path) -> Spent {
    measured(rowpatch(&["check"]).arg(file))
}
