//! What is not done without being allowed.

use crate::world::{World, cities, contact, faulty, knowing};

#[test]
fn cells_are_blanked_only_as_far_as_allowed() {
    let rows = [("A", "<clear>"), ("B", " <CLEAR> "), ("D", "")];
    let world =
        World::new(faulty(&[])).file("contacts.csv", cities(rows).replace("D,C,", "D,C,Rome"));
    let ran = world.update(&[]).expect(2);
    assert!(
        ran.err.contains("2 cells would be blanked") && ran.err.contains("--max-clears 2"),
        "{}",
        ran.err
    );
    assert!(world.received().is_empty());
    world.update(&["--max-clears", "2"]).expect(0);
    let sent: Vec<_> =
        world.updates().into_iter().map(|update| update.fields["CITY"].clone()).collect();
    assert_eq!(sent.iter().filter(|city| city.is_empty()).count(), 2);
}

#[test]
fn a_blank_cell_leaves_its_field_alone() {
    let sheet = "CUSTOMER_ID,CUST_CONTACT,CITY,STATE\nA,C,Rome,RM\nA,C,,LZ\n";
    let world = World::new(faulty(&[])).file("contacts.csv", sheet);
    world.update(&[]).expect(0);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Rome"));
    assert_eq!(world.stored("A", "STATE").as_deref(), Some("LZ"));
    assert!(!world.updates()[1].fields.contains_key("CITY"));
}

#[test]
fn nothing_is_sent_without_a_terminal_and_without_yes() {
    let world = World::new(faulty(&[])).file("contacts.csv", cities([("A", "Rome")]));
    let ran = world.run(&["update", "contacts.csv"]).expect(2);
    assert!(ran.err.contains("--yes"), "{}", ran.err);
    assert!(world.received().is_empty());
}

#[test]
fn a_password_that_is_nowhere_set_is_told() {
    let world = World::new(faulty(&[])).password("").file("contacts.csv", cities([("A", "Rome")]));
    let ran = world.update(&[]).expect(2);
    assert!(ran.err.contains("ROWPATCH_PASSWORD"), "{}", ran.err);
}

#[test]
fn an_unknown_key_or_variable_is_refused_with_the_nearest() {
    let world = World::new(faulty(&[]))
        .target("user_nam = \"x\"")
        .file("contacts.csv", cities([("A", "Rome")]));
    assert!(world.update(&[]).expect(2).err.contains("user_name"));
    let world = World::new(faulty(&[])).file("contacts.csv", cities([("A", "Rome")]));
    let output = world
        .command(&["check", "contacts.csv"])
        .env("ROWPATCH_RATEE", "1/s")
        .output()
        .expect("the program runs");
    assert!(world.ran(output).expect(2).err.contains("ROWPATCH_RATE"));
    let output = world
        .command(&["check", "contacts.csv"])
        .env("ROWPATCH_DRY_RUN", "true")
        .output()
        .expect("the program runs");
    assert!(world.ran(output).expect(2).err.contains("command line"));
}

#[test]
fn no_file_is_sent_twice_or_written_over() {
    let world = World::new(faulty(&[])).file("contacts.csv", cities([("A", "Rome")]));
    let ran = world.run(&["update", "contacts.csv", "./contacts.csv", "--yes"]).expect(2);
    assert!(ran.err.contains("is given twice"), "{}", ran.err);
    let ran = world.update(&["--results", "contacts.csv"]).expect(2);
    assert!(ran.err.contains("take the place of contacts.csv"), "{}", ran.err);
    let ran = world.run(&["check", "contacts.csv", "--results", "contacts.csv"]).expect(2);
    assert!(ran.err.contains("take the place of contacts.csv"), "{}", ran.err);
    assert!(world.received().is_empty());
    assert_eq!(
        std::fs::read_to_string(world.path("contacts.csv")).expect("text"),
        cities([("A", "Rome")])
    );
}

/// Asserts that nothing is sent where a file of the run would take the place of `read`, and that this is kept.
fn assert_kept(world: &World, arguments: &[&str], read: &str) {
    let before = (std::fs::read(world.path(read)).expect("a file"), world.received().len());
    let ran = world.run(arguments).expect(2);
    let told = format!("would take the place of {read}, which is read; name another");
    assert!(ran.err.contains(&told), "{}", ran.err);
    let after = (std::fs::read(world.path(read)).expect("a file"), world.received().len());
    assert_eq!(after, before, "{arguments:?}");
}

#[test]
fn nothing_that_a_run_writes_takes_the_place_of_a_file_that_is_read() {
    let known = vec![contact("A", "C", &[("CITY", "Rome")])];
    let world = World::new(knowing(known))
        .file("contacts.csv", cities([("A", "Oslo")]))
        .file("contacts.csv.rejects.csv", cities([("B", "Oslo")]))
        .file("out.changes.csv", cities([("A", "Rome")]))
        .file("out.rejects.csv", cities([("A", "Rome")]));
    let rejects = "contacts.csv.rejects.csv";
    assert_kept(&world, &["update", "contacts.csv", rejects, "--yes"], rejects);
    assert_kept(&world, &["update", rejects, "contacts.csv", "--yes"], rejects);
    let onto = |read| ["contacts.csv", "--results", "out.csv", "--baseline", read];
    for read in ["out.changes.csv", "out.rejects.csv"] {
        assert_kept(&world, &[&["update", "--yes"], &onto(read)[..]].concat(), read);
    }
    assert_kept(&world, &[&["check"], &onto("out.rejects.csv")[..]].concat(), "out.rejects.csv");
    std::fs::remove_file(world.path(rejects)).expect("removed");
    world.update(&["--changes"]).expect(0);
    let made = "contacts.csv.changes.csv";
    for results in ["contacts.csv.results.csv", "contacts.csv.csv"] {
        assert_kept(&world, &["undo", made, "--yes", "--results", results], made);
    }
    world.run(&["undo", made, "--yes"]).expect(0);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Rome"));
}

#[test]
fn a_list_of_changes_is_no_sheet_and_says_what_takes_it() {
    let known = vec![contact("A", "C", &[("CITY", "Rome")])];
    let world = World::new(knowing(known)).file("contacts.csv", cities([("A", "Oslo")]));
    world.run(&["plan", "contacts.csv", "--out", "plan.csv"]).expect(0);
    world.update(&["--changes"]).expect(0);
    let made = "contacts.csv.changes.csv";
    for verb in [&["update", "--yes"][..], &["check"], &["plan"]] {
        for (list, cure) in [("plan.csv", "update --plan FILE"), (made, "undo FILE")] {
            let ran = world.run(&[verb, &[list]].concat()).expect(2);
            assert!(ran.err.contains("is a list of the changes"), "{}", ran.err);
            assert!(ran.err.contains(cure) && !ran.err.contains("--map"), "{}", ran.err);
        }
    }
    let ran = world.run(&["undo", "plan.csv", "--yes"]).expect(2);
    assert!(ran.err.contains("update --plan FILE"), "{}", ran.err);
    let ran = world.run(&["update", "--plan", made, "--yes"]).expect(2);
    assert!(ran.err.contains("undo FILE"), "{}", ran.err);
    // Columns of a person's own may be called so.
    let own = "CUSTOMER_ID,CUST_CONTACT,CITY,field,before,after\nA,C,Bonn,1,2,3\n";
    let ignored = "ignore_column = [\"field\", \"before\", \"after\"]\n";
    world.file("own.csv", own).config(ignored).run(&["check", "own.csv"]).expect(0);
}

#[test]
fn without_a_configuration_every_verb_that_needs_one_says_how_to_come_by_it() {
    let world = World::new(faulty(&[])).file("contacts.csv", cities([("A", "Rome")]));
    for arguments in [
        &["update", "contacts.csv", "--yes"][..],
        &["update", "contacts.csv", "--yes", "--target", "demo"],
        &["plan", "contacts.csv"],
        &["export", "--where", "CITY=Rome"],
        &["import"],
    ] {
        let mut command = world.command(arguments);
        std::fs::remove_file(world.path("config.toml")).expect("removed");
        let ran = world.ran(command.output().expect("the program runs")).expect(2);
        for part in ["config.toml: stands neither in this folder", "rowpatch init", "--config"] {
            assert!(ran.err.contains(part), "{arguments:?}: {}", ran.err);
        }
    }
}

#[test]
fn an_export_of_nothing_in_particular_names_both_ways_to_say_what_is_wanted() {
    let ran = World::new(faulty(&[])).run(&["export"]).expect(2);
    for flag in ["--where <FIELD=VALUE>", "--like <FILE>"] {
        assert!(ran.err.contains(flag), "{}", ran.err);
    }
}
