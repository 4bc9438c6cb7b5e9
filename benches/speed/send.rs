//! `update` beside a bare loop that posts ready-made bodies from as many connections.

use crate::aside::Done;
use crate::process::{Spent, measured, rowpatch};
use crate::sandbox::{SandboxProcess, write_config};
use crate::table::{self, Table, median};
use crate::{aside, data};

/// Requests in flight.
const IN_FLIGHT: &str = "64";
/// Rows that are sent as fast as the endpoint takes them.
const FAST_ROWS: u32 = 20_000;
/// Runs of each of a pair of them.
const RUNS: usize = 5;
/// The least part of the bare loop's requests a second.
const FAST_LEAST: f64 = 0.7;
/// The most processor seconds for 1,000 rows.
const PROCESSOR_MOST: f64 = 0.022;
/// The same to that of the bare loop, which took 0.015 where the limit was set: machines differ.
const PROCESSOR_TO_BARE: f64 = 1.46;
/// The most memory, in MiB.
const MEMORY_MOST: f64 = 40.0;
/// Rows that are sent to an endpoint which takes its time.
const SLOW_ROWS: u32 = 12_800;
/// The time that it takes.
const LATENCY: &str = "50ms";

/// Prints the table.
pub fn measure(table: &mut Table) {
    fast(table);
    let once: Vec<u32> = (0..SLOW_ROWS).collect();
    slow(table, "a row for each key", &once, 0.98);
    let some: Vec<u32> = (0..)
        .flat_map(|key| vec![key; if key % 10 == 0 { 4 } else { 1 }])
        .take(SLOW_ROWS as usize)
        .collect();
    slow(table, "sorted, 10% of the keys four times", &some, 0.95);
    let ten: Vec<u32> = (0..SLOW_ROWS).map(|row| row / 10).collect();
    slow(table, "sorted, ten rows for each key", &ten, 0.9);
}

fn fast(table: &mut Table) {
    let run = Pair::new(&[], 0..FAST_ROWS);
    let pairs: Vec<_> = (0..RUNS).map(|_| (run.bare(), run.update())).collect();
    let middle = |figure: fn(&(Done, Spent)) -> f64| median(pairs.iter().map(figure).collect());
    let rows = f64::from(FAST_ROWS);

    let bare = rows / middle(|(bare, _)| bare.figure);
    let ours = rows / middle(|(_, ours)| ours.time.as_secs_f64());
    let what = format!("update, {FAST_ROWS} rows, no latency");
    table::fact(&format!("{what}: rows a second"), &format!("{ours:.0} / {bare:.0}"));
    table.at_least(&format!("{what}: of the bare loop"), ours / bare, FAST_LEAST);

    let thousands = rows / 1_000.0;
    let bare = middle(|(bare, _)| bare.processor.as_secs_f64()) / thousands;
    let ours = middle(|(_, ours)| ours.processor.as_secs_f64()) / thousands;
    table.at_most("the same: processor time for 1,000 rows", ours, PROCESSOR_MOST, " s");
    table.at_most("the same: to that of the bare loop", ours / bare, PROCESSOR_TO_BARE, "");

    let memory = pairs.iter().map(|(_, ours)| ours.mebibytes()).fold(0.0, f64::max);
    table.at_most("the same: memory", memory, MEMORY_MOST, " MiB");
}

fn slow(table: &mut Table, what: &str, keys: &[u32], least: f64) {
    let run = Pair::new(&["--latency", LATENCY], keys.iter().copied());
    let (bare, ours) = (run.bare().figure, run.update().time.as_secs_f64());
    let rows = f64::from(SLOW_ROWS);
    table::fact(
        &format!("update, {LATENCY}, {what}: rows a second"),
        &format!("{:.0} / {:.0}", rows / ours, rows / bare),
    );
    table.at_least(&format!("update, {LATENCY}, {what}: of the bare loop"), bare / ours, least);
}

/// A sandbox, and rows that are sent to it by either side.
struct Pair {
    folder: tempfile::TempDir,
    sandbox: SandboxProcess,
}

impl Pair {
    fn new(flags: &[&str], keys: impl Iterator<Item = u32>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let sandbox = SandboxProcess::start(flags);
        data::write_csv(&folder.path().join("contacts.csv"), keys);
        write_config(folder.path(), &sandbox.base_url);
        Self { folder, sandbox }
    }

    fn bare(&self) -> Done {
        let file = self.folder.path().join("contacts.csv");
        aside::in_process(&["send", &self.sandbox.base_url, aside::argument(&file), IN_FLIGHT])
    }

    fn update(&self) -> Spent {
        let flags = ["--yes", "--rate", "unlimited", "--concurrency", IN_FLIGHT];
        measured(rowpatch(&["update", "contacts.csv"]).args(flags).current_dir(self.folder.path()))
    }
}
