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
