//! The README's first command, and the samples.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::world::{Line, table};

/// The columns that differ from run to run.
const TIMES: [&str; 2] = ["elapsed_ms", "finished_at"];

fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples")
}

/// Rehearses with a copy of a sample; exit code, results, and the rejects to the last cell, also beyond the header.
fn rehearse(sample: &str, times: usize) -> (Option<i32>, Vec<Line>, Option<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::copy(samples().join(sample), folder.path().join(sample)).expect("copied");
    let mut code = None;
    for _ in 0..times {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("rowpatch"));
        command.args(["update", sample, "--sandbox", "--yes", "--rate", "unlimited"]);
        code = command.current_dir(folder.path()).output().expect("the program runs").status.code();
    }
    let path = |kind: &str| folder.path().join(format!("{sample}.{kind}.csv"));
    let rejects = std::fs::read_to_string(path("rehearsal.rejects")).ok();
    (code, without_times(table(&path("rehearsal"))), rejects)
}

fn without_times(mut lines: Vec<Line>) -> Vec<Line> {
    for line in &mut lines {
        for column in TIMES {
            line.remove(column).expect("a column");
        }
    }
    lines
}

fn expected(name: &str) -> Vec<Line> {
    table(&samples().join("expected").join(name))
}

#[test]
fn both_samples_go_through_twice_and_agree() {
    let (code, csv, rejects) = rehearse("contacts.csv", 2);
    assert_eq!((code, rejects), (Some(0), None));
    assert_eq!(csv, without_times(expected("contacts.csv.rehearsal.csv")));
    let (code, xlsx, _) = rehearse("contacts.xlsx", 2);
    assert_eq!((code, xlsx), (Some(0), csv));
}

#[test]
fn the_mistakes_are_told_row_by_row() {
    let (code, results, rejects) = rehearse("mistakes.csv", 1);
    assert_eq!(code, Some(1));
    assert_eq!(results, without_times(expected("mistakes.csv.rehearsal.csv")));
    let expected = samples().join("expected/mistakes.csv.rehearsal.rejects.csv");
    // A checkout may have given its lines other ends.
    let text = |text: String| text.replace("\r\n", "\n");
    let expected = std::fs::read_to_string(expected).expect("a sample");
    assert_eq!(rejects.map(text), Some(text(expected)));
}
