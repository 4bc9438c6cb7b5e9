//! Ctrl-C and SIGTERM.
#![cfg(unix)]

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::importing::{IMPORT, names, waiting};
use crate::world::{World, cities, faulty};

pub fn signal(child: &Child, name: &str) {
    let status =
        Command::new("kill").args([name, &child.id().to_string()]).status().expect("kill runs");
    assert!(status.success());
}

fn started(world: &World, requests: usize) -> Child {
    let mut child = world
        .command(&["update", "contacts.csv", "--yes", "--rate", "100/s"])
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    while world.updates().len() < requests {
        assert!(child.try_wait().expect("a child").is_none(), "it ended too early");
        std::thread::yield_now();
    }
    child
}

fn sheet() -> String {
    let keys: Vec<String> = (0..1_000).map(|row| format!("K{row}")).collect();
    cities(keys.iter().map(|key| (key.as_str(), "Rome")))
}

#[test]
fn the_first_signal_lets_requests_finish_and_writes_whole_results() {
    for name in ["-INT", "-TERM"] {
        let world = World::new(faulty(&[])).file("contacts.csv", sheet());
        let child = started(&world, 5);
        signal(&child, name);
        let ran = world.ran(child.wait_with_output().expect("it ends")).expect(130);
        let statuses = ran.column("status");
        assert_eq!(statuses.len(), 1_000);
        assert_eq!(
            statuses.iter().filter(|status| *status == "updated").count(),
            world.updates().len()
        );
        assert_eq!(ran.column("MESSAGE_CODE")[999], "RP_INTERRUPTED");
        assert!(ran.has("contacts.csv.results.journal"), "what is left to do is kept");
    }
}

#[test]
fn the_second_signal_ends_at_once() {
    let world = World::new(faulty(&["update all hang"])).file("contacts.csv", sheet());
    let mut child = started(&world, 1);
    signal(&child, "-INT");
    // The first one is being waited out: the request hangs for a minute.
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert!(child.try_wait().expect("a child").is_none());
    signal(&child, "-INT");
    let ran = world.ran(child.wait_with_output().expect("it ends")).expect(130);
    assert!(!ran.has("contacts.csv.results.csv"));
}

/// The longest that an interrupted program may take to end that has nothing in flight.
const SOON: Duration = Duration::from_secs(10);

/// Starts the program, with a password or without, waits until a program that it runs has made the file `begun`, and
/// interrupts it.
fn interrupted_at_a_program(world: &World, arguments: &[&str], password: bool) {
    let mut command = world.command(arguments);
    if !password {
        command.env_remove("ROWPATCH_PASSWORD");
    }
    let mut child = command.stderr(Stdio::null()).spawn().expect("the program runs");
    while !world.path("begun").exists() {
        assert!(child.try_wait().expect("a child").is_none(), "it ended too early");
        std::thread::sleep(Duration::from_millis(5));
    }
    let asked = Instant::now();
    signal(&child, "-TERM");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{arguments:?}");
    assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
}

#[test]
fn a_signal_ends_the_wait_for_the_program_that_gives_the_password() {
    for arguments in
        [&["update", "contacts.csv", "--yes"][..], &["undo", "contacts.csv", "--yes"], &["import"]]
    {
        let world = World::new(faulty(&[]))
            .config(IMPORT)
            .target("password_command = [\"sh\", \"-c\", \"touch begun; exec sleep 20\"]")
            .file("contacts.csv", sheet())
            .folder("inbox");
        interrupted_at_a_program(&world, arguments, false);
    }
}

#[test]
fn a_signal_ends_the_wait_for_the_program_that_is_told_how_a_file_ended() {
    let program = "on_finish = [\"sh\", \"-c\", \"touch begun; exec sleep 20\"]\n";
    let world = World::new(faulty(&[])).config(&format!("{IMPORT}{program}")).folder("inbox");
    for name in ["a.csv", "b.csv"] {
        std::fs::write(world.path("inbox").join(name), cities([(name, "Rome")])).expect("written");
    }
    interrupted_at_a_program(&world, &["import"], true);
    assert_eq!(
        (names(&world, "archive"), waiting(&world)),
        (vec!["a.csv".to_owned()], vec!["b.csv".to_owned()])
    );
}
