//! `[import] baseline = "last"`: what is as it was in the last file that was sent is not sent again.

use std::time::Duration;

use crate::importing::{IMPORT, folders, import, kill, log, names, world};
use crate::world::{Line, World, cities, faulty, table};

const LAST: &str = "baseline = \"last\"\n";

/// Something that happens to an archive.
type Spoil = fn(&World);

/// A file comes into the inbox, and is imported; status and fields of each row.
fn night(world: &World, name: &str, sheet: &str, code: i32) -> Vec<(String, String)> {
    std::fs::write(world.path("inbox").join(name), sheet).expect("written");
    import(world).expect(code);
    told(world, name)
}

fn told(world: &World, name: &str) -> Vec<(String, String)> {
    let put = ["archive", "failed"].map(|folder| folders(world, folder));
    let folder = put.iter().find_map(|folders| folders.get(name)).expect("it was put away");
    let line = |mut line: Line| {
        let mut column = |name: &str| line.remove(name).expect("a column");
        (column("status"), column("fields"))
    };
    table(&folder.join(format!("{name}.results.csv"))).into_iter().map(line).collect()
}

fn rows(told: &[(&str, &str)]) -> Vec<(String, String)> {
    told.iter().map(|(status, fields)| ((*status).to_owned(), (*fields).to_owned())).collect()
}

#[test]
fn rows_that_are_as_they_were_are_unchanged() {
    let world = world(&[], LAST);
    let header = "CUSTOMER_ID,CUST_CONTACT,CITY,STATE,TIME_LAST_UPDT\n";
    let first = format!("{header}A,C,Rome,NY,1\nB,C,Oslo,,1\n");
    let updated = rows(&[("updated", "CITY STATE"), ("updated", "CITY")]);
    assert_eq!(night(&world, "1.csv", &first, 0), updated);
    let second = format!("{header}B,C,Oslo,,2\na,C,Rome,NJ,2\nD,C,Bonn,,2\n");
    let expected = rows(&[("unchanged", ""), ("updated", "STATE"), ("updated", "CITY")]);
    assert_eq!(night(&world, "2.csv", &second, 0), expected);
    assert!(log(&world).contains("1.csv: 1 row holds nothing new"), "{}", log(&world));
    assert_eq!((world.updates().len(), world.queries().len()), (4, 0), "stamps are passed over");
    // The very same rows once more are no accident.
    let same = rows(&[("unchanged", ""); 3]);
    assert_eq!(night(&world, "3.csv", &second, 0), same);
    // It was unchanged, and so its rows are what the records hold.
    let third = format!("{header}A,C,Rome,NJ,3\n");
    assert_eq!(night(&world, "4.csv", &third, 0), rows(&[("unchanged", "")]));
    assert_eq!(world.updates().len(), 4);
    // An older one is held as before.
    std::fs::write(world.path("inbox/5.csv"), &first).expect("written");
    assert!(import(&world).expect(2).err.contains("has the same rows as"));
}

#[test]
fn rows_that_did_not_go_well_are_sent_again() {
    let first = cities([("A", "Rome"), ("B", "#REF!"), ("C", "Rome"), ("C", "#REF!")]);
    let world = world(&[], LAST);
    let expected = [("updated", "CITY"), ("invalid", ""), ("updated", "CITY"), ("invalid", "")];
    assert_eq!(night(&world, "1.csv", &first, 1), rows(&expected));
    assert_eq!(names(&world, "failed"), ["1.csv"]);
    let second = cities([("A", "Rome"), ("B", "Rome"), ("C", "Rome")]);
    let expected = [("unchanged", ""), ("updated", "CITY"), ("updated", "CITY")];
    assert_eq!(night(&world, "2.csv", &second, 0), rows(&expected));
}

#[test]
fn what_was_sent_since_counts_though_it_was_not_archived() {
    let world = world(&[], LAST);
    night(&world, "1.csv", &cities([("A", "Rome")]), 0);
    night(&world, "2.csv", &cities([("A", "Oslo"), ("B", "#REF!")]), 1);
    assert_eq!(names(&world, "failed"), ["2.csv"]);
    let again = cities([("A", "Rome"), ("D", "Rome")]);
    assert_eq!(night(&world, "3.csv", &again, 0), rows(&[("updated", "CITY"); 2]));
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Rome"));
}

#[test]
fn where_the_last_file_cannot_be_trusted_all_is_sent() {
    let spoils: [(&str, Spoil); 4] = [
        ("was sent with other settings", |_| {}),
        ("is not what it was", |world| {
            let file = folders(world, "archive")["1.csv"].join("1.csv");
            std::fs::write(file, cities([("A", "Rome"), ("B", "Bonn")])).expect("written");
        }),
        ("cannot be read", |world| {
            let folder = &folders(world, "archive")["1.csv"];
            std::fs::remove_file(folder.join("1.csv.results.csv")).expect("removed");
        }),
        ("are not those of its rows", |world| {
            let results = folders(world, "archive")["1.csv"].join("1.csv.results.csv");
            let text = std::fs::read_to_string(&results).expect("text");
            std::fs::write(results, text.replace("\n2,", "\n7,")).expect("written");
        }),
    ];
    for (told, spoil) in spoils {
        let mut world = world(&[], LAST);
        night(&world, "1.csv", &cities([("A", "Rome"), ("B", "Rome")]), 0);
        spoil(&world);
        if told.contains("settings") {
            world = world.config("[set]\nSTATE = \"NY\"\n");
        }
        let again = cities([("A", "Rome"), ("D", "Rome")]);
        let results = night(&world, "2.csv", &again, 0);
        assert!(results.iter().all(|(status, _)| status == "updated"), "{told}: {results:?}");
        assert!(log(&world).contains(told), "{told}: {}", log(&world));
    }
}

#[test]
fn a_constant_that_was_sent_last_time_is_not_sent_again() {
    let world = world(&[], LAST).config("[set]\nSTATE = \"NY\"\n");
    night(&world, "1.csv", &cities([("A", "Rome"), ("B", "Rome")]), 0);
    let expected = rows(&[("unchanged", ""), ("updated", "CITY STATE")]);
    let second = cities([("B", "Rome"), ("D", "Rome")]);
    assert_eq!(night(&world, "2.csv", &second, 0), expected);
}

#[test]
fn what_was_begun_is_finished_with_the_file_that_it_was_begun_with() {
    let world = world(&[], LAST);
    night(&world, "1.csv", &cities([("A", "Rome"), ("B", "Rome"), ("D", "Rome")]), 0);
    let world = world.password("wrong");
    let second = cities([("A", "Rome"), ("B", "Oslo"), ("D", "Oslo")]);
    std::fs::write(world.path("inbox/2.csv"), second).expect("written");
    import(&world).expect(3);
    assert_eq!(names(&world, "inbox/in-progress"), ["2.csv"]);
    // Another file is sent in the meantime, as by an import whose inbox has the same archive.
    let begun = world.path("inbox/in-progress");
    std::fs::rename(&begun, world.path("kept")).expect("moved");
    let world = world.password(rowpatch::sandbox::PASSWORD);
    night(&world, "3.csv", &cities([("A", "Bonn")]), 0);
    std::fs::remove_dir_all(&begun).expect("removed");
    std::fs::rename(world.path("kept"), &begun).expect("moved back");
    import(&world).expect(0);
    let expected = rows(&[("unchanged", ""), ("updated", "CITY"), ("updated", "CITY")]);
    assert_eq!(told(&world, "2.csv"), expected);
}

#[test]
fn what_was_sent_while_a_file_was_in_progress_may_have_had_the_last_word() {
    // B is never confirmed, twice; in the meantime a second file changes A.
    let faulty = faulty(&["update 2 drop after", "update 3 drop after"]);
    let world = World::new(faulty).config(&format!("{IMPORT}{LAST}"));
    std::fs::create_dir(world.path("inbox")).expect("a folder");
    let comes = |name: &str, rows: &[(&str, &str)]| {
        let sheet = cities(rows.iter().copied());
        std::fs::write(world.path("inbox").join(name), sheet).expect("written");
    };
    let import = || world.run(&["import", "--rate", "unlimited", "--retries", "0"]);
    comes("1.csv", &[("A", "Rome"), ("B", "Rome")]);
    import().expect(1);
    std::thread::sleep(Duration::from_millis(1_100));
    comes("2.csv", &[("A", "Oslo")]);
    import().expect(1);
    assert_eq!(names(&world, "inbox/in-progress"), ["1.csv"]);
    comes("3.csv", &[("A", "Rome"), ("D", "Rome")]);
    import().expect(0);
    assert_eq!(names(&world, "archive"), ["1.csv", "2.csv", "3.csv"]);
    assert_eq!(told(&world, "3.csv"), rows(&[("updated", "CITY"); 2]));
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Rome"));
}

#[test]
fn nights_that_are_killed_again_and_again_leave_what_the_last_file_says() {
    // Each file changes every third record, by two rows, and says of the others what the one before said.
    let city = |file: usize, key: usize| {
        let changed = (0..=file).rev().find(|file| (file + key).is_multiple_of(3));
        format!("City {}", changed.map_or(0, |file| file + 1))
    };
    let sheet = |file: usize| {
        let keys: Vec<_> = (0..120).map(|key| format!("K{key}")).collect();
        let once = keys.iter().enumerate().map(|(at, key)| (key.as_str(), "between", at));
        let rows = once.flat_map(|(key, between, at)| {
            let is_changed = (file + at).is_multiple_of(3);
            let first = is_changed.then(|| (key, between.to_owned()));
            first.into_iter().chain([(key, city(file, at))])
        });
        let rows: Vec<_> = rows.collect();
        cities(rows.iter().map(|(key, city)| (*key, city.as_str())))
    };
    let files: Vec<_> = (0..5).map(|file| (format!("{file}.csv"), sheet(file))).collect();
    let files: Vec<_> = files.iter().map(|(name, sheet)| (&**name, sheet.clone())).collect();
    let world = world(&files, LAST);
    let mut random = fastrand::Rng::with_seed(9);
    for _ in 0..16 {
        kill(&world, Duration::from_millis(random.u64(100..450)));
    }
    import(&world).expect(0);
    assert_eq!(names(&world, "archive").len(), 5);
    for key in 0..120 {
        assert_eq!(world.stored(&format!("K{key}"), "CITY"), Some(city(4, key)), "K{key}");
    }
    assert!(told(&world, "4.csv").iter().any(|(status, _)| status == "unchanged"));
}

#[test]
fn another_word_is_refused() {
    let world = world(&[], "baseline = \"first\"\n");
    let ran = import(&world).expect(2);
    assert!(ran.err.contains("write it as baseline = \"last\""), "{}", ran.err);
}
