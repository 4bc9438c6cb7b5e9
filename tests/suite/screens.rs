//! What a person sees on a terminal, at 80 and 200 columns, with colours and without.

use rowpatch::sandbox::Setup;

use crate::exporting;
use crate::terminal::{Shown, Terminal, settled};
use crate::world::{World, contact, faulty, knowing};

/// Runs to the end; a question is answered with yes.
fn run(world: &World, arguments: &[&str], width: u16, variables: &[(&str, &str)]) -> Shown {
    let mut terminal = Terminal::start(world, arguments, width, variables);
    if arguments[0] == "update" {
        terminal.until("[y/N]");
        terminal.type_in("y");
    }
    terminal.end()
}

/// Shows it at both widths, with colours and without; each must be what it was.
fn snapshots(name: &str, world: &dyn Fn() -> World, arguments: &[&str], code: i32) {
    for width in [80, 200] {
        for (colours, variables) in [("coloured", &[][..]), ("plain", &[("NO_COLOR", "1")])] {
            let shown = run(&world(), arguments, width, variables);
            assert_eq!(shown.code, Some(code), "{}", shown.told());
            assert!(colours == "coloured" || !shown.has_styles(), "NO_COLOR is set");
            let mut settings = insta::Settings::clone_current();
            settings.set_prepend_module_to_snapshot(false);
            settings.set_omit_expression(true);
            let name = format!("{name}_{width}_{colours}");
            settings.bind(|| insta::assert_snapshot!(name, shown.told()));
        }
    }
}

/// Contacts to look at, of which the endpoint knows all but one.
fn contacts(setup: Setup) -> World {
    let sheet = "CUSTOMER_ID,CUST_CONTACT,CITY,STATE,PHONE_NO,TITLE\n\
        ACME,JHERNANDEZ,San Jose,,408 555 0199,\n\
        ALPINE,LFREI,Zürich,,,<clear>\n\
        NORTHWIND,ASVENSSON,Malmö,,,VD\n\
        ACME,NOBODY,Rome,,,\n";
    World::new(setup).file("contacts.csv", sheet)
}

fn known() -> Setup {
    knowing(vec![
        contact("ACME", "JHERNANDEZ", &[("CITY", "Sacramento"), ("PHONE_NO", "916 555 0100")]),
        contact("ALPINE", "LFREI", &[("CITY", "Zurich"), ("TITLE", "Einkauf")]),
        contact("NORTHWIND", "ASVENSSON", &[("CITY", "Malmö"), ("TITLE", "VD")]),
    ])
}

#[test]
fn a_check_is_shown() {
    let sheet = "CUSTOMER_ID,CUST_CONTACT,E_MAIL,ZIP_CODE,CITY,STATE,COUNTRY,PHONE_NO,TITLE\n\
        ACME,JHERNANDEZ,jh@acme.example,02134,Boston,MA,US,,\n\
        ALPINE,,lfrei@,8001,Zürich,,CH,,\n\
        NORTHWIND,ASVENSSON,,2134,Malmö,,SE,,\n";
    let world = || World::new(faulty(&[])).file("contacts.csv", sheet);
    snapshots("check", &world, &["check", "contacts.csv"], 1);
}

#[test]
fn a_plan_is_shown() {
    snapshots("plan", &|| contacts(known()), &["plan", "contacts.csv"], 1);
}

#[test]
fn an_update_is_shown() {
    let locked = "update key ALPINE status 500 code LOCKED message \"The record is locked.\"";
    snapshots("update", &|| contacts(faulty(&[locked])), &["update", "contacts.csv"], 1);
}

#[test]
fn a_hold_is_shown_while_it_lasts_and_the_bar_goes_when_the_run_ends() {
    let world = contacts(faulty(&["update 2 status 429 retry-after 2 limit 1"]));
    let arguments = ["update", "contacts.csv", "--yes", "--max-clears", "1", "--concurrency", "1"];
    let mut terminal = Terminal::start(&world, &arguments, 80, &[]);
    let screen = terminal.until("held for");
    assert!(screen.contains("1 updated, 0 failed, 3 waiting  held for"), "{screen}");
    assert!(screen.contains("the endpoint asked to wait") && screen.contains(" 25%  "), "{screen}");
    let screen = terminal.until("4  updated");
    assert!(screen.contains("nothing is sent for 2.0 s") && !screen.contains('['), "{screen}");
    let shown = terminal.end();
    assert_eq!(shown.code, Some(0));
    let told = shown.told();
    assert!(told.ends_with("(run RUN-ID).") && !told.contains('['), "{told}");
}

#[test]
fn a_file_that_takes_long_is_named_while_it_is_read() {
    let world = World::new(faulty(&[]));
    let mut terminal = Terminal::start(&world, &["check", "-"], 80, &[]);
    // Nothing comes, so that any time is long.
    terminal.until("opening -");
    terminal.give("CUSTOMER_ID,CUST_CONTACT,CITY\nA,C,Rome\n");
    let shown = terminal.end();
    assert_eq!(shown.code, Some(0));
    let told = shown.told();
    assert!(told.contains("1  valid") && !told.contains("opening"), "{told}");
}

#[test]
fn what_was_drawn_is_taken_away_when_the_reading_is_interrupted() {
    // All is told of each row, and the terminal takes its time to show it.
    let sheet = "CUSTOMER_ID,CUST_CONTACT,CITY\n".to_owned() + &",C,Rome\n".repeat(100_000);
    let world = World::new(faulty(&[])).file("contacts.csv", sheet);
    let mut terminal = Terminal::start(&world, &["check", "contacts.csv", "--all"], 80, &[]);
    terminal.until("reading contacts.csv");
    terminal.type_in("\u{3}");
    let shown = terminal.end();
    assert_eq!(shown.code, Some(130));
    assert!(!shown.told().contains("reading"), "{}", shown.told());
}

#[test]
fn a_terminal_that_knows_no_colours_gets_none() {
    for variables in [("TERM", "dumb"), ("CLICOLOR", "0"), ("NO_COLOR", "1")] {
        let shown = run(&contacts(known()), &["plan", "contacts.csv"], 80, &[variables]);
        assert!(!shown.has_styles() && shown.told().contains("Sacramento"), "{variables:?}");
    }
    assert!(run(&contacts(known()), &["plan", "contacts.csv"], 80, &[]).has_styles());
}

/// What the README shows of this, without what differs from run to run.
fn readme(arguments: &str) -> String {
    let readme = include_str!("../../README.md");
    let begin = format!("    $ rowpatch {arguments}\n");
    let (_, rest) = readme.split_once(&begin).unwrap_or_else(|| panic!("{begin}"));
    let lines = rest.lines().map_while(|line| line.strip_prefix("    "));
    let lines: Vec<_> = lines.take_while(|line| !line.starts_with("$ ")).collect();
    settled(&lines.join("\n"))
}

/// On a terminal that is so wide that nothing is broken; a question is answered with yes.
fn shown(world: &World, arguments: &str) -> String {
    let words = shell_words::split(arguments).expect("words");
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let mut terminal = Terminal::start(world, &words, 200, &[("NO_COLOR", "1")]);
    if ["update", "undo"].contains(&words[0]) {
        terminal.until("[y/N]");
        terminal.type_in("y");
    }
    terminal.end().told()
}

#[test]
fn the_readme_shows_a_rehearsal_as_it_is() {
    let world = World::new(faulty(&[]))
        .folder("samples")
        .file("samples/contacts.csv", include_str!("../../samples/contacts.csv"));
    let arguments = "update samples/contacts.csv --sandbox";
    assert_eq!(shown(&world, arguments), readme(arguments));
}

#[test]
fn the_readme_shows_export_plan_update_and_undo_as_they_are() {
    let world = World::new(knowing(vec![
        contact("ACME", "JHERNANDEZ", &[("CITY", "Sacramento"), ("PHONE_NO", "916 555 0100")]),
        contact("ACME", "SWALKER", &[("CITY", "Boston")]),
        contact("ALPINE", "LFREI", &[("CITY", "Zurich"), ("TITLE", "Einkauf")]),
    ]));
    let export = "export --where \"CUSTOMER_ID=IN ACME,ALPINE\" --fields TITLE,CITY,STATE,PHONE_NO --out contacts.xlsx";
    assert_eq!(shown(&world, export), readme(export));
    let mut cells = exporting::cells(&world.path("contacts.xlsx"));
    let column = |name: &str| cells[0].iter().position(|header| header == name).expect("a column");
    let [city, phone, title] = ["CITY", "PHONE_NO", "TITLE"].map(column);
    let of = |contact: &str| cells.iter().position(|row| row[1] == contact).expect("a row");
    let [acme, alpine] = ["JHERNANDEZ", "LFREI"].map(of);
    for (row, column, text) in [
        (acme, city, "San Jose"),
        (acme, phone, "408 555 0199"),
        (alpine, city, "Zürich"),
        (alpine, title, "<clear>"),
    ] {
        text.clone_into(&mut cells[row][column]);
    }
    exporting::save(&world.path("edited.xlsx"), &cells);
    for arguments in [
        "plan edited.xlsx --baseline contacts.xlsx",
        "update edited.xlsx --baseline contacts.xlsx --changes",
    ] {
        assert_eq!(shown(&world, arguments), readme(arguments));
    }
    let since = "CUSTOMER_ID,CUST_CONTACT,PHONE_NO\nACME,JHERNANDEZ,none\n";
    let world = world.file("since.csv", since);
    world.run(&["update", "since.csv", "--yes"]).expect(0);
    let arguments = "undo edited.xlsx.changes.csv";
    assert_eq!(shown(&world, arguments), readme(arguments));
}
