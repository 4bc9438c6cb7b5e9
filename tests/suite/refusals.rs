//! What is not done without being allowed.

use crate::world::{World, cities, faulty};

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
    assert!(ran.err.contains("take the place of the input"), "{}", ran.err);
    let ran = world.run(&["check", "contacts.csv", "--results", "contacts.csv"]).expect(2);
    assert!(ran.err.contains("take the place of the input"), "{}", ran.err);
    assert!(world.received().is_empty());
    assert_eq!(
        std::fs::read_to_string(world.path("contacts.csv")).expect("text"),
        cities([("A", "Rome")])
    );
}
