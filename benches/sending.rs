//! Pace and order of sending, measured by the clock of a sandbox in this process.
//!
//! `cargo bench --bench sending` prints each figure beside its limit, and ends with exit code 1
//! if one is missed. The program that is measured is the release binary, over real HTTP.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use rowpatch::sandbox::record::Received;
use rowpatch::sandbox::{DATA_SOURCE, PASSWORD, Sandbox, Setup, USER_NAME};

/// From this time after a hold was asked for, nothing may arrive.
const HOLD_BEGINS: Duration = Duration::from_millis(50);
/// How long the sandbox asks to be left alone.
const HOLD: Duration = Duration::from_secs(1);
/// The most that a sorted file may take, of the time of a shuffled one.
const SORTED_TO_SHUFFLED: f64 = 1.2;
/// The least of the rate limit that must be reached on average, in percent.
const LEAST_PERCENT: f64 = 98.0;

fn main() -> ExitCode {
    let mut report = Report { good: true };
    order(&mut report);
    for rate in [50, 1_000] {
        for in_flight in [16, 64] {
            pace(&mut report, rate, in_flight);
            hold(&mut report, rate, in_flight);
        }
    }
    if report.good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Prints figures beside their limits.
struct Report {
    good: bool,
}

impl Report {
    fn line(&mut self, what: &str, figure: &str, limit: &str, good: bool) {
        self.good &= good;
        let verdict = if good { "kept" } else { "MISSED" };
        let line = format!("{what:<52} {figure:>14}   {limit:<18} {verdict}");
        writeln!(std::io::stdout(), "{line}").expect("standard output is open");
    }
}

fn order(report: &mut Report) {
    let (keys, each) = (2_000, 10);
    let sorted: Vec<usize> = (0..keys).flat_map(|key| std::iter::repeat_n(key, each)).collect();
    let mut shuffled = sorted.clone();
    fastrand::Rng::with_seed(7).shuffle(&mut shuffled);
    let seconds = [shuffled, sorted].map(|rows| {
        let setup = Setup { latency: Duration::from_millis(5), ..Setup::default() };
        let received = run(setup, &rows, &["--rate", "unlimited", "--concurrency", "64"]);
        let (first, last) = (received[0].arrived, received[received.len() - 1].arrived);
        (last - first).as_secs_f64()
    });
    let ratio = seconds[1] / seconds[0];
    report.line(
        "20,000 rows, 5 ms, 64 in flight, shuffled",
        &format!("{:.2} s", seconds[0]),
        "",
        true,
    );
    report.line(
        "the same sorted by key, 10 updates each",
        &format!("{:.2} s", seconds[1]),
        "",
        true,
    );
    report.line(
        "sorted to shuffled",
        &format!("{ratio:.2}"),
        "at most 1.2",
        ratio <= SORTED_TO_SHUFFLED,
    );
}

fn pace(report: &mut Report, rate: u32, in_flight: u32) {
    let rows: Vec<usize> = (0..rate as usize * 10).collect();
    let received = run(Setup::default(), &rows, &flags(rate, in_flight));
    let times: Vec<Instant> = received.iter().map(|request| request.arrived).collect();
    most_in_a_second(report, &format!("{rate}/s, {in_flight} in flight"), &times, rate);
    let seconds = (times[times.len() - 1] - times[0]).as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "a count of requests")]
    let percent = (times.len() - 1) as f64 / seconds / f64::from(rate) * 100.0;
    report.line(
        &format!("{rate}/s, {in_flight} in flight: average"),
        &format!("{percent:.2} %"),
        "at least 98 %",
        percent >= LEAST_PERCENT,
    );
}

fn hold(report: &mut Report, rate: u32, in_flight: u32) {
    let rows: Vec<usize> = (0..200).collect();
    let busy = "update every 10 status 429 retry-after 1".parse().expect("a fault");
    let setup = Setup { faults: vec![busy], ..Setup::default() };
    let received = run(setup, &rows, &flags(rate, in_flight));
    let asked = received
        .iter()
        .filter(|request| request.status == Some(429))
        .filter_map(|request| request.answered);
    let during = asked.map(|asked| {
        let held = asked + HOLD_BEGINS..asked + HOLD;
        received.iter().filter(|request| held.contains(&request.arrived)).count()
    });
    let during: usize = during.sum();
    let what = format!("{rate}/s, {in_flight} in flight, 1 in 10 asks to wait");
    report.line(&format!("{what}: in a hold"), &during.to_string(), "none", during == 0);
    let times: Vec<Instant> = received.iter().map(|request| request.arrived).collect();
    most_in_a_second(report, &what, &times, rate);
}

fn most_in_a_second(report: &mut Report, what: &str, times: &[Instant], rate: u32) {
    let second = Duration::from_secs(1);
    let within = |(index, from): (usize, &Instant)| {
        times[index..].partition_point(|time| *time - *from < second)
    };
    let most = times.iter().enumerate().map(within).max().unwrap_or_default();
    let limit = rate as usize + 1;
    report.line(
        &format!("{what}: in a second"),
        &most.to_string(),
        &format!("at most {limit}"),
        most <= limit,
    );
}

fn flags(rate: u32, in_flight: u32) -> [String; 4] {
    ["--rate".into(), format!("{rate}/s"), "--concurrency".into(), in_flight.to_string()]
}

/// Updates one row for each key; every request that the sandbox received, in the order of arrival.
fn run(setup: Setup, keys: &[usize], flags: &[impl AsRef<std::ffi::OsStr>]) -> Vec<Received> {
    let sandbox =
        Sandbox::start(Setup { record_fields: false, ..setup }).expect("a sandbox on a free port");
    let folder = tempfile::tempdir().expect("a folder");
    let mut sheet = "CUSTOMER_ID,CUST_CONTACT,FIRST_NAME\n".to_owned();
    for (row, key) in keys.iter().enumerate() {
        writeln!(sheet, "K{key},C,{row}").expect("memory is always written");
    }
    std::fs::write(folder.path().join("contacts.csv"), sheet).expect("written");
    let config = format!(
        "[targets.bench]\nbase_url = \"{}\"\ndata_source = \"{DATA_SOURCE}\"\nuser_name = \"{USER_NAME}\"\n",
        sandbox.base_url()
    );
    std::fs::write(folder.path().join("config.toml"), config).expect("written");
    let status = Command::new(env!("CARGO_BIN_EXE_rowpatch"))
        .args(["update", "contacts.csv", "--yes", "--quiet", "--retries", "100"])
        .args(flags)
        .env("ROWPATCH_PASSWORD", PASSWORD)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .status()
        .expect("the program runs");
    assert!(status.success(), "every row is updated");
    sandbox.received()
}
