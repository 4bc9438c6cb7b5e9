//! The password and the token stand nowhere: not in a file, not on the screen, not in the list of processes.

use std::io::{Cursor, Write as _};
use std::path::Path;
use std::process::Command;

use rowpatch::commands::own_fault;
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

#[test]
fn a_panic_of_a_reader_is_told_as_a_damaged_file() {
    // The reader takes two bytes of the first record (BOF), which has none.
    let mut book = cfb::CompoundFile::create(Cursor::new(Vec::new())).expect("a file");
    let mut stream = book.create_stream("/Workbook").expect("a stream");
    stream.write_all(&[0x09, 0x08, 0, 0, 0x0A, 0, 0, 0]).expect("written");
    drop(stream);
    let world = World::new(faulty(&[])).file("contacts.xls", book.into_inner().into_inner());
    let arguments = [&["update", "contacts.xls", "--yes"], &TELL_ALL[..]].concat();
    let ran = world.run(&arguments).expect(2);
    let told = "rowpatch: contacts.xls: is a damaged workbook; open it in Excel and save it again";
    assert!(ran.err.lines().any(|line| line.starts_with(told)), "{}", ran.err);
    assert!(ran.err.contains("the reader of workbooks gave up"), "it panicked: {}", ran.err);
    for word in ["panicked", "RUST_BACKTRACE", "out of range"] {
        assert_absent(&ran.err, word);
    }
    let all = [files(&world.path(".")), ran.err, ran.out].concat();
    for secret in [PASSWORD, TOKEN] {
        assert_absent(&all, secret);
    }
}

/// Set for the process in which [`panics_with_the_password`] is to do so.
const IS_TO_PANIC: &str = "ROWPATCH_TEST_IS_TO_PANIC";

#[test]
#[ignore = "ends its process; the next test, which .ci/run runs with all others, starts it in one of its own"]
fn panics_with_the_password() {
    if std::env::var_os(IS_TO_PANIC).is_some() {
        let code = own_fault::guarded(|| panic!("the login was {PASSWORD}"));
        std::process::exit(code.number().into());
    }
}

/// No fault of rowpatch's own is known that could be provoked from outside: one is put where the verbs run.
#[test]
fn a_panic_of_its_own_does_not_tell_what_it_holds() {
    let output = Command::new(std::env::current_exe().expect("a test program"))
        .args(["--exact", "secrets::panics_with_the_password", "--ignored", "--nocapture"])
        .env(IS_TO_PANIC, "1")
        .env("RUST_BACKTRACE", "1")
        .output()
        .expect("it runs");
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(3), "{out}{err}");
    assert!(
        err.starts_with("rowpatch: has come upon a fault of its own at tests/suite/secrets.rs:"),
        "{err}"
    );
    assert_eq!(err.lines().count(), 1, "{err}");
    assert_absent(&[out, err].concat(), PASSWORD);
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
