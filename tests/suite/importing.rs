//! `import`: every file that waits ends in exactly one place, whatever happens to the import.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{ToSpan as _, ZonedDateTime};

use crate::world::{Ran, World, cities, faulty, table};

pub const IMPORT: &str = "[import]\ninbox = \"inbox/*.csv\"\narchive = \"archive\"\nfailed = \"failed\"\nsettle_time = \"100ms\"\n";

/// A world with an inbox of these files.
pub fn world(files: &[(&str, String)], more: &str) -> World {
    let world = World::new(faulty(&[])).config(&format!("{IMPORT}{more}"));
    std::fs::create_dir(world.path("inbox")).expect("a folder");
    for (name, sheet) in files {
        std::fs::write(world.path("inbox").join(name), sheet).expect("written");
    }
    world
}

pub fn import(world: &World) -> Ran {
    world.run(&["import", "--rate", "unlimited"])
}

/// The folders in a folder, each under the name of the file that it was made for.
pub fn folders(world: &World, name: &str) -> BTreeMap<String, PathBuf> {
    let read = std::fs::read_dir(world.path(name)).into_iter().flatten().filter_map(Result::ok);
    let folders = read.filter(|entry| entry.path().is_dir());
    let named = folders.map(|folder| {
        let name = folder.file_name().into_string().expect("UTF-8");
        (name.split_once('.').expect("a stamp").1.to_owned(), folder.path())
    });
    named.collect()
}

pub fn names(world: &World, name: &str) -> Vec<String> {
    folders(world, name).into_keys().collect()
}

pub fn waiting(world: &World) -> Vec<String> {
    let files = std::fs::read_dir(world.path("inbox")).expect("a folder").filter_map(Result::ok);
    let files = files.filter(|entry| entry.path().is_file());
    let mut names: Vec<_> =
        files.map(|file| file.file_name().into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

pub fn log(world: &World) -> String {
    let logs = std::fs::read_dir(world.path("inbox/log")).expect("a folder").filter_map(Result::ok);
    logs.map(|log| std::fs::read_to_string(log.path()).expect("a log")).collect()
}

fn one(key: &str, city: &str) -> String {
    cities([(key, city)])
}

#[test]
fn a_page_of_each_run_stands_beside_its_results_if_it_is_wanted() {
    let world = world(&[("a.csv", one("A", "Rome"))], "report = true\n");
    import(&world).expect(0);
    let folder = folders(&world, "archive").remove("a.csv").expect("a folder");
    let page = std::fs::read_to_string(folder.join("a.csv.results.html")).expect("a page");
    assert!(page.contains("<h1>1 of 1 row updated</h1>"));
}

#[test]
fn what_went_well_is_archived_and_the_rest_is_put_aside_with_all_that_tells_of_it() {
    let files = [
        ("a.csv", one("A", "Rome")),
        ("b.csv", one("B", "#REF!")),
        ("c.csv", "nothing\nof,the\nsort\n".to_owned()),
        ("notes.txt", "no sheet".to_owned()),
    ];
    let world = world(&files, "");
    let ran = import(&world).expect(2);
    assert_eq!(names(&world, "archive"), ["a.csv"]);
    assert_eq!(names(&world, "failed"), ["b.csv", "c.csv"]);
    assert_eq!(waiting(&world), ["notes.txt"]);
    let of = |folder: &str, name: &str| folders(&world, folder).remove(name).expect("a folder");
    let results = table(&of("archive", "a.csv").join("a.csv.results.csv"));
    assert_eq!(results[0]["status"], "updated");
    assert!(of("archive", "a.csv").join("a.csv.run.json").exists());
    assert!(of("failed", "b.csv").join("b.csv.rejects.csv").exists());
    assert!(of("failed", "c.csv").join("c.csv").exists());
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Rome"));
    let told = log(&world);
    assert!(told.contains("c.csv") && told.contains("1 of 1 rows updated"), "{told}");
    assert!(ran.err.contains("a.csv: is now in archive"), "{}", ran.err);
    let again = import(&world).expect(0);
    assert!(!again.err.contains("is now in"), "{}", again.err);
}

#[test]
fn with_nobody_to_read_it_what_went_well_stands_in_the_log_alone() {
    let world = world(&[("a.csv", one("A", "Rome"))], "");
    let ran = world.run(&["import", "--quiet"]).expect(0);
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", ""));
    let told = log(&world);
    assert!(told.contains("1 of 1 rows updated") && told.contains("is now in"), "{told}");
}

#[test]
fn a_file_that_somebody_still_has_open_is_left_for_next_time() {
    let world = world(&[("a.csv", one("A", "Rome")), ("~$a.csv", String::new())], "");
    let ran = import(&world).expect(0);
    assert!(ran.err.contains("is open in another program"), "{}", ran.err);
    assert_eq!(waiting(&world), ["a.csv", "~$a.csv"]);
    std::fs::remove_file(world.path("inbox/~$a.csv")).expect("removed");
    import(&world).expect(0);
    assert_eq!(names(&world, "archive"), ["a.csv"]);
}

#[test]
fn files_that_are_hidden_are_nobodys_sheet_whatever_the_pattern() {
    let world = World::new(faulty(&[])).config(&IMPORT.replace("*.csv", "*"));
    std::fs::create_dir(world.path("inbox")).expect("a folder");
    let hidden = [".hid.csv", "._a.csv", ".~lock.a.csv#"];
    for name in ["a.csv"].iter().chain(&hidden) {
        std::fs::write(world.path("inbox").join(name), one("A", "Rome")).expect("written");
    }
    let ran = import(&world).expect(0);
    assert!(ran.err.contains("is open in another program (.~lock.a.csv#)"), "{}", ran.err);
    assert_eq!(waiting(&world).len(), 4);
    std::fs::remove_file(world.path("inbox/.~lock.a.csv#")).expect("removed");
    import(&world).expect(0);
    assert_eq!(names(&world, "archive"), ["a.csv"]);
    assert_eq!(waiting(&world), ["._a.csv", ".hid.csv"]);
}

#[test]
fn one_folder_for_all_and_guards_that_no_file_can_pass_are_refused() {
    let one_folder = IMPORT.replace("\"failed\"", "\"./archive/../archive\"");
    let guards = format!("{IMPORT}min_rows = 10\nmax_rows = 5\n");
    for (config, words) in [
        (one_folder, "[import] archive and failed are one folder"),
        (guards, "[import] min_rows = 10 is more than max_rows = 5"),
    ] {
        let world = world(&[("a.csv", one("A", "Rome"))], "").with_config(&config);
        let ran = import(&world).expect(2);
        assert!(ran.err.contains(words), "{}", ran.err);
        assert_eq!((waiting(&world).len(), world.updates().len()), (1, 0));
    }
}

#[test]
fn a_file_that_is_missing_is_a_failure_where_one_is_expected() {
    let world = world(&[], "expect_files = 1\n");
    let ran = import(&world).expect(2);
    assert!(ran.err.contains("0 files waited"), "{}", ran.err);
}

#[test]
fn a_file_with_the_rows_of_one_that_was_sent_is_held() {
    let world = world(&[("a.csv", one("A", "Rome"))], "");
    import(&world).expect(0);
    std::fs::write(world.path("inbox/b.csv"), one("A", "Rome")).expect("written");
    let ran = import(&world).expect(2);
    assert!(ran.err.contains("has the same rows as"), "{}", ran.err);
    assert_eq!(names(&world, "failed"), ["b.csv"]);
    assert_eq!(world.updates().len(), 1);
}

#[test]
fn a_file_that_was_finished_and_not_put_away_is_not_sent_again_with_other_settings() {
    let world = world(&[("a.csv", one("A", "Rome"))], "");
    import(&world).expect(0);
    let put = folders(&world, "archive").remove("a.csv").expect("a folder");
    let begun = world.path("inbox/in-progress").join(put.file_name().expect("a name"));
    std::fs::rename(&put, begun).expect("as if the import had been killed before it put it away");
    let world = world.with_config(&format!("{IMPORT}[set]\nSTATE = \"NY\"\n"));
    let ran = import(&world).expect(2);
    assert!(ran.err.contains("has finished these rows with other settings"), "{}", ran.err);
    assert!(!ran.err.contains("--start-over"), "import knows no such flag: {}", ran.err);
    assert_eq!((world.updates().len(), names(&world, "failed")), (1, vec!["a.csv".to_owned()]));
}

#[test]
fn guards_keep_a_file_from_being_sent() {
    let rows = cities([("A", "1"), ("B", "#N/A"), ("C", "<clear>")]);
    for (guard, told) in [
        ("min_rows = 4", "min_rows is 4"),
        ("max_rows = 2", "max_rows is 2"),
        ("max_invalid = 0", "1 of 3 rows did not pass"),
        ("max_invalid = \"30%\"", "max_invalid is 30%"),
        ("max_clears = 0", "1 cell would be blanked"),
    ] {
        let world = world(&[("a.csv", rows.clone())], &format!("{guard}\n"));
        let ran = import(&world).expect(2);
        assert!(ran.err.contains(told), "{guard}: {}", ran.err);
        assert_eq!((world.updates().len(), names(&world, "failed").len()), (0, 1), "{guard}");
    }
    let world = world(&[("a.csv", rows)], "max_clears = 1\nmax_invalid = \"40%\"\n");
    import(&world).expect(1);
    assert_eq!(world.updates().len(), 2);
}

#[test]
fn rows_that_keep_a_file_from_being_sent_are_told() {
    let rows = cities([("A", "1"), ("B", "#N/A"), ("C", "3")]);
    let program = "on_finish = [\"sh\", \"-c\", \"env > told\"]\nmax_invalid = 0\n";
    let world = world(&[("a.csv", rows)], program);
    world.run(&["import", "--rate", "unlimited", "--config", "config.toml"]).expect(2);
    let folder = folders(&world, "failed").remove("a.csv").expect("a folder");
    let results = table(&folder.join("a.csv.results.csv"));
    let statuses: Vec<_> = results.iter().map(|line| line["status"].as_str()).collect();
    assert_eq!(statuses, ["valid", "invalid", "valid"]);
    assert_eq!(table(&folder.join("a.csv.rejects.csv")).len(), 1);
    if cfg!(unix) {
        let told = std::fs::read_to_string(world.path("told")).expect("the program ran");
        assert!(told.contains("ROWPATCH_RUN_JSON=\n"), "there is none: {told}");
    }
}

#[test]
fn what_keeps_every_file_from_being_sent_takes_none() {
    let world = world(&[("a.csv", one("A", "Rome"))], "");
    let ran = world.command(&["import"]).env_remove("ROWPATCH_PASSWORD").output();
    let told = String::from_utf8(ran.expect("the program runs").stderr).expect("UTF-8");
    assert!(told.contains("no password is set"), "{told}");
    assert_eq!(waiting(&world), ["a.csv"]);
    let elsewhere = world.with_config(&IMPORT.replace("inbox/", "inbxo/"));
    let ran = import(&elsewhere).expect(2);
    assert!(ran.err.contains("inbxo: there is no such folder"), "{}", ran.err);
    assert!(!elsewhere.path("inbxo").exists());
}

#[test]
fn a_file_with_rows_left_to_do_stays_whatever_keeps_it_from_going_on() {
    let world = world(&[("a.csv", cities([("A", "1"), ("B", "2")]))], "");
    let stopped = world.password("wrong");
    import(&stopped).expect(3);
    let world = stopped
        .password(rowpatch::sandbox::PASSWORD)
        .with_config(&format!("{IMPORT}[set]\nSTATE = \"CA\"\n"));
    let ran = import(&world).expect(2);
    assert!(ran.err.contains("made with other settings"), "{}", ran.err);
    assert!(!ran.err.contains("--resume") && !ran.err.contains("is not finished; the next import"));
    assert_eq!(names(&world, "inbox/in-progress"), ["a.csv"]);
    import(&world.with_config(IMPORT)).expect(0);
}

#[test]
fn a_file_that_no_import_can_go_on_with_is_begun_again_by_the_command_that_is_told() {
    let rows = cities([("A", "1"), ("B", "2")]);
    let stopped = world(&[("a b.csv", rows)], "").password("wrong");
    import(&stopped).expect(3);
    std::fs::write(stopped.path("inbox/c.csv"), one("C", "3")).expect("written");
    let world = stopped
        .password(rowpatch::sandbox::PASSWORD)
        .with_config(&format!("{IMPORT}[set]\nSTATE = \"CA\"\n"));
    let told = import(&world).expect(2).err;
    let (_, command) = told.split_once("give: rowpatch ").expect("a command");
    let words = shell_words::split(command.lines().next().expect("a line")).expect("words");
    let words: Vec<_> = words.iter().map(String::as_str).chain(["--yes"]).collect();
    assert!(words.contains(&"--config") && words.contains(&"--start-over"), "{told}");
    world.run(&words).expect(0);
    import(&world).expect(0);
    assert_eq!(names(&world, "archive"), ["a b.csv", "c.csv"]);
    assert_eq!((world.stored("B", "STATE").as_deref(), world.updates().len()), (Some("CA"), 3));
}

#[test]
fn no_later_file_overtakes_rows_that_are_left_to_do() {
    let world = World::new(faulty(&["update 1,2 drop after"])).config(IMPORT);
    std::fs::create_dir(world.path("inbox")).expect("a folder");
    for (name, city) in [("a.csv", "old"), ("b.csv", "new")] {
        std::fs::write(world.path("inbox").join(name), one("A", city)).expect("written");
    }
    let ran = world.run(&["import", "--rate", "unlimited", "--retries", "1"]).expect(1);
    assert!(ran.err.contains("b.csv: is left in the inbox"), "{}", ran.err);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("old"));
    import(&world).expect(0);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("new"));
    assert_eq!(names(&world, "archive"), ["a.csv", "b.csv"]);
}

#[test]
fn rows_that_are_not_resumed_any_more_are_told_as_they_stand() {
    let world = World::new(faulty(&["update 2 drop after"])).target("live = true").config(IMPORT);
    std::fs::create_dir(world.path("inbox")).expect("a folder");
    let rows = cities([("A", "1"), ("B", "2")]);
    std::fs::write(world.path("inbox/a.csv"), rows).expect("written");
    let flags = ["import", "--rate", "unlimited", "--retries", "0", "--concurrency", "1"];
    world.run(&flags).expect(1);
    let begun = folders(&world, "inbox/in-progress").remove("a.csv").expect("a folder");
    let old = begun.with_file_name("20200101T000000Z-0abcde.a.csv");
    std::fs::rename(&begun, &old).expect("renamed");
    // As if it had been killed.
    for ending in ["results.csv", "changes.csv", "run.json"] {
        std::fs::remove_file(old.join(format!("a.csv.{ending}"))).expect("removed");
    }
    let late = world.with_config(&format!("{IMPORT}max_age = \"90s\"\n"));
    let ran = import(&late).expect(2);
    assert!(ran.err.contains("longer than [import] max_age (1m 30s)"), "{}", ran.err);
    let folder = folders(&late, "failed").remove("a.csv").expect("a folder");
    let results = table(&folder.join("a.csv.results.csv"));
    // Which of them was the second to be sent, nobody knows.
    let mut statuses: Vec<_> = results.iter().map(|line| line["status"].as_str()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, ["unconfirmed", "updated"]);
    let changes = table(&folder.join("a.csv.changes.csv"));
    let mut confirmed: Vec<_> = changes.iter().map(|line| line["confirmed"].as_str()).collect();
    confirmed.sort_unstable();
    assert_eq!(confirmed, ["no", "yes"]);
    let account = std::fs::read_to_string(folder.join("a.csv.run.json")).expect("an account");
    let account: serde_json::Value = serde_json::from_str(&account).expect("JSON");
    assert_eq!(account["rows"]["by_status"]["updated"], 1);
    assert_eq!((&account["left_to_do"], &account["target"]["name"]), (&1.into(), &"demo".into()));
    assert_eq!(account["run_id"], changes[0]["run_id"].as_str());
}

#[test]
fn outside_the_window_nothing_is_sent() {
    let hour = |from_now: i64| {
        let time = ZonedDateTime::now().checked_add(from_now.hours()).expect("a time");
        time.strftime("%H:%M").to_string()
    };
    let closed = format!("window = \"{}-{}\"\n", hour(2), hour(4));
    let world = world(&[("a.csv", one("A", "Rome"))], &closed);
    let ran = import(&world).expect(2);
    assert!(ran.err.contains("outside the [import] window"), "{}", ran.err);
    assert_eq!((waiting(&world), world.updates().len()), (vec!["a.csv".to_owned()], 0));
    let open = format!("{IMPORT}window = \"{}-{}\"\n", hour(-2), hour(2));
    import(&world.with_config(&open)).expect(0);
}

#[test]
fn a_run_that_stopped_goes_on_with_the_next_import() {
    let world = World::new(faulty(&["update 2 status 404"])).config(IMPORT);
    std::fs::create_dir(world.path("inbox")).expect("a folder");
    let rows = cities([("A", "1"), ("B", "2"), ("C", "3")]);
    std::fs::write(world.path("inbox/a.csv"), rows).expect("written");
    std::fs::write(world.path("inbox/b.csv"), one("Z", "9")).expect("written");
    let stopped = world.password("wrong");
    let ran = import(&stopped).expect(3);
    assert!(ran.err.contains("is not finished"), "{}", ran.err);
    assert!(!ran.err.contains("Give --resume to go on"), "import knows no such flag: {}", ran.err);
    assert_eq!(names(&stopped, "inbox/in-progress"), ["a.csv"]);
    assert_eq!(waiting(&stopped), ["b.csv"], "the rest is left where it is");
    let world = stopped.password(rowpatch::sandbox::PASSWORD);
    let ran = import(&world).expect(1);
    assert!(ran.err.contains("an earlier import had begun it"), "{}", ran.err);
    assert_eq!(
        (names(&world, "failed"), names(&world, "archive")),
        (vec!["a.csv".to_owned()], vec!["b.csv".to_owned()])
    );
}

#[test]
fn rows_that_are_too_old_are_not_resumed() {
    let world = world(&[], "max_age = \"24h\"\n");
    let folder = world.path("inbox/in-progress/20200101T000000Z-0abcde.a.csv");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("a.csv"), one("A", "Rome")).expect("written");
    let ran = import(&world).expect(2);
    assert!(ran.err.contains("max_age"), "{}", ran.err);
    assert_eq!((names(&world, "failed"), world.updates().len()), (vec!["a.csv".to_owned()], 0));
}

#[cfg(unix)]
#[test]
fn a_program_is_told_how_each_file_ended_and_never_the_password() {
    let program =
        "on_finish = [\"sh\", \"-c\", \"env > told; cat \\\"$ROWPATCH_RUN_JSON\\\" > account\"]\n";
    let world = world(&[("a.csv", one("A", "Rome"))], program);
    world.run(&["import", "--rate", "unlimited", "--config", "config.toml"]).expect(0);
    let told = std::fs::read_to_string(world.path("told")).expect("the program ran");
    assert!(told.contains("ROWPATCH_EXIT_CODE=0\n"), "{told}");
    assert!(!told.contains(rowpatch::sandbox::PASSWORD), "{told}");
    let account = std::fs::read_to_string(world.path("account")).expect("the program ran");
    assert!(account.contains("\"run_id\""), "{account}");
}

#[test]
fn archives_are_kept_for_some_days() {
    let world = world(&[("a.csv", one("A", "Rome"))], "keep_days = 30\n");
    let old = world.path("archive/20200101T000000Z-0abcde.old.csv");
    let foreign = world.path("archive/2020.mine");
    for folder in [&old, &foreign] {
        std::fs::create_dir_all(folder).expect("a folder");
    }
    import(&world).expect(0);
    assert!(!old.exists() && foreign.exists());
    assert_eq!(names(&world, "archive").len(), 2);
}

pub fn kill(world: &World, after: Duration) {
    let mut child = world.start(&["import", "--rate", "300/s"]);
    std::thread::sleep(after);
    child.kill().expect("killed, or ended");
    child.wait().expect("a child");
}

/// Where a file is: in the inbox, in progress, in the archive or among the failed.
pub fn places(world: &World, name: &str) -> Vec<PathBuf> {
    let inbox = Some(world.path("inbox").join(name)).filter(|path| path.exists());
    let claimed = ["inbox/in-progress", "archive", "failed"].into_iter().flat_map(|place| {
        let read =
            std::fs::read_dir(world.path(place)).into_iter().flatten().filter_map(Result::ok);
        let files = read.map(|folder| folder.path().join(name)).filter(|file| file.exists());
        files.collect::<Vec<_>>()
    });
    inbox.into_iter().chain(claimed).collect()
}

#[test]
fn an_import_that_is_killed_again_and_again_loses_nothing_and_tells_every_row_once() {
    let sheet = |file: usize| {
        let rows: Vec<_> =
            (0..200).map(|row| (format!("F{file}K{}", row % 50), row.to_string())).collect();
        cities(rows.iter().map(|(key, city)| (key.as_str(), city.as_str())))
    };
    let names: Vec<_> = (0..5).map(|file| format!("{file}.csv")).collect();
    let files: Vec<_> = names.iter().map(String::as_str).zip((0..5).map(sheet)).collect();
    let world = world(&files, "");
    let mut random = fastrand::Rng::with_seed(3);
    for _ in 0..20 {
        kill(&world, Duration::from_millis(random.u64(100..500)));
        for name in &names {
            assert_eq!(places(&world, name).len(), 1, "{name}: {:?}", places(&world, name));
        }
    }
    let ran = import(&world);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    for (file, name) in names.iter().enumerate() {
        let [path] = &places(&world, name)[..] else { panic!("{name}") };
        assert!(path.starts_with(world.path("archive")), "{}", path.display());
        let results = table(&path.with_file_name(format!("{name}.results.csv")));
        assert_eq!(results.len(), 200, "{name}");
        assert!(results.iter().all(|line| line["status"] == "updated"), "{name}");
        for key in 0..50 {
            let stored = world.stored(&format!("F{file}K{key}"), "CITY");
            assert_eq!(stored, Some((150 + key).to_string()));
        }
    }
    assert_eq!(
        Path::new(&world.path("inbox/in-progress")).read_dir().expect("a folder").count(),
        0
    );
}

#[test]
fn doctor_tries_the_folders_of_an_import() {
    let world = world(&[], "");
    let told = world.run(&["doctor"]).expect(0).out;
    let line = told.lines().find(|line| line.starts_with("ok       import")).expect("a step");
    assert!(line.contains("go to archive or failed"), "{line}");
    std::fs::remove_dir(world.path("failed")).expect("removed");
    std::fs::write(world.path("failed"), "in the way").expect("written");
    let told = world.run(&["doctor"]).expect(2).out;
    assert!(told.contains("FAILED   import   failed cannot be made"), "{told}");
}
