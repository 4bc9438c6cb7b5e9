//! `update --plan`: exactly the changes of a list, each only while the record is what it was.

use crate::thousand;
use crate::world::{Ran, World, cities, contact, knowing};

fn planned(world: &World) -> Ran {
    world.run(&["plan", "contacts.csv", "--out", "plan.csv", "--rate", "unlimited", "--quiet"])
}

fn send(world: &World, flags: &[&str]) -> Ran {
    world.run(&[&["update", "--plan", "plan.csv", "--yes", "--rate", "unlimited"], flags].concat())
}

/// Column by column, of each line of the results.
fn told<const N: usize>(ran: &Ran, columns: [&str; N]) -> Vec<[String; N]> {
    let lines = ran.table("plan.csv.results.csv").into_iter();
    lines.map(|line| columns.map(|column| line[column].clone())).collect()
}

#[test]
fn exactly_the_changes_of_a_plan_are_sent() {
    let world = thousand::world();
    planned(&world).expect(1);
    let ran = send(&world, &[]).expect(0);
    assert_eq!(told(&ran, ["status"]), vec![["updated"]; 400]);
    let sent: Vec<_> = world.updates().into_iter().map(|update| update.fields).collect();
    assert_eq!(sent.len(), 400);
    for (_, field) in thousand::sheet().1.keys() {
        assert!(sent.iter().any(|fields| fields.len() == 3 && fields.contains_key(field)));
    }
    let skipped = thousand::world();
    skipped.update(&["--skip-unchanged"]).expect(1);
    assert_eq!(thousand::stored(&world), thousand::stored(&skipped));
    let again = send(&world, &["--start-over"]).expect(0);
    assert_eq!(told(&again, ["status"]), vec![["unchanged"]; 400]);
}

#[test]
fn a_change_whose_field_is_no_longer_what_it_was_is_a_conflict() {
    let held = [("CITY", "Rome"), ("STATE", "NY")];
    let known = ["A", "B", "C"].map(|customer| contact(customer, "C", &held)).to_vec();
    let sheet = "CUSTOMER_ID,CUST_CONTACT,CITY,STATE\nA,C,Oslo,CA\nB,C,Oslo,CA\nC,C,Oslo,CA\n";
    let world = World::new(knowing(known))
        .file("contacts.csv", sheet)
        .file("others.csv", cities([("B", "Bonn")]));
    planned(&world).expect(0);
    world.run(&["update", "others.csv", "--yes"]).expect(0);
    let ran = send(&world, &[]).expect(1);
    let updated = ["updated", "", ""];
    let conflict = ["conflict", "RP_CHANGED", "CITY holds \"Bonn\", and not \"Rome\""];
    let expected = [updated, updated, conflict, updated, updated, updated];
    assert_eq!(told(&ran, ["status", "MESSAGE_CODE", "MESSAGE"]), expected);
    assert_eq!(world.stored("B", "CITY").as_deref(), Some("Bonn"));
    assert_eq!(world.stored("B", "STATE").as_deref(), Some("CA"));
}

#[test]
fn values_are_sent_as_the_list_has_them() {
    let notes = "  zwölf\r\nlines; \"quoted\", =1+1 ";
    let known = vec![contact("A", "O'NEIL", &[("NOTES", notes), ("TITLE", "x")])];
    let world = World::new(knowing(known))
        .config("trim = false\nencoding = \"windows-1252\"\n[set]\nCITY = \"Rome\"\n");
    let quoted = notes.replace('"', "\"\"");
    let list = format!(
        "row,CUSTOMER_ID,CUST_CONTACT,field,before,after\n2,A,O'NEIL,NOTES,\"{quoted}\",\"{quoted}!\"\n2,A,O'NEIL,TITLE,x,\" \"\n"
    );
    let world = world.file("plan.csv", list);
    let ran = send(&world, &[]).expect(0);
    assert_eq!(told(&ran, ["status", "fields"]), [["updated", "NOTES"], ["updated", "TITLE"]]);
    let held = world.contact("A", "O'NEIL").expect("a contact");
    assert_eq!((held["NOTES"].as_str(), held["TITLE"].as_str()), (&*format!("{notes}!"), " "));
    assert_eq!(held["CITY"], "", "what is set for every row is not for a list");
}

#[test]
fn what_cannot_be_compared_is_not_sent_and_blanking_must_be_allowed() {
    let known = vec![contact("A", "C", &[("CITY", "Rome")])];
    let header = "row,CUSTOMER_ID,CUST_CONTACT,field,before,after,comparable\n";
    let list = format!(
        "{header}2,A,C,NOTES,,x,no\n2,A,C,CITY,Rome,,yes\n2,A,C,CITTY,,x,yes\n2,,C,CITY,,x,yes\n2,NONE,C,CITY,,x,yes\n"
    );
    let world = World::new(knowing(known)).file("plan.csv", list);
    let refused = send(&world, &[]).expect(2);
    assert!(refused.err.contains("--max-clears 1"), "{}", refused.err);
    assert!(refused.err.contains("2 invalid, 0 with warnings (--dry-run lists them)"));
    assert!(refused.err.contains("NOTES") && !refused.err.contains("CITTY"), "{}", refused.err);
    let listed = send(&world, &["--dry-run"]).expect(1);
    assert!(listed.out.contains("RP_FIELD") && listed.out.contains("RP_KEY"), "{}", listed.out);
    let ran = send(&world, &["--max-clears", "1"]).expect(1);
    let expected = [
        ["conflict", "RP_NOT_COMPARABLE"],
        ["updated", ""],
        ["invalid", "RP_FIELD"],
        ["invalid", "RP_KEY"],
        ["failed", "RP_NOT_FOUND"],
    ];
    assert_eq!(told(&ran, ["status", "MESSAGE_CODE"]), expected);
    assert_eq!(world.updates().len(), 1);
}

#[test]
fn what_is_no_list_of_changes_is_refused() {
    let world = World::new(knowing(Vec::new())).file("plan.csv", cities([("A", "Rome")]));
    let ran = send(&world, &[]).expect(2);
    assert!(ran.err.contains("has no column \"field\""), "{}", ran.err);
    let ran = world.run(&["update", "contacts.csv", "--plan", "plan.csv", "--yes"]).expect(2);
    assert!(ran.err.contains("cannot be used with"), "{}", ran.err);
    assert!(world.received().is_empty());
}
