//! What a person types: help, mistakes, and what a shell completes.

use std::process::Command;

use clap::CommandFactory as _;
use rowpatch::cli::Cli;
use rust_xlsxwriter::Workbook;

use crate::world::{World, cities, faulty};

fn world() -> World {
    World::new(faulty(&[])).file("contacts.csv", cities([("A", "Rome")]))
}

#[test]
fn a_mistyped_word_is_answered_with_the_nearest_one() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Contacts").expect("a name");
    let book = book.save_to_buffer().expect("a workbook");
    let town = "CUSTOMER_ID,CUST_CONTACT,Town\nA,C,Rome\n";
    let world = world()
        .file("book.xlsx", book)
        .file("town.csv", town)
        .file("key.toml", "concurency = 3\n")
        .file("target.toml", "default_target = \"demmo\"\n[targets.demo]\nbase_url = \"https://e.example\"\ndata_source = \"D\"\nuser_name = \"U\"\n");
    let cases: [(&[&str], &str); 10] = [
        (&["udpate", "contacts.csv"], "'update'"),
        (&["check", "contacts.csv", "--reslts", "r.csv"], "'--results'"),
        (&["check", "contacts.csv", "--format", "jsno"], "'json'"),
        (&["check", "contacts.csv", "--map", "Town=CITTY"], "did you mean CITY"),
        (&["check", "book.xlsx", "--sheet", "Contatcs"], "did you mean Contacts"),
        (&["check", "town.csv", "--map", "Twon=CITY"], "where \"Twon\" is mapped or left out"),
        (&["check", "town.csv", "--ignore-column", "Twn"], "where \"Twn\" is mapped or left out"),
        (&["check", "contacts.csv", "--config", "key.toml"], "did you mean concurrency"),
        (&["update", "contacts.csv", "--yes", "--config", "target.toml"], "did you mean demo"),
        (&["completions", "bsah"], "'bash'"),
    ];
    for (arguments, nearest) in cases {
        let ran = world.run(arguments).expect(2);
        assert!(ran.err.contains(nearest), "{arguments:?}: {}", ran.err);
    }
    let mut command = world.command(&["check", "contacts.csv"]);
    command.env("ROWPATCH_CONCURENCY", "3");
    let ran = world.ran(command.output().expect("the program runs")).expect(2);
    assert!(ran.err.contains("ROWPATCH_CONCURRENCY"), "{}", ran.err);
    assert!(world.received().is_empty());
}

#[test]
fn every_verb_has_examples_and_groups_its_flags() {
    for verb in Cli::command().get_subcommands() {
        let name = verb.get_name();
        let help = verb.get_after_help().unwrap_or_else(|| panic!("{name}: examples")).to_string();
        let example = format!("rowpatch {name}");
        assert!(help.starts_with("Examples:\n") && help.contains(&example), "{name}");
        let flags = verb.get_arguments().filter(|flag| flag.get_long().is_some());
        let mut flags: Vec<_> = flags.filter(|flag| flag.get_id() != "help").collect();
        flags.retain(|flag| flag.get_help_heading().is_none());
        let bare: Vec<_> = flags.iter().map(|flag| flag.get_id()).collect();
        assert!(bare.len() <= 2, "{name}: {bare:?} stand in no group");
    }
}

/// The examples of the help, those of other programs left out, without what is said beside them.
fn examples() -> Vec<Vec<String>> {
    let helps = Cli::command();
    let helps = helps.get_subcommands().filter_map(clap::Command::get_after_help);
    let text = helps.map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let lines = text.lines().filter_map(|line| line.strip_prefix("  rowpatch "));
    let words = |line: &str| {
        let line = line.split("   ").next().unwrap_or(line);
        let line = line.split(" > ").next().unwrap_or(line);
        let mut words = Vec::new();
        for (nth, part) in line.split('"').enumerate() {
            match nth % 2 {
                0 => words.extend(part.split_whitespace().map(str::to_owned)),
                _ => words.push(part.to_owned()),
            }
        }
        words
    };
    lines.map(words).collect()
}

#[test]
fn the_examples_can_be_typed() {
    let examples = examples();
    assert!(examples.len() > 20, "{examples:?}");
    for words in examples {
        let typed = std::iter::once("rowpatch").chain(words.iter().map(String::as_str));
        if let Err(fault) = Cli::command().try_get_matches_from(typed) {
            panic!("{words:?}: {fault}");
        }
    }
}

#[test]
fn every_shell_gets_its_completions_without_a_configuration() {
    let world = world().config("this is no configuration");
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let ran = world.run(&["completions", shell]).expect(0);
        for word in ["update", "completions", "ignore-column", "skip-hidden", "rowpatch"] {
            assert!(ran.out.contains(word), "{shell}: {word}");
        }
        assert_eq!(ran.err, "", "{shell}");
    }
}

#[test]
fn a_bash_completes_verbs_and_flags() {
    // A machine without one has nothing to complete.
    if !Command::new("bash").arg("--version").output().is_ok_and(|output| output.status.success()) {
        return;
    }
    let script = world().run(&["completions", "bash"]).expect(0).out;
    let completed = |words: &str, position: usize| {
        let text = format!(
            "{script}\nCOMP_WORDS=({words}); COMP_CWORD={position}; cur=${{COMP_WORDS[{position}]}}\n\
             _rowpatch rowpatch \"$cur\" \"${{COMP_WORDS[{position}-1]}}\"; echo \"${{COMPREPLY[@]}}\""
        );
        let output = Command::new("bash").arg("-c").arg(text).output().expect("bash runs");
        String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
    };
    assert_eq!(completed("rowpatch upd", 1), "update");
    assert_eq!(completed("rowpatch update --skip-h", 2), "--skip-hidden");
    assert_eq!(completed("rowpatch fields --format j", 3), "json");
}
