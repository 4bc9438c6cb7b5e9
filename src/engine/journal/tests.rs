//! The account is written, cut off anywhere, read and continued.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use super::*;
use crate::engine::{Doubt, Job};
use crate::model::code::Code;
use crate::model::key::Key;
use crate::model::outcome::Status;
use crate::model::patch::Patch;

fn outcome(status: Status, message: &str) -> Outcome {
    Outcome::unsent(status, Some(Code::Endpoint("E".into())), message.into())
}

fn header() -> Header {
    let mapping = Mapped {
        columns: Vec::new(),
        set: Vec::new(),
        clear_mark: "<clear>".into(),
        trim: true,
        invalid: 0,
        invalid_rows: None,
        look: crate::model::mapped::Look::Unseen,
        baseline: None,
    };
    Header {
        run_id: "r".into(),
        rows: "hash".into(),
        base_url: "http://127.0.0.1".into(),
        data_source: "DEMO".into(),
        mapping,
    }
}

fn begun(path: &Path) -> Journal {
    let file = File::options().read(true).write(true).create_new(true).open(path).expect("a file");
    Journal::begin(path, file, &header(), 0).expect("begun")
}

fn job(row: u64) -> Job {
    let place = Place { index: row, number: row + 2 };
    Job {
        place,
        key: Key::fold(["A"]),
        patch: Patch::default(),
        doubt: None,
        expects: None,
        asks: None,
        before: None,
    }
}

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal");
    (folder, path)
}

fn opened(path: &Path) -> Interrupted {
    Interrupted::open(path, &mut |_| {}).expect("readable").expect("rows are left to do")
}

#[test]
fn endings_are_read_back_by_row_whatever_order_they_came_in() {
    let (_folder, path) = folder();
    let journal = begun(&path);
    for row in [7, 0, 3] {
        let outcome = outcome(Status::Failed, &format!("line\n{row}"));
        journal.append(&job(row), &outcome, None).expect("written");
    }
    let mut endings = journal.into_endings().expect("readable");
    for row in [0, 1, 3, 7, 8] {
        match endings.of(row).expect("readable") {
            Ending::Told(told) => assert_eq!(told.outcome.message, format!("line\n{row}")),
            other => assert!(other == Ending::None && [1, 8].contains(&row), "{row}"),
        }
    }
    let first = std::fs::read_to_string(&path).expect("text");
    assert!(first.starts_with("{\"format\":3,\"run_id\":\"r\""));
    endings.remove().expect("removed");
    assert!(!path.exists());
}

#[test]
fn an_ending_that_cannot_be_written_is_told_all_the_same() {
    let (_folder, path) = folder();
    drop(begun(&path));
    let length = std::fs::metadata(&path).expect("a file").len();
    let only_read = File::open(&path).expect("a file that can only be read");
    let journal = Journal::over(&path, only_read, length, write::Earlier::default()).expect("open");
    for row in [1, 2] {
        journal.append(&job(row), &outcome(Status::Failed, "kept"), None).expect_err("not written");
    }
    let mut endings = journal.into_endings().expect("readable");
    assert_eq!(endings.rows(), 3);
    for row in [1, 2] {
        let Ending::Told(told) = endings.of(row).expect("readable") else { panic!("{row}") };
        assert_eq!(told.outcome.message, "kept");
    }
}

#[test]
fn after_a_line_that_could_not_be_written_no_other_follows() {
    let (_folder, path) = folder();
    let journal = begun(&path);
    journal.release(1).expect("written");
    let length = std::fs::metadata(&path).expect("a file").len();
    drop(journal);
    let only_read = File::open(&path).expect("a file that can only be read");
    let journal = Journal::over(&path, only_read, length, write::Earlier::default()).expect("open");
    journal.release(2).expect_err("not written");
    journal.make_writable(&path);
    journal.append(&job(0), &outcome(Status::Updated, ""), None).expect_err("nothing may follow");
    let mut endings = journal.into_endings().expect("readable");
    assert!(matches!(endings.of(0).expect("readable"), Ending::Told(_)), "it is told all the same");
    assert_eq!(std::fs::metadata(&path).expect("a file").len(), length);
    assert_eq!(opened(&path).in_doubt, 1);
}

#[test]
fn a_run_that_was_cut_off_is_continued_where_it_was() {
    let (_folder, path) = folder();
    let journal = begun(&path);
    journal.release(3).expect("written");
    journal.append(&job(0), &outcome(Status::Updated, ""), None).expect("written");
    journal.append(&job(1), &outcome(Status::Unconfirmed, "no answer"), None).expect("written");
    drop(journal);
    let mut text = std::fs::read(&path).expect("bytes");
    text.extend(b"{\"ended\":{\"pla");
    std::fs::write(&path, text).expect("written");
    let earlier = opened(&path);
    assert_eq!((earlier.in_doubt, earlier.final_rows(9), &earlier.header), (1, 1, &header()));
    let journal = earlier.go_on("second".into()).expect("written");
    assert_eq!([0, 1, 2].map(|row| journal.is_done(row)), [true, false, false]);
    assert_eq!(journal.doubt(2), Some(Doubt::CutOff));
    assert!(
        matches!(journal.doubt(1), Some(Doubt::Unconfirmed(told)) if told.message == "no answer")
    );
    assert_eq!(journal.doubt(3), None);
    journal.release(3).expect("written");
    journal.append(&job(2), &outcome(Status::Updated, ""), None).expect("written");
    drop(journal.into_endings().expect("readable"));
    let again = opened(&path);
    assert_eq!((again.in_doubt, again.final_rows(9)), (0, 2));
    assert_eq!(again.tally.rows(Status::Unconfirmed), 1);
}

#[test]
fn what_a_record_held_before_is_there_until_its_row_has_ended_for_good() {
    let (_folder, path) = folder();
    let journal = begun(&path);
    let held = |value: &str| vec![Held { field: "F".into(), value: Some(value.into()) }];
    for row in 0..4 {
        journal.begin_row(row, held(&row.to_string())).expect("written");
    }
    journal.keep().expect("on disk");
    for (row, status) in [(0, Status::Updated), (1, Status::Unconfirmed), (2, Status::NotSent)] {
        journal.append(&job(row), &outcome(status, ""), None).expect("written");
    }
    drop(journal);
    let earlier = opened(&path);
    assert_eq!((earlier.in_doubt, earlier.final_rows(9)), (1, 1));
    let journal = earlier.go_on("second".into()).expect("written");
    let before: Vec<_> = (0..5).map(|row| journal.before(row).cloned()).collect();
    assert_eq!(before, [None, Some(held("1")), None, Some(held("3")), None]);
    assert_eq!(journal.doubt(3), Some(Doubt::CutOff));
    assert_eq!(journal.doubt(2), None);
}

#[test]
fn a_run_that_broke_off_before_anything_was_sent_is_none() {
    let (_folder, path) = folder();
    assert!(Interrupted::open(&path, &mut |_| {}).expect("no file").is_none());
    drop(begun(&path));
    assert!(Interrupted::open(&path, &mut |_| {}).expect("readable").is_none());
    std::fs::write(&path, "{\"format\":3,\"run").expect("written");
    assert!(Interrupted::open(&path, &mut |_| {}).expect("torn").is_none());
    std::fs::write(&path, "row,status\n").expect("written");
    Interrupted::open(&path, &mut |_| {}).expect_err("not an account");
}

#[test]
fn a_bad_line_elsewhere_than_at_the_end_is_a_fault() {
    let (_folder, path) = folder();
    let journal = begun(&path);
    journal.release(3).expect("written");
    drop(journal);
    let text = std::fs::read_to_string(&path).expect("text");
    std::fs::write(&path, format!("{text}{{\"rel\n{{\"released\":9}}\n")).expect("written");
    let fault = Interrupted::open(&path, &mut |_| {}).expect_err("a bad line").to_string();
    assert!(fault.contains("line 3"), "{fault}");
}

/// Cut at every byte of its last 2 KB, with and without a leg before.
#[test]
fn wherever_it_is_cut_no_row_without_an_ending_is_left_out() {
    let (_folder, path) = folder();
    let journal = begun(&path);
    let mut ended = HashMap::new();
    for window in 0..6_u64 {
        journal.release(window * 4 + 4).expect("written");
        for row in window * 4..window * 4 + 3 {
            let status = if row % 5 == 4 { Status::NotSent } else { Status::Updated };
            journal.append(&job(row), &outcome(status, "ü \u{1F600} said"), None).expect("written");
            let length = std::fs::metadata(&path).expect("a file").len();
            ended.insert(row, (length, status));
        }
    }
    drop(journal);
    let whole = std::fs::read(&path).expect("bytes");
    for cut in whole.len().saturating_sub(2_048)..=whole.len() {
        std::fs::write(&path, &whole[..cut]).expect("written");
        let journal = opened(&path).go_on("next".into()).expect("written");
        for row in 0..24 {
            let is_done = ended.get(&row).is_some_and(|(length, status)| {
                *length <= cut as u64 && *status == Status::Updated
            });
            assert_eq!(journal.is_done(row), is_done, "row {row}, cut at {cut}");
        }
        drop(journal.into_endings().expect("readable"));
        let text = std::fs::read_to_string(&path).expect("text");
        let kept = String::from_utf8_lossy(&whole[..cut]).matches('\n').count();
        assert_eq!(text.lines().count(), kept + 2, "resumed and closed, cut at {cut}");
    }
}
