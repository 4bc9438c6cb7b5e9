//! `import` where something goes wrong: what is left, what is held back, and how it ends.

use std::time::Duration;

use rowpatch::sandbox::Setup;

use crate::importing::{IMPORT, folders, import, names, waiting, world};
use crate::world::{World, cities, faulty};

/// A world with an inbox of these files, and such an endpoint.
fn troubled(setup: Setup, files: &[(&str, String)], config: &str) -> World {
    let world = World::new(setup).config(config);
    std::fs::create_dir(world.path("inbox")).expect("a folder");
    for (name, sheet) in files {
        std::fs::write(world.path("inbox").join(name), sheet).expect("written");
    }
    world
}

fn one(key: &str, city: &str) -> String {
    cities([(key, city)])
}

#[test]
fn a_file_that_stopped_on_its_last_row_is_finished_and_holds_back_no_other() {
    let rows = cities([("A", "1"), ("B", "2")]);
    let files = [("a.csv", rows), ("b.csv", one("Z", "9"))];
    let refusing = faulty(&["update 2 status 500 message no"]);
    let world = troubled(refusing, &files, &format!("max_failures = \"5%\"\n{IMPORT}"));
    let flags = ["import", "--rate", "unlimited", "--concurrency", "1"];
    let ran = world.run(&flags).expect(3);
    assert!(!ran.err.contains("is not finished"), "{}", ran.err);
    assert_eq!((names(&world, "failed"), names(&world, "archive")), one_each("a.csv", "b.csv"));
    // As an import would have left it that was killed before it put it away.
    let put = folders(&world, "failed").remove("a.csv").expect("a folder");
    let begun = world.path("inbox/in-progress").join(put.file_name().expect("a name"));
    std::fs::rename(&put, begun).expect("renamed");
    std::fs::write(world.path("inbox/c.csv"), one("Z", "8")).expect("written");
    world.run(&flags).expect(3);
    assert_eq!(names(&world, "failed"), ["a.csv"]);
    assert_eq!((names(&world, "archive").len(), world.updates().len()), (2, 4));
    world.run(&flags).expect(0);
}

fn one_each(failed: &str, archived: &str) -> (Vec<String>, Vec<String>) {
    (vec![failed.to_owned()], vec![archived.to_owned()])
}

#[cfg(unix)]
#[test]
fn an_interruption_while_the_last_row_is_in_flight_leaves_the_other_files_alone() {
    let files = [("a.csv", one("A", "1")), ("b.csv", one("B", "2"))];
    let slow = Setup { latency: Duration::from_secs(1), ..faulty(&[]) };
    let program = "on_finish = [\"sh\", \"-c\", \"echo $ROWPATCH_EXIT_CODE >> told\"]\n";
    let world = troubled(slow, &files, &format!("{IMPORT}{program}"));
    let mut child = world.start(&["import"]);
    while world.updates().is_empty() {
        std::thread::yield_now();
    }
    crate::interruption::signal(&child, "-TERM");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    assert_eq!(waiting(&world), ["b.csv"]);
    import(&world).expect(0);
    assert_eq!(names(&world, "archive"), ["a.csv", "b.csv"]);
    let told = std::fs::read_to_string(world.path("told")).expect("the program ran");
    assert_eq!(told, "0\n0\n", "also where the import was interrupted");
}

#[test]
fn the_rate_holds_from_one_file_to_the_next() {
    let names: Vec<_> = (0..6).map(|file| format!("{file}.csv")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), one(name, "Rome"))).collect();
    let world = world(&files, "");
    world.run(&["import", "--rate", "5/s"]).expect(0);
    let received = world.received();
    let took = received[received.len() - 1].arrived.duration_since(received[0].arrived);
    // So many requests need so much time, but for one.
    let least = Duration::from_millis(200) * u32::try_from(received.len() - 2).expect("few");
    assert!(took >= least, "{} requests in {took:?}", received.len());
}

#[test]
fn a_flag_comes_before_what_import_says() {
    let files = [("a.csv", one("A", "<clear>"))];
    let lenient = world(&files, "max_clears = 100\n");
    let ran = lenient.run(&["import", "--rate", "unlimited", "--max-clears", "0"]).expect(2);
    assert!(ran.err.contains("1 cell would be blanked"), "{}", ran.err);
    assert_eq!(lenient.updates().len(), 0);
    let wary = world(&files, "max_clears = 0\n");
    wary.run(&["import", "--rate", "unlimited", "--max-clears", "1"]).expect(0);
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_put_away_is_kept_and_what_was_sent_is_not_called_unsent() {
    // The program of the first file puts a file in the place of the archive.
    let breaks =
        "test -f told || { mv archive kept; touch archive; }; echo $ROWPATCH_EXIT_CODE >> told";
    let files = [("a.csv", one("A", "1")), ("b.csv", one("B", "2")), ("c.csv", one("B", "3"))];
    let world = world(&files, &format!("on_finish = [\"sh\", \"-c\", \"{breaks}\"]\n"));
    let flags = ["import", "--rate", "unlimited", "--config", "config.toml"];
    let ran = world.run(&flags).expect(3);
    assert!(ran.err.contains("b.csv cannot be put into archive"), "{}", ran.err);
    assert_eq!((names(&world, "inbox/in-progress"), waiting(&world)), one_each("b.csv", "c.csv"));
    let told = std::fs::read_to_string(world.path("told")).expect("the program ran");
    assert_eq!(told.lines().collect::<Vec<_>>(), ["0", "3"]);
    std::fs::remove_file(world.path("archive")).expect("removed");
    std::fs::rename(world.path("kept"), world.path("archive")).expect("renamed");
    import(&world).expect(0);
    assert_eq!(names(&world, "archive"), ["a.csv", "b.csv", "c.csv"]);
    assert_eq!(world.updates().len(), 3);
}

#[test]
fn no_file_overtakes_one_that_somebody_still_has_open() {
    let files = [("1.csv", one("A", "1")), ("2.csv", one("A", "2")), ("3.csv", one("A", "3"))];
    let world = world(&files, "");
    std::fs::write(world.path("inbox/~$2.csv"), "").expect("written");
    let ran = import(&world).expect(2);
    assert!(ran.err.contains("2.csv: is open in another program"), "{}", ran.err);
    assert!(ran.err.contains("3.csv: is left in the inbox"), "{}", ran.err);
    assert_eq!(waiting(&world), ["2.csv", "3.csv", "~$2.csv"]);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("1"));
    std::fs::remove_file(world.path("inbox/~$2.csv")).expect("removed");
    import(&world).expect(0);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("3"));
}

#[test]
fn no_file_overtakes_one_that_cannot_be_taken() {
    let world = world(&[("1.csv", one("A", "1")), ("2.csv", one("A", "2"))], "");
    // Its folder would have a longer name than a file system takes.
    let long = format!("{}.csv", "0".repeat(240));
    std::fs::write(world.path("inbox").join(&long), one("A", "0")).expect("written");
    let ran = import(&world).expect(2);
    assert!(ran.err.contains("cannot be made"), "{}", ran.err);
    assert_eq!((waiting(&world).len(), world.updates().len()), (3, 0));
}

#[test]
fn an_inbox_must_say_which_files_of_the_folder_are_meant() {
    for (inbox, is_there) in [("inbox", true), ("inbox", false), ("inbox/", true), ("in.box", true)]
    {
        let world = World::new(faulty(&[])).config(&IMPORT.replace("inbox/*.csv", inbox));
        if is_there {
            std::fs::create_dir(world.path(inbox)).expect("a folder");
        }
        let config = world.path("config.toml").display().to_string();
        for flags in [&["import"][..], &["import", "--config", &config]] {
            let ran = world.run(flags).expect(2);
            let cure = format!("write it as {}/*.csv", inbox.trim_end_matches('/'));
            assert!(ran.err.contains(&cure), "{inbox} {flags:?}: {}", ran.err);
        }
    }
}

#[test]
fn an_inbox_may_be_the_folder_of_the_configuration() {
    let world = World::new(faulty(&[]))
        .config(&IMPORT.replace("inbox/*.csv", "*.csv"))
        .file("a.csv", one("A", "Rome"));
    import(&world).expect(0);
    assert_eq!(names(&world, "archive"), ["a.csv"]);
}

#[test]
fn a_file_that_is_moved_back_into_the_inbox_is_begun_again() {
    let world = world(&[("a.csv", one("A", "1"))], "").password("wrong");
    import(&world).expect(3);
    let begun = folders(&world, "inbox/in-progress").remove("a.csv").expect("a folder");
    let world = world
        .password(rowpatch::sandbox::PASSWORD)
        .with_config(&format!("{IMPORT}[set]\nSTATE = \"CA\"\n"));
    let ran = import(&world).expect(2);
    assert!(ran.err.contains("move the file back into the inbox"), "{}", ran.err);
    std::fs::rename(begun.join("a.csv"), world.path("inbox/a.csv")).expect("moved");
    import(&world).expect(0);
    assert_eq!(world.stored("A", "STATE").as_deref(), Some("CA"));
}
