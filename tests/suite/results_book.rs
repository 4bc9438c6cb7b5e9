//! Results as a workbook: its cells are those of the results CSV, and as texts.

use std::path::Path;

use calamine::{Data, Reader as _, Xlsx, open_workbook};

use crate::world::{Line, Ran, World, cities, faulty};

/// The cells of a sheet as texts, from its header on.
fn sheet(path: &Path, name: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = open_workbook(path).expect("a workbook");
    let range = book.worksheet_range(name).expect("a sheet");
    let text = |cell: &Data| match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        Data::Float(number) => number.to_string(),
        other => panic!("{other:?} is neither a text nor a number"),
    };
    range.rows().map(|row| row.iter().map(text).collect()).collect()
}

/// The lines of a workbook of results, by column.
fn lines(path: &Path) -> Vec<Line> {
    let mut rows = sheet(path, "Results").into_iter();
    let header = rows.next().expect("a header");
    rows.map(|row| header.iter().cloned().zip(row).collect()).collect()
}

/// The lines of a results CSV as a workbook has them: nothing is defused there.
fn of_csv(ran: &Ran, name: &str) -> Vec<Line> {
    let mut lines = ran.table(name);
    for cell in lines.iter_mut().flat_map(Line::values_mut) {
        if let Some(text) =
            cell.strip_prefix('\'').filter(|text| text.starts_with(['=', '+', '-', '@']))
        {
            *cell = text.to_owned();
        }
    }
    lines
}

fn part(path: &Path, wanted: &str) -> String {
    let mut archive =
        zip::ZipArchive::new(std::fs::File::open(path).expect("a file")).expect("a zip");
    let mut part = archive.by_name(wanted).expect("a part");
    std::io::read_to_string(&mut part).expect("text")
}

const HARMFUL: &str = "CUSTOMER_ID,CUST_CONTACT,CITY,NOTES\n\
    007,C,Rome,one\n\
    \"=HYPERLINK(\"\"http://x.example\"\",\"\"y\"\")\",C,Rome,two\n\
    <script>,\"\"\"><img onerror=x>\",Rome,three\n\
    ,C,Rome,four\n\
    \u{202e}RTL,C,Rome,five\n\
    B,C,,\n";

#[test]
fn its_cells_are_those_of_the_results_csv_of_the_same_run() {
    let refused = "update all status 500 code 0815 message \"=cmd|' /C calc'!A0\"";
    let world = World::new(faulty(&[refused])).file("contacts.csv", HARMFUL);
    let ran = world.update(&["--results", "x.xlsx"]).expect(1);
    assert!(ran.err.contains("Results: x.results.csv\nWorkbook: x.xlsx\n"), "{}", ran.err);
    let book = lines(&world.path("x.xlsx"));
    assert_eq!(book, of_csv(&ran, "x.results.csv"));
    let keys: Vec<_> = book.iter().map(|line| line["CUSTOMER_ID"].as_str()).collect();
    let link = "=HYPERLINK(\"http://x.example\",\"y\")";
    assert_eq!(keys, ["007", link, "<script>", "", "\u{202e}RTL", "B"]);
    assert_eq!(book[0]["MESSAGE_CODE"], "0815");
    let xml = part(&world.path("x.xlsx"), "xl/worksheets/sheet2.xml");
    assert!(!xml.contains("<f>") && !xml.contains("<script>"), "no formula, and no markup");
    for name in ["x.rejects.csv", "x.run.json"] {
        assert!(ran.has(name), "{name}");
    }
    assert!(!ran.has("x.results.journal"));
}

#[test]
fn an_interrupted_run_tells_the_same_as_csv_and_as_a_workbook() {
    let rows: Vec<_> = (0..40).map(|row| format!("K{row}")).collect();
    let refused = ["update 20,21 status 500 code E1 message \"No.\""];
    let world = World::new(faulty(&refused))
        .file("contacts.csv", cities(rows.iter().map(|key| (key.as_str(), "Rome"))));
    world.update(&["--results", "x.xlsx", "--concurrency", "1", "--max-failures", "1"]).expect(3);
    assert!(world.path("x.results.journal").exists());
    // Both are named by the same rule, so that the run is found under either name.
    for name in ["x.csv", "x.results.xlsx"] {
        let arguments = ["update", "contacts.csv", "--dry-run", "--resume", "--results", name];
        world.run(&arguments).expect(1);
    }
    let ran = world.run(&["fields"]).expect(0);
    let csv = of_csv(&ran, "x.csv");
    assert_eq!(lines(&world.path("x.results.xlsx")), csv);
    assert_eq!(of_csv(&ran, "x.results.csv"), csv);
    assert_eq!(csv.iter().filter(|line| line["status"] == "not_sent").count(), 19);
    let ran = world.update(&["--results", "x.xlsx", "--resume", "--max-failures", "50%"]).expect(1);
    assert!(ran.err.contains("(an earlier one is kept as x."), "{}", ran.err);
    let settled = lines(&world.path("x.xlsx"));
    assert_eq!(settled.iter().filter(|line| line["status"] == "updated").count(), 38);
    assert!(!world.path("x.results.journal").exists());
}

#[test]
fn it_begins_with_a_summary_and_what_is_at_fault_has_a_note() {
    let world = World::new(faulty(&["update key B status 500 code LOCKED message \"Locked.\""]))
        .file("contacts.csv", "CUSTOMER_ID,CUST_CONTACT,CITY\nA,C,Rome\nB,C,Rome\n,C,Rome\n");
    let ran = world.update(&["--results", "out.xlsx"]).expect(1);
    let path = world.path("out.xlsx");
    let summary = sheet(&path, "Summary");
    let told = |name: &str| {
        let row = summary.iter().find(|row| row[0] == name);
        row.unwrap_or_else(|| panic!("{name}: {summary:?}"))[1].clone()
    };
    assert_eq!(told("File"), "contacts.csv");
    assert_eq!(told("Target"), world.base_url());
    assert!(ran.err.contains(&told("Run")), "{}", ran.err);
    assert_eq!(["updated", "invalid", "failed", "in all"].map(told), ["1", "1", "1", "3"]);
    assert_eq!(["LOCKED", "RP_KEY"].map(told), ["1", "1"]);
    assert!(part(&path, "xl/charts/chart1.xml").contains("Summary!$B$"), "a chart of the counts");
    let notes = part(&path, "xl/comments1.xml");
    let cells = ["ref=\"B4\"", "ref=\"F3\"", "ref=\"F4\""];
    assert!(cells.iter().all(|cell| notes.contains(cell)), "{notes}");
    assert_eq!(notes.matches("<comment ").count(), cells.len());
    assert!(notes.contains("Locked.") && notes.contains("column A CUSTOMER_ID: the key is blank"));
    assert!(part(&path, "xl/tables/table1.xml").contains("ref=\"A1:L4\""), "a table of all lines");
}

#[test]
fn a_check_writes_it_too_and_more_lines_than_a_table_has_get_filters() {
    let rows: Vec<_> = (0..20_001).map(|row| format!("{row:06}")).collect();
    let world = World::new(faulty(&[]))
        .file("contacts.csv", cities(rows.iter().map(|key| (key.as_str(), "Rome"))));
    let ran = world.run(&["check", "contacts.csv", "--results", "all.xlsx"]).expect(0);
    assert!(ran.out.contains("Workbook: all.xlsx"), "{}", ran.out);
    let path = world.path("all.xlsx");
    let lines = lines(&path);
    assert!(lines.iter().map(|line| &line["CUSTOMER_ID"]).eq(&rows));
    assert!(lines.iter().all(|line| line["status"] == "valid"));
    let xml = part(&path, "xl/worksheets/sheet2.xml");
    assert!(xml.contains("<autoFilter ref=\"A1:L20002\"/>"));
}

#[test]
fn what_reads_results_reads_those_beside_a_workbook() {
    let world = World::new(faulty(&[])).file("contacts.csv", cities([("A", "Rome")]));
    let ran = world.update(&["--results", "x.xlsx", "--report", "run.html"]).expect(0);
    assert!(ran.has("run.html"), "{}", ran.err);
    world.run(&["report", "x.xlsx", "--out", "later.html"]).expect(0);
    let page = std::fs::read_to_string(world.path("later.html")).expect("a page");
    assert!(page.contains("contacts.csv") && page.contains("updated"), "{page}");
}

#[test]
fn neither_the_workbook_nor_the_csv_beside_it_takes_the_place_of_the_input() {
    let sheet = cities([("A", "Rome")]);
    let world = World::new(faulty(&[])).file("x.results.csv", &sheet);
    let ran = world.run(&["check", "x.results.csv", "--results", "x.xlsx"]).expect(2);
    assert!(ran.err.contains("would take the place"), "{}", ran.err);
    let kept = std::fs::read_to_string(world.path("x.results.csv")).expect("text");
    assert_eq!(kept, sheet);
}

/// The first sheet, without the time at which it was written.
fn summary(path: &Path) -> Vec<Vec<String>> {
    let mut rows = sheet(path, "Summary");
    rows.retain(|row| row[0] != "Written");
    rows
}

/// A run with a workbook, of rows that do harm, some of them refused with texts that do, and one at length.
fn harmful() -> World {
    let long = format!("update key LONG status 500 code LONG message {}", "n".repeat(32_800));
    let refused = [
        "update key 007 status 500 code 0815 message \"=cmd|' /C calc'!A0\"",
        "update key <script> status 500 code =1+1 message \"@SUM(A1) a\u{1b}[2Jb\"",
        "update key -5 status 500 code -5 message -5.5",
        &long,
    ];
    let rows = "-5,C,Rome,seven\n+5-x,C,Rome,eight\n'abc,C,Rome,nine\nLONG,C,Rome,ten\n";
    World::new(faulty(&refused)).file("contacts.csv", format!("{HARMFUL}{rows}"))
}

#[test]
fn the_workbook_of_an_earlier_run_is_that_of_the_run() {
    let world = harmful();
    world.update(&["--results", "x.xlsx", "--max-failures", "100%"]).expect(1);
    let (own, made) = (world.path("x.xlsx"), world.path("made.xlsx"));
    let ran = world.run(&["report", "x.results.csv", "--out", "made.xlsx"]).expect(0);
    assert!(ran.err.contains("Workbook: made.xlsx") && !ran.has("x.results.html"), "{}", ran.err);
    let cells = sheet(&made, "Results");
    assert_eq!(cells, sheet(&own, "Results"));
    assert_eq!(summary(&made), summary(&own));
    // Colours, notes and the table, too.
    for name in ["xl/worksheets/sheet2.xml", "xl/comments1.xml", "xl/tables/table1.xml"] {
        assert!(part(&made, name) == part(&own, name), "{name}");
    }
    let column = |name: &str| cells[0].iter().position(|header| header == name).expect("a column");
    let of = |name: &str, row: usize| cells[row][column(name)].as_str();
    assert_eq!((of("CUSTOMER_ID", 1), of("MESSAGE_CODE", 1)), ("007", "0815"));
    assert!(of("MESSAGE", 1).contains("=cmd|' /C calc'!A0"));
    assert_eq!(of("MESSAGE_CODE", 3), "=1+1");
    let again = world.run(&["report", "x.xlsx", "--out", "made.xlsx"]).expect(0);
    assert!(again.err.contains("(an earlier one is kept as made.20"), "{}", again.err);
    assert_eq!(sheet(&made, "Results"), cells);
}

#[test]
fn without_its_account_the_workbook_is_made_and_says_what_is_not_known() {
    let world = harmful();
    world.update(&["--results", "x.xlsx", "--max-failures", "100%"]).expect(1);
    let account = std::fs::read(world.path("x.run.json")).expect("an account");
    std::fs::rename(world.path("x.results.csv"), world.path("moved.csv")).expect("moved");
    world.run(&["report", "moved.csv", "--out", "alone.xlsx"]).expect(0);
    let alone = world.path("alone.xlsx");
    assert_eq!(sheet(&alone, "Results"), sheet(&world.path("x.xlsx"), "Results"));
    let told = |path: &Path, name: &str| {
        let row = summary(path).into_iter().find(|row| row[0] == name);
        row.map(|row| row[1].clone())
    };
    assert_eq!(told(&alone, "Results").as_deref(), Some("moved.csv"));
    assert_eq!((told(&alone, "File"), told(&alone, "Target")), (None, None));
    assert!(told(&alone, "Not known").is_some_and(|why| why.starts_with("there is no account")));
    let counts =
        |path: &Path| ["updated", "invalid", "failed", "in all"].map(|row| told(path, row));
    assert_eq!(counts(&alone), counts(&world.path("x.xlsx")));
    let text = std::fs::read_to_string(world.path("moved.csv")).expect("results");
    let fewer: Vec<&str> = text.lines().take(3).collect();
    std::fs::write(world.path("moved.csv"), fewer.join("\n")).expect("written");
    std::fs::write(world.path("moved.run.json"), account).expect("written");
    world.run(&["report", "moved.csv", "--out", "other.xlsx"]).expect(0);
    let other = world.path("other.xlsx");
    assert!(told(&other, "Not known").is_some_and(|why| why.contains("it is of another run")));
    assert_eq!((told(&other, "File"), told(&other, "in all")), (None, Some("2".to_owned())));
}

#[test]
fn the_workbook_of_a_check_says_that_nothing_was_sent() {
    for keys in [&["A", ""][..], &[""]] {
        let sheet = cities(keys.iter().map(|key| (*key, "Rome")));
        let world = World::new(faulty(&[])).file("contacts.csv", sheet);
        world.run(&["check", "contacts.csv", "--results", "found.csv"]).expect(1);
        world.run(&["report", "found.csv", "--out", "found.xlsx"]).expect(0);
        let target = summary(&world.path("found.xlsx")).into_iter().find(|row| row[0] == "Target");
        assert!(target.is_some_and(|row| row[1].contains("nothing was sent")), "{keys:?}");
        assert_eq!(lines(&world.path("found.xlsx")).len(), keys.len());
    }
}

#[test]
fn it_takes_the_place_of_nothing_that_the_run_read_or_wrote() {
    let world = World::new(faulty(&[])).file("contacts.csv", cities([("A", "Rome")]));
    world.update(&["--results", "x.xlsx"]).expect(0);
    world.update(&[]).expect(0);
    let book = std::fs::read(world.path("x.xlsx")).expect("a workbook");
    // An input that is a workbook stands where the name of its results says, also without an account.
    std::fs::copy(world.path("contacts.csv.results.csv"), world.path("in.xlsx.results.csv"))
        .expect("copied");
    std::fs::copy(world.path("x.xlsx"), world.path("in.xlsx")).expect("copied");
    for (results, out, words) in [
        ("x.results.csv", "x.results.csv", "end its name in .html for a page, or in .xlsx"),
        ("x.results.csv", "x.pdf", "end its name in .html for a page, or in .xlsx"),
        ("x.results.csv", "x", "end its name in .html for a page, or in .xlsx"),
        ("x.results.csv", "x.xlsx", "x.xlsx: is the workbook of these results already"),
        ("x.xlsx", "./x.xlsx", "would take the place of the results"),
        ("in.xlsx.results.csv", "in.xlsx", "would take the place of the file that was sent"),
        ("contacts.csv", "no.xlsx", "has no column \"row\""),
        ("x.results.csv", "missing/x.xlsx", "name another with --out"),
    ] {
        let ran = world.run(&["report", results, "--out", out]).expect(2);
        assert!(ran.err.contains(words), "{out}: {}", ran.err);
    }
    for name in ["x.xlsx", "in.xlsx"] {
        assert!(std::fs::read(world.path(name)).expect("a workbook") == book, "{name}");
    }
    // Where none stands, that is its name.
    std::fs::remove_file(world.path("x.xlsx")).expect("removed");
    world.run(&["report", "x.results.csv", "--out", "x.xlsx"]).expect(0);
    assert_eq!(lines(&world.path("x.xlsx")).len(), 1);
}

/// Where the system bounds it, the program is given 60 MB: less than these lines take where all of them are kept.
#[cfg(unix)]
#[test]
fn the_memory_that_a_workbook_takes_does_not_grow_with_the_rows_of_an_earlier_run() {
    let header = "row,CUSTOMER_ID,CUST_CONTACT,status,http_status,MESSAGE_CODE,MESSAGE,fields,warnings,attempts,elapsed_ms,finished_at\n";
    let warning = "n".repeat(1_000);
    let text = (2..40_002).fold(header.to_owned(), |text, row| {
        text + &format!("{row},K{row},C,updated,200,,,CITY,{warning},1,5,\n")
    });
    let world = World::new(faulty(&[])).file("r.csv", text);
    let plain = world.command(&["report", "r.csv", "--out", "r.xlsx"]);
    let mut bounded = std::process::Command::new("sh");
    bounded.args(["-c", "ulimit -d 60000 && exec \"$0\" \"$@\""]).arg(plain.get_program());
    bounded.args(plain.get_args()).current_dir(world.path(""));
    let ran = world.ran(bounded.output().expect("the program runs")).expect(0);
    assert!(ran.err.contains("Workbook: r.xlsx"), "{}", ran.err);
    assert!(part(&world.path("r.xlsx"), "xl/worksheets/sheet2.xml").contains("A1:L40001"));
}
