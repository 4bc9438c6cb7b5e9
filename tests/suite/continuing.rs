//! A run that is continued counts what it had done, and is never continued as another one.

use crate::world::{World, cities, faulty};

const JOURNAL: &str = "contacts.csv.results.journal";

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
