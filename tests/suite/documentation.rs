//! The README tells the truth.

use std::path::Path;

use clap::CommandFactory as _;
use rowpatch::cli::{Cli, command_line_only};
use rowpatch::model::code::OwnCode;
use rowpatch::model::outcome::Status;

fn readme() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"))
        .expect("a README")
}

#[test]
fn every_code_stands_there_with_cause_and_cure() {
    let readme = readme();
    for code in OwnCode::ALL {
        let line = format!("| `{}` | {} | {} |", code.as_str(), code.cause(), code.cure());
        assert!(readme.contains(&line), "{line}");
    }
    assert_eq!(readme.matches("\n| `RP_").count(), OwnCode::ALL.len());
}

#[test]
fn every_status_and_every_flag_stands_there() {
    let readme = readme();
    for status in Status::ALL {
        assert!(readme.contains(&format!("| `{status}` |")), "{status}");
    }
    for verb in Cli::command().get_subcommands() {
        assert!(readme.contains(&format!("`rowpatch {}", verb.get_name())), "{}", verb.get_name());
        for flag in
            verb.get_arguments().filter_map(clap::Arg::get_long).filter(|flag| *flag != "help")
        {
            assert!(readme.contains(&format!("`--{flag}")), "{} --{flag}", verb.get_name());
        }
    }
}

#[test]
fn every_flag_of_update_stands_where_it_may_be_said() {
    let readme = readme();
    let (_, tables) = readme.split_once("### Flags of update\n").expect("a chapter");
    let (everywhere, rest) =
        tables.split_once("These exist on the command line only").expect("both");
    let (only_as_flags, _) = rest.split_once("\n### ").expect("another chapter");
    let command = Cli::command();
    let update = command.find_subcommand("update").expect("a verb");
    let flags = update.get_arguments().filter(|flag| !flag.is_positional());
    for flag in flags.filter(|flag| flag.get_id() != "help") {
        let long = flag.get_long().map(|long| format!("`--{long}"));
        let name = long.or_else(|| flag.get_short().map(|short| format!("`-{short}`")));
        let name = name.expect("a name");
        let is_only_a_flag = command_line_only().iter().any(|key| flag.get_id() == key.as_str());
        let has = |table: &str| {
            let cells =
                table.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
            cells.into_iter().any(|cell| cell.contains(&name))
        };
        assert_eq!(
            (has(everywhere), has(only_as_flags)),
            (!is_only_a_flag, is_only_a_flag),
            "{name}"
        );
    }
}

#[test]
fn what_it_shows_of_check_is_what_check_shows() {
    let readme = readme();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    for arguments in [
        &["check", "samples/mistakes.csv"][..],
        &["check", "samples/mistakes.xlsx"],
        &["check", "samples/mistakes.xlsx", "--skip-hidden"],
    ] {
        let output = std::process::Command::new(assert_cmd::cargo::cargo_bin!("rowpatch"))
            .args(arguments)
            .current_dir(folder)
            .output()
            .expect("the program runs");
        let shown =
            [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("UTF-8"));
        let lines =
            shown.concat().lines().fold(String::new(), |text, line| text + "    " + line + "\n");
        let block = format!("    $ rowpatch {}\n{lines}", arguments.join(" "));
        assert!(readme.contains(&block), "{block}");
    }
}

#[test]
fn every_promise_names_a_test_that_there_is() {
    let readme = readme();
    let (_, promises) = readme.split_once("## What is promised").expect("a chapter");
    let (promises, _) = promises.split_once("\n## ").expect("another chapter");
    let names = promises.split('`').filter_map(|word| word.split_once("::"));
    let mut found = 0;
    for (file, test) in names {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/suite/{file}.rs"));
        let source = std::fs::read_to_string(path).expect("a file of tests");
        assert!(source.contains(&format!("fn {test}(")), "{file}::{test}");
        found += 1;
    }
    assert!(found > 15, "{found}");
}
