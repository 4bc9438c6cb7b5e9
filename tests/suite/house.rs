//! The walls of the house: which room may import which, and how long a file may be.

use std::path::{Path, PathBuf};

/// Each room, and the rooms that it may import beside itself.
const IMPORTS: [(&str, &[&str]); 14] = [
    ("model", &[]),
    ("sheet", &["model"]),
    ("checks", &["model"]),
    ("erp", &["model"]),
    ("report", &["model"]),
    ("exit", &["model"]),
    ("config", &["model"]),
    ("engine", &["model", "erp"]),
    ("preview", &["model", "erp"]),
    ("sandbox", &["model", "erp::wire"]),
    ("cli", &["config"]),
    (
        "commands",
        &[
            "model", "sheet", "checks", "erp", "report", "exit", "config", "engine", "preview",
            "sandbox", "cli",
        ],
    ),
    ("lib", &[]),
    ("main", &["commands", "cli", "exit"]),
];
/// Most lines of a file before its tests.
const MOST_LINES: usize = 250;
/// The room that may know the name of a field.
const TABLE: &str = "model/record.rs";

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Path within `src`, and text, of every source file.
fn files() -> Vec<(String, String)> {
    let mut folders = vec![source()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path
                    .strip_prefix(source())
                    .expect("within src")
                    .to_string_lossy()
                    .replace('\\', "/");
                files.push((name, std::fs::read_to_string(&path).expect("text")));
            }
        }
    }
    files
}

/// Whether a file holds nothing but tests.
fn is_test(name: &str) -> bool {
    name.contains("/tests/")
}

fn room_of(name: &str) -> &str {
    name.split(['/', '.']).next().unwrap_or_default()
}

/// The lines before the tests that stand in the file itself.
fn before_tests(text: &str) -> impl Iterator<Item = &str> {
    let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
    text[..end].lines()
}

/// The part before the tests, without comments.
fn code(text: &str) -> String {
    let lines = before_tests(text);
    lines
        .filter(|line| !line.trim_start().starts_with("//"))
        .fold(String::new(), |code, line| code + line + "\n")
}

/// The paths that begin with one of the words by which another room is named.
fn imports(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for start in ["crate::", "rowpatch::", "super::super::"] {
        for (at, _) in code.match_indices(start) {
            let rest = &code[at + start.len()..];
            let path: String =
                rest.chars().take_while(|c| c.is_alphanumeric() || "_:".contains(*c)).collect();
            found.push(if start.starts_with("super") { format!("{start}{path}") } else { path });
        }
    }
    found
}

#[test]
fn imports_follow_the_table() {
    let mut faults = Vec::new();
    for (name, text) in files() {
        let room = room_of(&name);
        let allowed = IMPORTS.iter().find(|(known, _)| *known == room).map(|(_, allowed)| *allowed);
        let Some(allowed) = allowed else {
            faults.push(format!("{name}: the room {room} is not in the table"));
            continue;
        };
        for import in imports(&code(&text)) {
            let is_allowed = import == room
                || import.starts_with(&format!("{room}::"))
                || allowed
                    .iter()
                    .any(|other| import == *other || import.starts_with(&format!("{other}::")));
            if !is_allowed {
                faults.push(format!("{name} imports {import}"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_test_of_imports_sees_them() {
    assert_eq!(
        imports("use crate::model::row;\nrowpatch::cli::Cli::parse()"),
        ["model::row", "cli::Cli::parse"]
    );
    assert_eq!(imports("use super::super::engine;"), ["super::super::engine"]);
}

#[test]
fn no_file_is_long_and_every_one_says_what_it_is_for() {
    for (name, text) in files() {
        let lines = before_tests(&text).count();
        assert!(lines <= MOST_LINES, "{name}: {lines} lines");
        assert!(text.starts_with("//!"), "{name}");
    }
}

#[test]
fn only_the_table_knows_the_name_of_a_field() {
    let fields = rowpatch::model::record::CUSTOMER_CONTACT.fields;
    for (name, text) in files().into_iter().filter(|(name, _)| name != TABLE && !is_test(name)) {
        let code = code(&text);
        for field in fields {
            assert!(!code.contains(&format!("\"{}\"", field.name)), "{name} knows {}", field.name);
        }
    }
}
