//! A run that was cut off is continued, and ends as if nothing had happened.

use std::collections::{BTreeMap, HashSet};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use rowpatch::sandbox::record::Received;

use crate::world::{Line, Ran, World, cities, faulty};

const JOURNAL: &str = "contacts.csv.results.journal";

/// Rows of some keys, mixed, each with its own number as its value; and some that are at fault or refused.
fn rows(keys: usize, each: usize) -> Vec<(String, String)> {
    let mut random = fastrand::Rng::with_seed(11);
    let mut order: Vec<usize> = (0..keys).flat_map(|key| std::iter::repeat_n(key, each)).collect();
    random.shuffle(&mut order);
    let row = |(number, key): (usize, usize)| {
        // The checks refuse an error, and the sandbox a name of so many letters.
        let city = match number % 97 {
            13 => "#REF!".to_owned(),
            31 => "x".repeat(3_000),
            _ => number.to_string(),
        };
        (format!("K{key}"), city)
    };
    order.into_iter().enumerate().map(row).collect()
}

fn world(rows: &[(String, String)]) -> World {
    let sheet = cities(rows.iter().map(|(key, city)| (key.as_str(), city.as_str())));
    World::new(rowpatch::sandbox::Setup::default()).file("contacts.csv", sheet)
}

/// The results without what depends on time and chance.
fn told(ran: &Ran) -> Vec<Line> {
    let mut lines = ran.results();
    for line in &mut lines {
        for column in ["attempts", "elapsed_ms", "finished_at"] {
            line.remove(column);
        }
    }
    lines
}

fn stored(world: &World, keys: usize) -> Vec<Option<String>> {
    (0..keys).map(|key| world.stored(&format!("K{key}"), "CITY")).collect()
}

/// Indexes of the rows that have ended for good, as the journal has it.
fn ended(world: &World) -> HashSet<u64> {
    let Ok(text) = std::fs::read_to_string(world.path(JOURNAL)) else { return HashSet::new() };
    let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
    let lines = whole.map(|line| serde_json::from_str(line).expect("a line of JSON"));
    let rows = lines.filter_map(|line: serde_json::Value| {
        let ended = line.get("ended")?;
        let status = ended["outcome"]["status"].as_str()?;
        ["updated", "failed"].contains(&status).then(|| ended["place"]["index"].as_u64())?
    });
    rows.collect()
}

/// Runs with `--resume`, and kills the run after a while unless it has ended before. Whether it was killed.
fn killed(world: &World, rate: &str, after: Duration) -> bool {
    let mut child = world.start(&["update", "contacts.csv", "--yes", "--resume", "--rate", rate]);
    std::thread::sleep(after);
    child.kill().expect("killed, or ended");
    !child.wait().expect("a child").success() && world.path(JOURNAL).exists()
}

/// The number of the row that an update is for; nothing if it was cut off when the run was killed, or
/// is one of those that are refused.
fn number(update: &Received) -> Option<u64> {
    update.fields.get("CITY")?.parse().ok()
}

/// Kills a run again and again, and lets it end; it must have done what one does that nobody kills.
fn assert_ends_as_if_never_killed(
    (keys, each): (usize, usize),
    (rate, kills): (&str, usize),
    delays: std::ops::Range<u64>,
) {
    let rows = rows(keys, each);
    let (world, calm) = (world(&rows), world_that_is_calm(&rows));
    let mut random = fastrand::Rng::with_seed(5);
    let mut seen = 0;
    let mut deaths = 0;
    for _ in 0..kills {
        let before = ended(&world);
        deaths +=
            usize::from(killed(&world, rate, Duration::from_millis(random.u64(delays.clone()))));
        let updates = world.updates();
        for update in &updates[seen..] {
            let Some(row) = number(update) else { continue };
            assert!(!before.contains(&row), "row {row} was sent again");
        }
        seen = updates.len();
    }
    assert!(deaths * 2 > kills || rate == "unlimited", "{deaths} of {kills}");
    let last = world.update(&["--resume"]).expect(1);
    assert!(!last.has(JOURNAL));
    let names = std::fs::read_dir(world.path(".")).expect("a folder").filter_map(Result::ok);
    let names: Vec<_> = names.map(|file| file.file_name()).collect();
    let is_partial = |name: &std::ffi::OsString| name.to_string_lossy().ends_with(".partial");
    assert!(!names.iter().any(is_partial), "{names:?}");
    assert_eq!(stored(&world, keys), stored(&calm, keys));
    let calm = calm.update(&[]).expect(1);
    assert_eq!(told(&last), told(&calm));
    let statuses: HashSet<String> = calm.column("status").into_iter().collect();
    assert_eq!(statuses.len(), 3, "updated, invalid and failed: {statuses:?}");
    let mut highest: BTreeMap<String, u64> = BTreeMap::new();
    for update in world.updates() {
        let Some(row) = number(&update) else { continue };
        let highest = highest.entry(update.fields["CUSTOMER_ID"].clone()).or_default();
        assert!(*highest <= row, "row {row} was sent after {highest}");
        *highest = row;
    }
}

/// One in which the rows were sent already, so that its contacts hold what they should.
fn world_that_is_calm(rows: &[(String, String)]) -> World {
    let world = world(rows);
    world.update(&[]).expect(1);
    world
}

#[test]
fn a_run_that_is_killed_again_and_again_ends_as_one_that_never_was() {
    assert_ends_as_if_never_killed((400, 5), ("150/s", 50), 50..450);
}

#[test]
fn a_run_that_is_killed_while_it_checks_and_tells_ends_as_one_that_never_was() {
    assert_ends_as_if_never_killed((100, 3), ("unlimited", 40), 0..120);
}

#[test]
fn a_careful_first_step_is_followed_by_the_rest() {
    let rows: Vec<_> = (0..12).map(|row| (format!("K{}", row % 6), row.to_string())).collect();
    let world = world(&rows);
    let first = world.update(&["--limit", "5"]).expect(0);
    assert!(first.err.contains("--resume"), "{}", first.err);
    assert_eq!(world.updates().len(), 5);
    let refused = world.update(&[]).expect(2);
    assert!(
        refused.err.contains("5 updated") && refused.err.contains("--start-over"),
        "{}",
        refused.err
    );
    let rest = world.update(&["--resume"]).expect(0);
    assert!(rest.err.contains("7 to send") && rest.err.contains("Sent 7 rows"), "{}", rest.err);
    assert_eq!(world.updates().len(), 12);
    assert_eq!(rest.column("status"), vec!["updated"; 12]);
    assert!(!rest.has(JOURNAL));
    assert_eq!(world.stored("K5", "CITY").as_deref(), Some("11"));
}

#[test]
fn what_was_left_can_be_looked_at_and_left() {
    let world = World::new(faulty(&["update 3 hang"]))
        .target("request_timeout = \"300ms\"")
        .file("contacts.csv", cities([("A", "1"), ("B", "2"), ("C", "3"), ("A", "4")]));
    let sent = world.update(&["--concurrency", "1", "--retries", "0", "--limit", "3"]).expect(1);
    assert_eq!(sent.column("status"), ["updated", "updated", "unconfirmed", "not_sent"]);
    let looked = world.update(&["--resume", "--dry-run"]).expect(1);
    assert_eq!(looked.column("status"), ["updated", "updated", "unconfirmed", "not_sent"]);
    assert_eq!(looked.column("MESSAGE_CODE"), ["", "", "RP_TIME_OUT", "RP_INTERRUPTED"]);
    assert!(looked.has(JOURNAL));
    assert_eq!(world.updates().len(), 3, "nothing is sent");
    let again = world.update(&["--start-over"]).expect(0);
    assert_eq!(again.column("status"), vec!["updated"; 4]);
    assert_eq!(world.updates().len(), 7);
    let kept = std::fs::read_dir(world.path(".")).expect("a folder").filter_map(Result::ok);
    let names = kept.map(|entry| entry.file_name().into_string().expect("UTF-8"));
    assert_eq!(names.filter(|name| name.ends_with(".journal")).count(), 1, "under a dated name");
}

#[test]
fn rows_that_may_have_been_sent_are_told_as_unconfirmed() {
    let world = World::new(faulty(&["update all hang"]))
        .file("contacts.csv", cities([("A", "1"), ("B", "2"), ("", "at fault"), ("A", "3")]));
    let mut child = world.start(&["update", "contacts.csv", "--yes"]);
    while world.updates().len() < 2 {
        std::thread::yield_now();
    }
    child.kill().expect("killed");
    child.wait().expect("a child");
    // Which rows passed the checks is not known before they are read.
    let refused = world.update(&[]).expect(2);
    assert!(refused.err.contains("so far: up to 4 rows may have been sent."), "{}", refused.err);
    let looked = world.update(&["--resume", "--dry-run"]).expect(1);
    let (doubt, code) = ("unconfirmed", "RP_IN_DOUBT");
    assert_eq!(looked.column("status"), [doubt, doubt, "invalid", doubt]);
    assert_eq!(looked.column("MESSAGE_CODE"), [code, code, "RP_KEY", code]);
}

#[test]
fn only_the_same_run_is_continued() {
    let sheet = |city| cities([("A", "1"), ("B", city)]);
    let world = world(&[]).file("contacts.csv", sheet("2"));
    world.update(&["--limit", "1"]).expect(0);
    let refused = |flags: &[&str], what: &str| {
        let ran = world.update(&[&["--resume"], flags].concat()).expect(2);
        assert!(ran.err.contains(what), "{}", ran.err);
    };
    refused(&["--map", "CITY=STATE"], "other settings");
    std::fs::write(world.path("contacts.csv"), sheet("3")).expect("written");
    refused(&[], "of other rows");
    std::fs::write(world.path("contacts.csv"), sheet("2")).expect("written");
    let elsewhere = World::new(faulty(&[])).file("contacts.csv", sheet("2"));
    std::fs::copy(world.path(JOURNAL), elsewhere.path(JOURNAL)).expect("copied");
    let ran = elsewhere.update(&["--resume"]).expect(2);
    assert!(ran.err.contains("sent to"), "{}", ran.err);
    assert_eq!((world.updates().len(), elsewhere.updates().len()), (1, 0));
    world.update(&["--resume"]).expect(0);
    assert_eq!(world.updates().len(), 2);
    for flags in [&["--resume"][..], &["--resume", "--changes"]] {
        let again = world.update(flags).expect(0);
        assert!(again.err.contains("nothing is sent again"), "{}", again.err);
        assert_eq!(world.updates().len(), 2);
    }
    world.update(&["--start-over"]).expect(0);
    assert_eq!(world.updates().len(), 4);
}

#[test]
fn the_account_says_what_was_sent_where_and_how_it_ended() {
    let world = world(&rows(50, 1));
    let ran = world.update(&[]).expect(1);
    let text = std::fs::read_to_string(world.path("contacts.csv.run.json")).expect("an account");
    let account: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert!(ran.err.contains(account["run_id"].as_str().expect("an id")), "{}", ran.err);
    assert_eq!(account["format"], 1);
    assert_eq!(account["target"]["data_source"], rowpatch::sandbox::DATA_SOURCE);
    assert_eq!(account["input"]["rows"], 50);
    assert_eq!(account["input"]["sha256_of_rows"].as_str().map(str::len), Some(64));
    assert_eq!(account["rows"]["by_status"]["updated"], 48);
    assert_eq!(account["rows"]["by_status"]["invalid"], 1);
    assert_eq!(account["rows"]["by_code"]["RP_ERROR_CELL"], 1);
    assert_eq!((&account["left_to_do"], &account["exit_code"]), (&0.into(), &1.into()));
    assert!(!text.contains(rowpatch::sandbox::PASSWORD));
    assert!(account["row_ms"]["max"].as_u64() >= account["row_ms"]["p50"].as_u64());
    assert!(account["answer_ms"]["max"].is_u64(), "{text}");
    let waited: u64 = account["waited_ms"]
        .as_object()
        .expect("an object")
        .values()
        .filter_map(serde_json::Value::as_u64)
        .sum();
    assert!(waited > 0, "{text}");
    assert!(ran.err.contains("\nWaited "), "{}", ran.err);
    let again = world.update(&["--resume"]).expect(1);
    assert!(again.err.contains("nothing is sent again"), "the code is that of then");
}

#[test]
fn a_second_run_for_the_same_target_is_kept_away() {
    let world = World::new(faulty(&["update all hang"]))
        .file("contacts.csv", cities([("A", "1")]))
        .file("others.csv", cities([("B", "1")]));
    let mut child = world.start(&["update", "contacts.csv", "--yes"]);
    while world.updates().is_empty() {
        std::thread::yield_now();
    }
    let second = world.run(&["update", "others.csv", "--yes"]).expect(4);
    let holder = format!("process {}, contacts.csv, begun ", child.id());
    assert!(second.err.contains("the target") && second.err.contains(&holder), "{}", second.err);
    child.kill().expect("killed");
    child.wait().expect("a child");
    assert_eq!(world.updates().len(), 1);
}

/// Past a size, files cannot grow: as on a full disk.
#[cfg(unix)]
#[test]
fn a_disk_that_is_full_stops_the_run_which_then_resumes() {
    let rows: Vec<_> = (0..2_000).map(|row| (format!("K{row}"), row.to_string())).collect();
    let world = world(&rows);
    let program = world.command::<&str>(&[]);
    let line =
        "trap '' XFSZ; ulimit -f 100; exec \"$0\" update contacts.csv --yes --rate unlimited";
    let mut command = Command::new("sh");
    command.args(["-c", line]).arg(program.get_program()).current_dir(world.path("."));
    for (name, value) in program.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    let full = world.ran(command.output().expect("a shell")).expect(3);
    assert!(full.has(JOURNAL) && full.err.contains("give --resume"), "{}", full.err);
    let sent = world.updates().len();
    assert!((1..2_000).contains(&sent), "{sent}");
    let rest = world.update(&["--resume"]).expect(0);
    assert_eq!(rest.column("status"), vec!["updated"; 2_000]);
    assert!(world.updates().len() < 2_000 + sent);
    assert_eq!(
        stored(&world, 2_000),
        rows.into_iter().map(|(_, city)| Some(city)).collect::<Vec<_>>()
    );
}

#[cfg(unix)]
#[test]
fn where_nothing_can_be_written_nothing_is_sent() {
    let world = world(&[("A".to_owned(), "1".to_owned())]);
    for place in ["/proc/out.csv", "."] {
        let ran = world.update(&["--results", place]).expect(2);
        assert!(ran.err.contains(place), "{}", ran.err);
    }
    assert!(world.updates().is_empty());
}

#[test]
fn a_run_that_is_slow_and_killed_leaves_few_rows_in_doubt() {
    let keys: Vec<String> = (0..2_000).map(|row| format!("K{row}")).collect();
    let world = World::new(faulty(&[]))
        .file("contacts.csv", cities(keys.iter().map(|key| (key.as_str(), "Rome"))));
    let mut child = world
        .command(&["update", "contacts.csv", "--yes", "--rate", "20/s"])
        .stderr(Stdio::null())
        .spawn()
        .expect("the program runs");
    while world.updates().is_empty() {
        sleep(Duration::from_millis(10));
    }
    child.kill().expect("killed");
    child.wait().expect("ended");
    let told = world.update(&[]).expect(2).err;
    let (doubt, _) = told.split_once(" may have been sent").expect(&told);
    let doubt = doubt.trim_end_matches(|c: char| c.is_alphabetic() || c == ' ');
    let doubt = doubt.rsplit(' ').next().expect("a number").replace(',', "");
    assert!(doubt.parse::<u32>().expect(&told) < 400, "{told}");
}

#[test]
fn where_no_run_was_interrupted_a_look_at_it_is_a_check() {
    let dry = ["update", "--dry-run", "--resume"];
    let two = cities([("A", "1"), ("B", "2")]);
    let world = World::new(faulty(&[])).file("contacts.csv", &two).file("more.csv", &two);
    let checked = world.run(&[&dry[..], &["contacts.csv", "more.csv", "--limit", "3"]].concat());
    for told in ["contacts.csv: 2 rows would be sent", "more.csv: 1 row would be sent"] {
        assert!(checked.out.contains(told), "{}", checked.out);
    }
    checked.expect(0);
    world.update(&["--limit", "1"]).expect(0);
    let looked = world.run(&[&dry[..], &["contacts.csv", "more.csv", "--limit", "3"]].concat());
    let looked = looked.expect(1);
    assert!(looked.err.contains("contacts.csv: 1 row is left to do"), "{}", looked.err);
    assert!(looked.out.contains("more.csv: 1 row would be sent"), "{}", looked.out);
    let quiet = world.run(&[&dry[..], &["contacts.csv", "more.csv", "--quiet"]].concat());
    let quiet = quiet.expect(1);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
    let mut command = world.command(&[&dry[..], &["-"]].concat());
    let input = std::fs::File::open(world.path("contacts.csv")).expect("a sheet");
    let piped = world.ran(command.stdin(input).output().expect("it runs")).expect(0);
    assert!(piped.out.contains("2 rows would be sent"), "{}", piped.out);
}

#[test]
fn a_run_that_stands_under_another_name_is_not_begun_anew_by_resume() {
    let sheet = cities([("A", "1"), ("B", "2"), ("C", "3")]);
    let world = World::new(faulty(&[])).file("contacts.csv", &sheet);
    world.update(&["--limit", "1", "--results", "monday.csv"]).expect(0);
    // The same rows once more, and all that beside them is of no such run.
    let world = world.file("renamed.csv", &sheet).file("x.results.journal", "no record of a run");
    for file in ["contacts.csv", "renamed.csv"] {
        let refused = world.run(&["update", file, "--yes", "--resume"]).expect(2);
        let told = "is not finished and stands beside monday.csv";
        assert!(refused.err.contains(told), "{}", refused.err);
        assert!(refused.err.contains("--results \"monday.csv\" --resume"), "{}", refused.err);
    }
    assert_eq!(world.updates().len(), 1);
    let other = world.update(&["--resume", "--map", "CITY=STATE"]).expect(0);
    let told = "no run to continue was found beside contacts.csv.results.csv; it begins one.";
    assert!(other.err.contains(told), "it is another update: {}", other.err);
}

#[test]
fn where_no_run_was_interrupted_resume_says_that_it_begins_one() {
    let sheet = cities([("A", "1"), ("B", "2")]);
    let world = World::new(faulty(&[])).file("contacts.csv", &sheet).file("more.csv", &sheet);
    world.run(&["update", "more.csv", "--yes", "--limit", "1"]).expect(0);
    // That run is of one of both files, and is none of the other, though their rows are the same.
    let both = world.run(&["update", "contacts.csv", "more.csv", "--yes", "--resume"]).expect(0);
    assert_eq!(both.err.matches("no run to continue was found").count(), 1, "{}", both.err);
    let quiet = world.update(&["--resume", "--quiet", "--results", "x.csv"]).expect(0);
    assert_eq!(quiet.err, "");
}
