//! `init`: the file that it writes, and what becomes of one that is there.

use crate::world::{World, faulty};
use rowpatch::sandbox::{DATA_SOURCE, USER_NAME};

#[test]
fn what_it_writes_works_once_it_is_filled_in() {
    let world = World::new(faulty(&[]));
    let ran = world.run(&["init", "new.toml"]).expect(0);
    assert!(ran.err.contains("rowpatch doctor --config new.toml"), "{}", ran.err);
    let blank = world.run(&["doctor", "--config", "new.toml"]).expect(2);
    assert!(blank.out.contains("new.toml: [targets.demo] base_url is missing"), "{}", blank.out);
    let text = std::fs::read_to_string(world.path("new.toml")).expect("text");
    let filled = text
        .replace("base_url = \"\"", &format!("base_url = \"{}\"", world.base_url()))
        .replace("data_source = \"\"", &format!("data_source = \"{DATA_SOURCE}\""))
        .replace("user_name = \"\"", &format!("user_name = \"{USER_NAME}\""));
    let world = world.file("new.toml", filled);
    world.run(&["doctor", "--config", "new.toml"]).expect(0);
}

#[test]
fn a_file_that_is_there_is_left_alone() {
    let world = World::new(faulty(&[]));
    let ran = world.run(&["init"]).expect(2);
    assert!(ran.err.contains("config.toml is there already"), "{}", ran.err);
    let text = std::fs::read_to_string(world.path("config.toml")).expect("text");
    assert!(text.contains(&world.base_url()), "{text}");
}

#[test]
fn without_a_name_it_is_the_one_that_rowpatch_looks_for() {
    let world = World::new(faulty(&[]));
    let mut command = world.command(&["init"]);
    std::fs::remove_file(world.path("config.toml")).expect("removed");
    let ran = world.ran(command.output().expect("the program runs")).expect(0);
    assert!(ran.has("config.toml") && ran.err.contains("rowpatch doctor\n"), "{}", ran.err);
}

#[test]
fn it_can_be_looked_at() {
    let ran = World::new(faulty(&[])).run(&["init", "-"]).expect(0);
    assert!(ran.out.contains("[targets.demo]\nbase_url = \"\"") && ran.err.is_empty());
    assert!(!ran.has("-"));
}
