//! `plan`: what would change is shown, and nothing does.

use std::collections::BTreeMap;

use crate::thousand;
use crate::world::{Ran, World, cities, contact, faulty, knowing};

fn plan(world: &World, flags: &[&str]) -> Ran {
    world.run(&[&["plan", "contacts.csv", "--rate", "unlimited"], flags].concat())
}

/// What the plan lists of a change: contact, field, before, after.
fn listed(ran: &Ran) -> Vec<[String; 4]> {
    let columns = ["CUST_CONTACT", "field", "before", "after"];
    let lines = ran.table("plan.csv").into_iter();
    lines.map(|line| columns.map(|column| line[column].clone())).collect()
}

#[test]
fn a_plan_says_what_would_change_and_nothing_is_sent() {
    let world = thousand::world();
    let before = thousand::stored(&world);
    let ran = plan(&world, &["--out", "plan.csv"]).expect(1);
    for count in ["300  would_update", "600  unchanged", "60  not_found", "40  invalid"] {
        assert!(ran.out.contains(&format!(" {count}\n")), "{count}: {}", ran.out);
    }
    assert!(
        ran.out.contains("… and 350 more changes") && ran.out.contains("100  changes of STATE")
    );
    assert!(ran.out.contains("300 rows of 1,000 would change 400 fields. Nothing was sent."));
    let lines = ran.table("plan.csv").into_iter().map(|line| {
        let row = line["row"].parse().expect("a number");
        ((row, line["field"].clone()), (line["before"].clone(), line["after"].clone()))
    });
    let lines: Vec<_> = lines.collect();
    assert!(lines.is_sorted_by_key(|((row, _), _): &((usize, String), _)| *row));
    assert_eq!(lines.into_iter().collect::<BTreeMap<_, _>>(), thousand::sheet().1);
    assert!(world.updates().is_empty());
    assert_eq!(thousand::stored(&world), before);
    // The rows of four customers are all invalid. One for each other, and one for each key that a list would not carry.
    assert_eq!(world.queries().len(), 96 + 5);
}

#[test]
fn a_plan_that_nothing_stands_in_the_way_of_ends_well() {
    let known = vec![contact("A", "C", &[("CITY", "Rome")]), contact("B", "C", &[])];
    let sheet = cities([("A", "Rome"), ("b", "Oslo")]);
    let world = World::new(knowing(known)).file("contacts.csv", sheet);
    let ran = plan(&world, &[]).expect(0);
    assert!(ran.out.contains("Customer  Contact  Field  Now      New"), "{}", ran.out);
    assert!(ran.out.contains(" b         C        CITY   (blank)  Oslo\n"), "{}", ran.out);
    assert!(!ran.out.contains('\u{1b}'), "no colours where there is no terminal");
    let ran = plan(&world, &["--out", "-", "--quiet"]).expect(0);
    assert_eq!(ran.out.lines().count(), 2, "{}", ran.out);
}

#[test]
fn later_rows_of_a_key_are_compared_with_what_earlier_ones_would_set() {
    // Far more rows apart than are looked ahead.
    let between: Vec<_> = (0..3_000).map(|number| format!("K{number}")).collect();
    let rows = |cities: [&'static str; 3]| {
        let [first, second, third] = cities;
        let between = between.iter().map(|key| (key.as_str(), "x"));
        [("A", first), ("A", second)]
            .into_iter()
            .chain(between)
            .chain([("A", third), ("A", "Kiel")])
    };
    let mut known: Vec<_> = between.iter().map(|key| contact(key, "C", &[("CITY", "x")])).collect();
    known.push(contact("A", "C", &[("CITY", "Rome")]));
    let world =
        World::new(knowing(known)).file("contacts.csv", cities(rows(["Rome", "Oslo", "Oslo"])));
    let ran = plan(&world, &["--out", "plan.csv"]).expect(0);
    let steps: Vec<_> =
        listed(&ran).into_iter().map(|[.., before, after]| (before, after)).collect();
    let expected = [("Rome", "Oslo"), ("Oslo", "Kiel")];
    assert_eq!(steps, expected.map(|(before, after)| (before.to_owned(), after.to_owned())));
}

#[test]
fn what_an_answer_does_not_show_is_not_taken_for_blank() {
    let body =
        r#"query all status 200 body '[{"CUSTOMER_ID":"A","CUST_CONTACT":"C","CITY":"Rome"}]'"#;
    let sheet = "CUSTOMER_ID,CUST_CONTACT,CITY,NOTES\nA,C,Rome,<clear>\n";
    let world = World::new(faulty(&[body])).file("contacts.csv", sheet);
    let ran = plan(&world, &["--out", "plan.csv"]).expect(0);
    assert_eq!(listed(&ran), [["C", "NOTES", "", ""].map(str::to_owned)]);
    assert_eq!(ran.table("plan.csv")[0]["comparable"], "no");
    assert!(ran.out.contains("(not shown)"), "{}", ran.out);
}

#[test]
fn an_answer_counts_only_for_the_record_that_was_asked_for() {
    // Each answer holds another record than the one asked for, as a misread key would give it.
    let body =
        r#"query all status 200 body '[{"CUSTOMER_ID":"A","CUST_CONTACT":"C2","CITY":"Rome"}]'"#;
    let sheet =
        "CUSTOMER_ID,CUST_CONTACT,CITY\nA,C%,Rome\nA,<C,Rome\nA,'in x',Rome\nA,\"IN 'C'\",Rome\n";
    let world = World::new(faulty(&[body])).file("contacts.csv", sheet);
    let ran = plan(&world, &[]).expect(1);
    assert!(ran.out.contains("2  not_found") && ran.out.contains("2  unknown"), "{}", ran.out);
    assert!(ran.out.contains("RP_NOT_FOUND") && ran.out.contains("RP_NOT_ASKABLE"), "{}", ran.out);
    assert_eq!(world.queries().len(), 3);
}

#[test]
fn none_found_may_be_told_by_an_error() {
    let world = World::new(faulty(&["query all status 500 message \"No records found.\""]))
        .file("contacts.csv", cities([("A", "Rome"), ("B", "Rome")]));
    let ran = plan(&world, &[]).expect(1);
    assert!(
        ran.out.contains("2  not_found") && ran.out.contains("No records found."),
        "{}",
        ran.out
    );
}

#[test]
fn faults_and_ended_tokens_are_overcome_and_the_rate_holds() {
    let mut setup = knowing((0..60).map(|row| contact(&format!("K{row}"), "C", &[])).collect());
    setup.faults = faulty(&["query every 4 status 503", "query 7 drop"]).faults;
    let rows: Vec<_> = (0..60).map(|row| format!("K{row}")).collect();
    let world = World::new(setup)
        .file("contacts.csv", cities(rows.iter().map(|key| (key.as_str(), "Rome"))));
    let ran = world.run(&["plan", "contacts.csv", "--rate", "100/s"]).expect(0);
    assert!(ran.out.contains("60  would_update"), "{}", ran.out);
    let received = world.received();
    assert!(received.len() > 75, "{}", received.len());
    let (first, last) = (received[0].arrived, received[received.len() - 1].arrived);
    let spent = last.duration_since(first);
    let fewest_ms = 10 * (received.len() - 2) - 100;
    assert!(spent.as_millis() >= fewest_ms as u128, "{} requests in {spent:?}", received.len());
}

#[test]
fn a_login_that_is_refused_ends_a_plan_without_a_list() {
    let world =
        World::new(faulty(&[])).password("wrong").file("contacts.csv", cities([("A", "Rome")]));
    let ran = plan(&world, &["--out", "plan.csv"]).expect(3);
    let told = "the plan is not complete, and the list of --out was not written; to make a whole one, give the same command again.";
    assert!(ran.err.contains(told) && !ran.has("plan.csv"), "{}", ran.err);
    assert!(!format!("{}{}", ran.out, ran.err).contains("--resume"), "a plan has no such flag");
    let ran = plan(&world, &["--out", "contacts.csv"]).expect(2);
    assert!(ran.err.contains("would take the place"), "{}", ran.err);
    let ran = plan(&world, &["--out", "none/plan.csv"]).expect(2);
    assert!(ran.err.contains("name another with --out"), "{}", ran.err);
}
