//! `--changes` and `undo`: what a run changed is listed, and put back where nobody has changed it since.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::thousand;
use crate::world::{Line, Ran, World, cities, contact, faulty, knowing};

const CHANGES: &str = "contacts.csv.changes.csv";
const UNDO: [&str; 7] = ["undo", CHANGES, "--yes", "--rate", "unlimited", "--max-clears", "1000"];

/// As many blanks as there are may be put back.
fn undo(world: &World, flags: &[&str]) -> Ran {
    world.run(&[&UNDO, flags].concat())
}

fn columns<const N: usize>(lines: Vec<Line>, columns: [&str; N]) -> Vec<[String; N]> {
    lines.into_iter().map(|line| columns.map(|column| line[column].clone())).collect()
}

#[test]
fn an_undo_leaves_every_contact_as_it_was() {
    let world = thousand::world();
    let before = thousand::stored(&world);
    let ran = world.update(&["--skip-unchanged", "--changes"]).expect(1);
    assert_eq!(world.updates().len(), thousand::CHANGED);
    let changes = ran.table(CHANGES);
    let made = columns(changes.clone(), ["row", "field", "before", "sent", "stored"]);
    let made: BTreeSet<_> = made.into_iter().collect();
    let planned = thousand::sheet().1.into_iter().map(|((row, field), (before, after))| {
        [row.to_string(), field, before, after.clone(), after]
    });
    assert!(made == planned.collect(), "the list is the plan, with what is stored");
    assert!(changes.iter().all(|line| line["confirmed"] == "yes" && line["comparable"] == "yes"));
    let stamps = ["OPERATOR_ID", "DATE_LAST_UPDT", "TIME_LAST_UPDT", "run_id"];
    assert!(stamps.iter().all(|stamp| changes.iter().all(|line| !line[*stamp].is_empty())));
    let undone = undo(&world, &[]).expect(0);
    assert!(undone.err.contains("… and 350 more changes"), "what it would do is shown first");
    assert!(thousand::stored(&world) == before, "byte for byte, in every field");
    assert_eq!(undone.table("contacts.csv.changes.csv.results.csv").len(), 400);
    // An undo can be undone.
    let again = "contacts.csv.changes.csv.changes.csv";
    world.run(&["undo", again, "--yes", "--rate", "unlimited"]).expect(0);
    let calm = thousand::world();
    calm.update(&[]).expect(1);
    assert_eq!(thousand::stored(&world), thousand::stored(&calm));
}

#[test]
fn a_run_that_changed_nothing_leaves_the_list_of_the_one_that_did() {
    let world = World::new(knowing(vec![contact("A", "C", &[("CITY", "Rome")])]))
        .file("contacts.csv", "CUSTOMER_ID,CUST_CONTACT,CITY\nA,C,Oslo\n");
    world.update(&["--changes"]).expect(0);
    let again = world.update(&["--changes"]).expect(0);
    let first = &again.table(CHANGES)[0]["run_id"];
    let told = format!("Changes: none; those of run {first} stand in contacts.csv.changes.csv");
    assert!(again.err.contains(&told), "{}", again.err);
    undo(&world, &[]).expect(0);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Rome"));
}

#[test]
fn a_run_that_changed_nothing_writes_no_list() {
    let world = World::new(knowing(vec![contact("A", "C", &[("CITY", "Oslo")])]))
        .file("contacts.csv", "CUSTOMER_ID,CUST_CONTACT,CITY\nA,C,Oslo\n")
        .password("wrong");
    let ran = world.update(&["--changes"]).expect(3);
    assert!(ran.err.contains("Changes: none\n") && !ran.has(CHANGES), "{}", ran.err);
    let world = world.password(rowpatch::sandbox::PASSWORD);
    // As earlier versions left it.
    std::fs::write(world.path(CHANGES), "run_id,row\n").expect("written");
    let ran = world.update(&["--changes", "--resume"]).expect(0);
    assert!(ran.err.contains("Changes: none\n"), "{}", ran.err);
}

/// Two targets with the same contact: `demo`, and `live`, which is the default.
fn two_targets(live: &World) -> World {
    let config = format!(
        "default_target = \"live\"\n[targets.live]\nbase_url = \"{}\"\ndata_source = \"SANDBOX\"\nuser_name = \"REHEARSAL\"\n",
        live.base_url()
    );
    let rome = contact("A", "C", &[("CITY", "Rome")]);
    World::new(knowing(vec![rome]))
        .config(&config)
        .file("contacts.csv", "CUSTOMER_ID,CUST_CONTACT,CITY\nA,C,Oslo\n")
}

#[test]
fn a_list_is_for_the_target_on_which_it_was_made() {
    let live = World::new(knowing(vec![contact("A", "C", &[("CITY", "Oslo")])]));
    let world = two_targets(&live);
    let plan = ["plan", "contacts.csv", "--out", "plan.csv", "--target", "demo"];
    world.run(&plan).expect(0);
    let made = world.update(&["--target", "demo", "--changes"]).expect(0);
    let demo = format!("SANDBOX at {}", world.base_url());
    for list in ["plan.csv", CHANGES] {
        assert_eq!(made.table(list)[0]["target"], demo, "{list}");
    }
    let refused = |ran: Ran| {
        let refused = ran.expect(2);
        let elsewhere = format!("SANDBOX at {}", live.base_url());
        for part in ["row 2 is of ", &demo, &elsewhere, "--target NAME"] {
            assert!(refused.err.contains(part), "{}", refused.err);
        }
    };
    refused(world.run(&["update", "--plan", "plan.csv", "--yes"]));
    refused(undo(&world, &[]));
    // An older list does not say it, but the account beside it does.
    let list = std::fs::read_to_string(world.path(CHANGES)).expect("a list");
    let old = list.replace(",target", "").replace(&format!(",{demo}"), "");
    assert_eq!(old.lines().count(), 2, "{old}");
    std::fs::write(world.path(CHANGES), old).expect("written");
    refused(undo(&world, &[]));
    assert!(live.received().is_empty());
    undo(&world, &["--target", "demo"]).expect(0);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Rome"));
    // Without it nobody knows.
    std::fs::remove_file(world.path("contacts.csv.run.json")).expect("removed");
    undo(&world, &["--start-over"]).expect(0);
    assert_eq!(live.stored("A", "CITY").as_deref(), Some("Rome"));
}

#[test]
fn a_rehearsal_takes_the_plan_of_a_target_and_its_own_list_is_for_no_other_machine() {
    let live = World::new(knowing(Vec::new()));
    let world = two_targets(&live);
    let plan = ["plan", "contacts.csv", "--out", "plan.csv", "--target", "demo"];
    world.run(&plan).expect(0);
    world.run(&["update", "--plan", "plan.csv", "--sandbox", "--yes"]).expect(1);
    let ran = world.update(&["--sandbox", "--changes"]).expect(0);
    let list = "contacts.csv.rehearsal.changes.csv";
    assert_eq!(ran.table(list)[0]["target"], "a rehearsal");
    let undo =
        |target| world.run(&["undo", list, "--yes", "--max-clears", "1", "--target", target]);
    undo("demo").expect(1);
    let world = world.config("[targets.far]\nbase_url = \"https://erp.example.com\"\ndata_source = \"X\"\nuser_name = \"Y\"\n");
    let refused = world.run(&["undo", list, "--yes", "--target", "far"]).expect(2);
    assert!(refused.err.contains("row 2 is of a rehearsal"), "{}", refused.err);
}

#[test]
fn a_key_that_comes_three_times_gets_back_what_it_held_before_the_first() {
    let fields = [("CITY", " Rome"), ("TITLE", ""), ("STATE", "NY")];
    let known = vec![contact("A", "X,Y", &fields), contact("B", "IN C", &fields)];
    let sheet = "CUSTOMER_ID,CUST_CONTACT,CITY,TITLE,STATE\nA,\"X,Y\",Oslo,Dr.,\na,\"X,Y\",Bonn,,<clear>\nB,IN C,Kiel,,\nA,\"X,Y\",Ulm,Prof.,\n";
    for flags in [&["--changes"][..], &["--changes", "--skip-unchanged"]] {
        let world = World::new(knowing(known.clone()))
            .config("max_clears = 1\n")
            .file("contacts.csv", sheet);
        let held = || {
            [world.contact("A", "X,Y"), world.contact("B", "IN C")].map(Option::unwrap_or_default)
        };
        let before = held();
        let ran = world.update(flags).expect(0);
        assert_eq!(world.updates().len(), 4);
        let made = columns(ran.table(CHANGES), ["row", "field", "before", "stored"]);
        let expected = [
            ["4", "CITY", " Rome", "Kiel"],
            ["3", "STATE", "NY", ""],
            ["5", "CITY", " Rome", "Ulm"],
            ["5", "TITLE", "", "Prof."],
        ];
        assert_eq!(made, expected);
        undo(&world, &[]).expect(0);
        let without_stamps = |contacts: [Line; 2]| {
            contacts.map(|mut contact| {
                contact.retain(|field, _| !field.starts_with("DATE") && !field.starts_with("TIME"));
                contact
            })
        };
        assert_eq!(without_stamps(held()), without_stamps(before));
    }
}

#[test]
fn what_somebody_else_has_changed_since_is_left_alone_and_named() {
    let world = thousand::world();
    let before = thousand::stored(&world);
    world.update(&["--skip-unchanged", "--changes"]).expect(1);
    let others: Vec<_> = (0..10).map(thousand::key).collect();
    let sheet = others.iter().fold("CUSTOMER_ID,CUST_CONTACT,CITY\n".to_owned(), |text, key| {
        format!("{text}{},{},Elsewhere\n", key.0, key.1)
    });
    let world = world.file("others.csv", sheet);
    world.run(&["update", "others.csv", "--yes", "--rate", "unlimited"]).expect(0);
    let undone = undo(&world, &[]).expect(1);
    let results = undone.table("contacts.csv.changes.csv.results.csv");
    let conflicts: Vec<_> =
        results.iter().filter(|line| line["status"] == "conflict").cloned().collect();
    assert_eq!(conflicts.len(), 10);
    assert!(conflicts.iter().all(|line| line["MESSAGE"].contains("CITY holds \"Elsewhere\"")));
    assert_eq!(results.iter().filter(|line| line["status"] == "updated").count(), 390);
    let (mut expected, held) = (before, thousand::stored(&world));
    for contact in &mut expected[..10] {
        contact.insert("CITY".to_owned(), "Elsewhere".to_owned());
    }
    assert_eq!(held, expected);
}

#[test]
fn what_a_field_held_before_and_nobody_knows_is_not_put_back_and_counts_as_no_blank() {
    // The endpoint takes contacts on at first sight: what they held before cannot be asked for.
    let world = World::new(faulty(&[]))
        .file("contacts.csv", "CUSTOMER_ID,CUST_CONTACT,CITY,STATE\nA,C,Oslo,CA\n");
    world.update(&["--changes"]).expect(0);
    let ran = world.run(&["undo", CHANGES, "--yes"]).expect(1);
    assert!(ran.err.contains("A         C        CITY   Oslo      (not known)"), "{}", ran.err);
    assert!(!ran.err.contains("BLANKED"), "{}", ran.err);
    let results = ran.table("contacts.csv.changes.csv.results.csv");
    let told = columns(results, ["status", "MESSAGE_CODE", "MESSAGE"]);
    let words = "CITY: what it held before is not known, so that the change is not made";
    assert_eq!(told[0], ["conflict", "RP_NOT_COMPARABLE", words]);
    assert_eq!(world.stored("A", "STATE").as_deref(), Some("CA"));
}

/// Starts a command again and again, and kills it; how often it left something to do.
fn killed(world: &World, command: &[&str], journal: &str) -> usize {
    let mut random = fastrand::Rng::with_seed(3);
    let mut deaths = 0;
    for _ in 0..8 {
        let mut child = world.start(command);
        std::thread::sleep(Duration::from_millis(random.u64(200..700)));
        child.kill().expect("killed, or ended");
        child.wait().expect("a child");
        deaths += usize::from(world.path(journal).exists());
    }
    deaths
}

/// Kills a run and its undo again and again, and lets them end: every contact must be as it was.
fn assert_is_as_it_was(world: &World, stored: &dyn Fn(&World) -> Vec<Line>, flags: &[&str]) {
    let before = stored(world);
    let update = ["update", "contacts.csv", "--yes", "--resume", "--rate", "200/s"];
    let update = [&update, flags].concat();
    let deaths = killed(world, &update, "contacts.csv.results.journal");
    assert!(deaths > 2, "{deaths}");
    let ran = world.run(&update);
    assert!(matches!(ran.code, Some(0 | 1)), "{}", ran.err);
    assert!(stored(world) != before);
    let slow = ["undo", CHANGES, "--yes", "--resume", "--rate", "200/s", "--max-clears", "1000"];
    let deaths = killed(world, &slow, "contacts.csv.changes.csv.results.journal");
    assert!(deaths > 2, "{deaths}");
    undo(world, &["--resume"]).expect(0);
    assert!(stored(world) == before, "byte for byte, in every field");
}

#[test]
fn a_run_and_its_undo_that_are_killed_again_and_again_leave_every_contact_as_it_was() {
    for flags in [&["--changes", "--skip-unchanged"][..], &["--changes"]] {
        assert_is_as_it_was(&thousand::world(), &thousand::stored, flags);
    }
}

#[test]
fn so_do_those_of_a_sheet_in_which_every_key_stands_three_times() {
    const CONTACTS: usize = 250;
    let name = |number: usize| format!("P{number}");
    let known = (0..CONTACTS).map(|number| contact("A", &name(number), &[("CITY", "Rome")]));
    let mut order: Vec<usize> = (0..CONTACTS).flat_map(|number| [number; 3]).collect();
    fastrand::Rng::with_seed(8).shuffle(&mut order);
    let sheet = (0..).zip(order).fold(
        "CUSTOMER_ID,CUST_CONTACT,CITY,TITLE\n".to_owned(),
        |text, (row, number)| match row % 5 {
            0 => format!("{text}A,{},Rome,<clear>\n", name(number)),
            1 => format!("{text}A,{},<clear>,\n", name(number)),
            _ => format!("{text}A,{},City {row},Title {row}\n", name(number)),
        },
    );
    let stored = |world: &World| {
        let one = |number| {
            let mut contact = world.contact("A", &name(number)).expect("a contact");
            contact.retain(|field, _| !field.starts_with("DATE") && !field.starts_with("TIME"));
            contact
        };
        (0..CONTACTS).map(one).collect()
    };
    for flags in [&["--changes", "--skip-unchanged"][..], &["--changes"]] {
        let world = World::new(knowing(known.clone().collect()))
            .config("max_clears = 300\n")
            .file("contacts.csv", &sheet);
        assert_is_as_it_was(&world, &stored, flags);
    }
}

#[test]
fn a_live_target_lists_changes_by_itself() {
    let known = vec![contact("A", "C", &[("CITY", "Rome")])];
    let sheet = "CUSTOMER_ID,CUST_CONTACT,CITY,STATE\nA,C,Rome,CA\n";
    let world = World::new(knowing(known)).target("live = true").file("contacts.csv", sheet);
    let ran = world.update(&[]).expect(0);
    assert_eq!(ran.column("fields"), ["CITY STATE"], "the row is sent whole");
    let made = columns(ran.table(CHANGES), ["field", "before", "stored"]);
    assert_eq!(made, [["STATE", "", "CA"]]);
    let ran = world.update(&["--no-changes", "--start-over", "--results", "second.csv"]).expect(0);
    assert!(!ran.has("second.changes.csv"));
    assert_eq!(world.queries().len(), 1);
}

#[test]
fn what_was_never_confirmed_is_listed_and_taken_back() {
    let mut setup = knowing(vec![contact("A", "C", &[("CITY", "Rome")])]);
    setup.faults = faulty(&["update 1 drop after"]).faults;
    let world = World::new(setup).file("contacts.csv", "CUSTOMER_ID,CUST_CONTACT,CITY\nA,C,Oslo\n");
    let ran = world.update(&["--changes", "--retries", "0"]).expect(1);
    assert_eq!(ran.column("status"), ["unconfirmed"]);
    let made = columns(ran.table(CHANGES), ["before", "sent", "stored", "confirmed"]);
    assert_eq!(made, [["Rome", "Oslo", "Oslo", "no"]]);
    undo(&world, &[]).expect(0);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Rome"));
}

#[test]
fn what_a_killed_run_changed_is_listed_before_it_is_left() {
    let customers = ["A", "B", "D"];
    let known = customers.map(|customer| contact(customer, "C", &[("CITY", "Rome")]));
    let mut setup = knowing(known.to_vec());
    setup.faults = faulty(&["update 3 hang"]).faults;
    let sheet = cities(customers.map(|customer| (customer, "Oslo")));
    let world = World::new(setup).file("contacts.csv", sheet);
    let flags = ["update", "contacts.csv", "--yes", "--changes", "--concurrency", "1"];
    let mut child = world.start(&flags);
    while world.updates().len() < 3 {
        std::thread::yield_now();
    }
    child.kill().expect("killed");
    child.wait().expect("a child");
    let looked = world.update(&["--resume", "--dry-run"]).expect(1);
    assert!(looked.err.contains("Changes: contacts.csv.changes.csv\n"), "{}", looked.err);
    let made = columns(looked.table(CHANGES), ["row", "before", "sent", "confirmed"]);
    let lines = [("2", "yes"), ("3", "yes"), ("4", "no")];
    assert_eq!(made, lines.map(|(row, confirmed)| [row, "Rome", "Oslo", confirmed]));
    let kept = looked.table(CHANGES);
    assert_eq!(kept[0]["target"], format!("SANDBOX at {}", world.base_url()));
    std::fs::rename(world.path(CHANGES), world.path("left.changes.csv")).expect("renamed");
    let again = world.update(&["--start-over", "--changes"]).expect(0);
    for part in ["stands only in its record", "give --resume --dry-run before --start-over"] {
        assert!(again.err.contains(part), "{}", again.err);
    }
    let undo = ["undo", "left.changes.csv", "--yes"];
    world.run(&undo).expect(0);
    for customer in customers {
        assert_eq!(world.stored(customer, "CITY").as_deref(), Some("Rome"));
    }
    let files = std::fs::read_dir(world.path(".")).expect("a folder").filter_map(Result::ok);
    let mut paths = files.map(|file| file.path());
    let record = paths.find(|path| path.extension().is_some_and(|ending| ending == "journal"));
    let journal = world.path("contacts.csv.results.journal");
    std::fs::rename(record.expect("it is kept"), journal).expect("renamed");
    assert_eq!(world.update(&["--resume", "--dry-run"]).expect(1).table(CHANGES), kept);
}

#[test]
fn blanks_are_put_back_only_if_somebody_allows_it() {
    let known = vec![contact("A", "C", &[("CITY", "Rome")])];
    let world = World::new(knowing(known))
        .file("contacts.csv", "CUSTOMER_ID,CUST_CONTACT,CITY,STATE\nA,C,Oslo,CA\n");
    world.update(&["--changes"]).expect(0);
    let refused = world.run(&["undo", CHANGES, "--yes"]).expect(2);
    for part in ["1 field would be blanked, as the list of changes says", "--max-clears 1"] {
        assert!(refused.err.contains(part), "{}", refused.err);
    }
    assert!(refused.err.contains("Field  Expected  New"), "{}", refused.err);
    assert_eq!(world.updates().len(), 1);
    world.run(&["undo", CHANGES, "--yes", "--max-clears", "1"]).expect(0);
    assert_eq!(world.stored("A", "STATE").as_deref(), Some(""));
    let help = world.run(&["undo", "--help"]).expect(0).out;
    assert!(help.contains("--resume") && !help.contains("dry-run"), "{help}");
}
