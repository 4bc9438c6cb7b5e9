//! The password and the token stand nowhere: not in a file, not on the screen, not in the list of processes.

use std::path::Path;

use rowpatch::sandbox::PASSWORD;

use crate::world::{World, cities, faulty};

/// How every token of the sandbox begins.
const TOKEN: &str = "SANDBOX-";
/// A password that the sandbox refuses.
const WRONG: &str = "not-the-password-4711";
const TELL_ALL: [&str; 3] = ["-vv", "--log-file", "log.jsonl"];

/// The texts of all files of a folder, but for the program that was told the password.
fn files(folder: &Path) -> String {
    let entries = std::fs::read_dir(folder).expect("a folder").filter_map(Result::ok);
    entries
        .map(|entry| {
            let path = entry.path();
            if path.is_dir() {
                return files(&path);
            }
            String::from_utf8_lossy(&std::fs::read(&path).expect("a file")).into_owned()
        })
        .collect()
}

fn assert_absent(text: &str, secret: &str) {
    let at = text.find(secret);
    let around = at.map(|at| &text[at.saturating_sub(80)..(at + 80).min(text.len())]);
    assert!(at.is_none(), "{secret} stands in: {around:?}");
}

#[test]
fn a_run_that_goes_well_writes_neither() {
    let world = World::new(faulty(&["update 3 status 503", "update 5 drop after"]))
        .file("contacts.csv", cities([("A", "1"), ("B", "2"), ("C", "3"), ("D", "#REF!")]));
    let ran = world.update(&TELL_ALL).expect(1);
    assert!(ran.err.contains("status=updated"), "{}", ran.err);
    let all = [files(&world.path(".")), ran.err, ran.out].concat();
    assert!(
        all.contains("\"status\":\"updated\"") && all.contains("\"run\""),
        "the log is written"
    );
    for secret in [PASSWORD, TOKEN] {
        assert_absent(&all, secret);
    }
}

#[test]
fn a_run_whose_login_is_refused_writes_neither() {
    let world = World::new(faulty(&[])).password(WRONG).file("contacts.csv", cities([("A", "1")]));
    let ran = world.update(&TELL_ALL).expect(3);
    assert_absent(&[files(&world.path(".")), ran.err, ran.out].concat(), WRONG);
}

#[test]
fn a_token_that_was_given_is_told_nowhere() {
    let world = World::new(faulty(&[])).file("contacts.csv", cities([("A", "1")]));
    let given = "given-token-0815";
    let mut command = world.command(&["update", "contacts.csv", "-vv", "--log-file", "l", "--yes"]);
    let ran = world.ran(command.env("ROWPATCH_AUTH_TOKEN", given).output().expect("it runs"));
    let ran = ran.expect(0);
    assert_absent(&[files(&world.path(".")), ran.err, ran.out].concat(), given);
}

#[cfg(target_os = "linux")]
#[test]
fn the_list_of_processes_shows_neither() {
    let world = World::new(faulty(&["update all hang"])).file("contacts.csv", cities([("A", "1")]));
    let mut child = world.start(&["update", "contacts.csv", "--yes"]);
    while world.updates().is_empty() {
        std::thread::yield_now();
    }
    let line = std::fs::read_to_string(format!("/proc/{}/cmdline", child.id())).expect("a line");
    child.kill().expect("killed");
    child.wait().expect("a child");
    assert!(line.contains("contacts.csv"), "{line}");
    for secret in [PASSWORD, TOKEN] {
        assert_absent(&line, secret);
        assert_absent(&files(&world.path(".")), secret);
    }
}
