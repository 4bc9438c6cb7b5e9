//! The rate limit, by the clock of the server.

use std::time::{Duration, Instant};

use rowpatch::sandbox::record::Received;
use rowpatch::sandbox::{Sandbox, Setup};

use crate::data;
use crate::process::{measured, rowpatch};
use crate::sandbox::write_config;
use crate::table::Table;

/// Seconds for which a limit is kept to.
const SECONDS: u32 = 20;
/// How far the average may be from the limit, in percent.
const MOST_OFF: f64 = 1.0;
/// From this time after a hold was asked for, nothing may arrive.
const HOLD_BEGINS: Duration = Duration::from_millis(50);
/// How long the sandbox asks to be left alone.
const HOLD: Duration = Duration::from_secs(1);

/// Prints the table.
pub fn measure(table: &mut Table) {
    for rate in [10, 100, 1_000] {
        pace(table, rate);
    }
    for rate in [50, 1_000] {
        hold(table, rate);
    }
}

fn pace(table: &mut Table, rate: u32) {
    let times = arrivals(&run(Setup::default(), rate * SECONDS, rate));
    let seconds = (times[times.len() - 1] - times[0]).as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
    let percent = (times.len() - 1) as f64 / seconds / f64::from(rate) * 100.0;
    let within = (percent - 100.0).abs() <= MOST_OFF;
    let what = format!("{rate}/s over {SECONDS} s: average");
    table.limit(&what, &format!("{percent:.2} %"), "within 1 %", within);
    most_in_a_second(table, &format!("{rate}/s over {SECONDS} s"), &times, rate);
}

fn hold(table: &mut Table, rate: u32) {
    let busy = "update every 10 status 429 retry-after 1".parse().expect("a fault");
    let received = run(Setup { faults: vec![busy], ..Setup::default() }, 200, rate);
    let busy = received.iter().filter(|request| request.status == Some(429));
    let during = busy.filter_map(|request| request.answered).map(|asked| {
        let held = asked + HOLD_BEGINS..asked + HOLD;
        received.iter().filter(|request| held.contains(&request.arrived)).count()
    });
    let during: usize = during.sum();
    let what = format!("{rate}/s, 1 answer in 10 asks to wait");
    table.limit(&format!("{what}: sent meanwhile"), &during.to_string(), "none", during == 0);
    most_in_a_second(table, &what, &arrivals(&received), rate);
}

fn most_in_a_second(table: &mut Table, what: &str, times: &[Instant], rate: u32) {
    let second = Duration::from_secs(1);
    let within = |(index, from): (usize, &Instant)| {
        times[index..].partition_point(|time| *time - *from < second)
    };
    let most = times.iter().enumerate().map(within).max().unwrap_or_default();
    let limit = rate as usize + 1;
    let what = format!("{what}: most in a second");
    table.limit(&what, &most.to_string(), &format!("at most {limit}"), most <= limit);
}

fn arrivals(received: &[Received]) -> Vec<Instant> {
    received.iter().map(|request| request.arrived).collect()
}

/// Every request that a sandbox received of a run of so many rows, in the order of arrival. The
/// sandbox is in this process, whose clock and record are looked at; the program is not.
fn run(setup: Setup, rows: u32, rate: u32) -> Vec<Received> {
    let setup = Setup { record_fields: false, site_rules: false, ..setup };
    let sandbox = Sandbox::start(setup).expect("a free port");
    let folder = tempfile::tempdir().expect("a folder");
    data::write_csv(&folder.path().join("contacts.csv"), 0..rows);
    write_config(folder.path(), &sandbox.base_url());
    let rate = format!("{rate}/s");
    let flags = ["--yes", "--rate", &rate, "--concurrency", "64", "--retries", "100"];
    measured(rowpatch(&["update", "contacts.csv"]).args(flags).current_dir(folder.path()));
    sandbox.received()
}
