//! A run that is continued counts what it had done, and is never continued as another one.

use crate::world::{World, cities, faulty};

const JOURNAL: &str = "contacts.csv.results.journal";

fn account(world: &World) -> serde_json::Value {
    let text = std::fs::read_to_string(world.path("contacts.csv.run.json")).expect("an account");
    serde_json::from_str(&text).expect("JSON")
}

/// Takes out of the record of a run which rows did not pass, as if an older version had written it.
fn without_invalid_rows(world: &World) {
    let text = std::fs::read_to_string(world.path(JOURNAL)).expect("a record");
    let (first, rest) = text.split_once('\n').expect("lines");
    let mut first: serde_json::Value = serde_json::from_str(first).expect("JSON");
    let mapping = first["mapping"].as_object_mut().expect("an object");
    assert!(mapping.remove("invalid_rows").is_some(), "{text}");
    std::fs::write(world.path(JOURNAL), format!("{first}\n{rest}")).expect("written");
}

#[test]
fn a_run_is_not_continued_where_other_rows_pass_the_checks() {
    let allowed = |values: &str| format!("[fields.CITY]\nvalues = [{values}]\n");
    let (then, now) =
        (allowed("\"Rome\", \"Oslo\", \"Bonn\""), allowed("\"Oslo\", \"Bonn\", \"Bern\""));
    let world = World::new(faulty(&[]))
        .config(&then)
        .file("contacts.csv", cities([("A", "Rome"), ("B", "Oslo"), ("C", "Bonn"), ("D", "Bern")]));
    world.update(&["--limit", "2"]).expect(0);
    let world = world.with_config(&now);
    let other = world.update(&["--resume"]).expect(2);
    assert!(other.err.contains("other rows passed them than pass now"), "{}", other.err);
    assert_eq!(other.column("status"), ["updated", "updated", "not_sent", "not_sent"]);
    assert_eq!(world.updates().len(), 2);
    let world = world.with_config(&then);
    without_invalid_rows(&world);
    let rest = world.update(&["--resume"]).expect(1);
    assert_eq!(rest.column("status"), ["updated", "updated", "updated", "invalid"]);
}

#[test]
fn rows_that_a_run_has_finished_are_not_sent_again_for_other_settings() {
    let rows = [("A", "1"), ("B", "2"), ("A", "3")];
    let world = World::new(faulty(&[]))
        .file("contacts.csv", cities(rows))
        .file("then.csv", cities([("A", "0")]));
    world.update(&[]).expect(0);
    let run = account(&world)["run_id"].as_str().expect("an id").to_owned();
    for flags in [&["--strict"][..], &["--map", "CITY=STATE"], &["--baseline", "then.csv"]] {
        let ran = world.update(&[&["--resume"], flags].concat()).expect(2);
        for word in [run.as_str(), "other settings", "--start-over"] {
            assert!(ran.err.contains(word), "{}", ran.err);
        }
        assert_eq!(world.updates().len(), 3);
    }
    world.update(&["--start-over", "--map", "CITY=STATE"]).expect(0);
    assert_eq!(world.updates().len(), 6);
    std::fs::write(world.path("contacts.csv"), cities([("A", "4")])).expect("written");
    world.update(&["--resume"]).expect(0);
    assert_eq!(world.updates().len(), 7, "other rows are another matter");
}

#[test]
fn where_no_row_was_sent_since_none_passed_other_settings_begin_anew() {
    let world = World::new(faulty(&[]))
        .config("[fields.CITY]\nmax_length = 2\n")
        .file("contacts.csv", cities([("A", "Rome")]));
    assert_eq!(world.update(&["--resume"]).expect(1).column("status"), ["invalid"]);
    let world = world.with_config("");
    assert_eq!(world.update(&["--resume"]).expect(0).column("status"), ["updated"]);
}
