//! The page of a run: what it tells is what the results say, and no text in it does harm.

use std::fmt::Write as _;

use rowpatch::report::{Account, Page, ResultsReader};

use rowpatch::sandbox::Setup;

use crate::world::{Ran, World, cities, faulty};

/// The longest note that a field holds.
const LONG: usize = 32_765;
/// Texts that do harm where they are not made harmless.
pub const HOSTILE: [&str; 4] = [
    "<script>alert(1)</script>",
    "\"><img onerror=alert(2)>",
    "=HYPERLINK(\"http://x\")",
    "ab\u{202e}cd",
];

/// What the page says how many rows ended so.
fn told(page: &str, status: &str) -> String {
    let mark = format!("<b data-status=\"{status}\">");
    page.split_once(&mark).map_or(String::new(), |(_, rest)| {
        rest.split_once('<').expect("the end of the number").0.to_owned()
    })
}

fn page(ran: &World, name: &str) -> String {
    std::fs::read_to_string(ran.path(name)).expect("a page")
}

/// A run with updated, failed and invalid rows, of keys that do harm, and with a message as long as can be.
fn hostile() -> World {
    let refused = format!("update key LONG status 500 code LONG message {}", "n".repeat(LONG));
    let mut faults = vec![refused];
    for key in HOSTILE {
        faults.push(format!(
            "update key {} status 500 code {} message {}",
            shell(key),
            shell(key),
            shell(&format!("no {key}"))
        ));
    }
    let faults: Vec<&str> = faults.iter().map(String::as_str).collect();
    let rows = HOSTILE.iter().map(|key| format!("\"{}\",C,Rome", key.replace('"', "\"\"")));
    let rows = rows.chain(["LONG,C,Rome".to_owned(), ",C,Rome".to_owned()]);
    let good = (0..20).map(|row| format!("K{row},C,Rome"));
    let sheet = rows
        .chain(good)
        .fold("CUSTOMER_ID,CUST_CONTACT,CITY\n".to_owned(), |text, row| text + &row + "\n");
    World::new(faulty(&faults)).file("contacts.csv", sheet)
}

/// A word of a fault.
fn shell(text: &str) -> String {
    format!("'{text}'")
}

#[test]
fn a_run_writes_a_page_whose_numbers_are_those_of_the_results() {
    let world = World::new(faulty(&["update key REFUSED status 500 message no code E1"])).file(
        "contacts.csv",
        "CUSTOMER_ID,CUST_CONTACT,CITY\nREFUSED,C1,Rome\nREFUSED,C2,Rome\nA,C,Rome\n,C,Rome\n",
    );
    let ran = world.update(&["--report", "report.html"]).expect(1);
    assert!(ran.err.contains("Report: report.html"), "{}", ran.err);
    let page = page(&world, "report.html");
    let numbers = ["updated", "invalid", "failed", "unconfirmed"].map(|status| told(&page, status));
    assert_eq!(numbers, ["1", "1", "2", ""]);
    for expected in [
        "<h1>1 of 4 rows updated</h1>",
        "<strong><bdi>SANDBOX</bdi></strong>",
        "SHA-256 of the rows",
        "2 rows, failed",
        "A key field is blank, not shown, or holds its own header, so that no record is named.",
        "<tr data-status=\"failed\" data-code=\"E1\">",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    assert_eq!(page.matches("<tr data-status=").count(), 3, "the updated row is not listed");
}

#[test]
fn no_text_of_a_cell_or_of_the_endpoint_does_harm() {
    let world = hostile();
    world.update(&["--report", "report.html", "--max-failures", "100%"]).expect(1);
    let page = page(&world, "report.html");
    assert_eq!(told(&page, "failed"), "5");
    for text in HOSTILE {
        assert!(!page.contains(text), "{text}");
    }
    assert_eq!(page.matches("<script").count(), 1, "its own");
    assert!(!page.contains("<img") && !page.contains('\u{202e}'));
    assert!(page.contains("&#60;script&#62;alert(1)&#60;/script&#62;"));
    assert!(page.contains("<bdi>=HYPERLINK("), "it is shown as it stands in the sheet");
    assert!(page.contains("<bdi>ab\\u{202e}cd</bdi>"));
    assert!(page.contains("(32,765 characters)") && page.len() < 200_000, "{}", page.len());
}

#[test]
fn nothing_is_loaded_and_only_the_script_of_the_page_may_run() {
    let world = hostile();
    world.update(&["--report", "report.html", "--max-failures", "100%"]).expect(1);
    let page = page(&world, "report.html");
    for loading in
        [" src=", "url(", "@import", "<link", "<iframe", "<object", "style=\"", " onclick"]
    {
        assert!(!page.contains(loading), "{loading}");
    }
    let (_, policy) =
        page.split_once("http-equiv=\"Content-Security-Policy\" content=\"").expect("a policy");
    let (policy, _) = policy.split_once('"').expect("its end");
    let policy = policy.replace("&#39;", "'");
    let expected = "default-src 'none'; script-src 'sha256-";
    assert!(policy.starts_with(expected) && !policy.contains("unsafe"), "{policy}");
}

#[test]
fn the_page_of_an_earlier_run_is_that_of_the_run() {
    let world = hostile();
    world.update(&["--report", "report.html", "--max-failures", "100%"]).expect(1);
    let ran = world.run(&["report", "contacts.csv.results.csv"]).expect(0);
    assert!(ran.err.contains("Report: contacts.csv.results.html"), "{}", ran.err);
    let without_time = |name: &str| {
        let page = page(&world, name);
        let (before, after) = page.split_once("<footer>").expect("a footer");
        (before.to_owned(), after.split_once(" from ").expect("the results").1.to_owned())
    };
    assert_eq!(without_time("report.html"), without_time("contacts.csv.results.html"));
}

#[test]
fn without_its_account_the_page_says_what_is_not_known() {
    let world = hostile();
    world.update(&["--max-failures", "100%"]).expect(1);
    let account = std::fs::read(world.path("contacts.csv.run.json")).expect("an account");
    std::fs::rename(world.path("contacts.csv.results.csv"), world.path("moved.csv"))
        .expect("moved");
    world.run(&["report", "moved.csv", "--out", "alone.html"]).expect(0);
    let alone = page(&world, "alone.html");
    assert!(alone.contains("there is no account of the run") && !alone.contains("SHA-256 of"));
    assert_eq!(told(&alone, "updated"), "20");
    std::fs::write(world.path("moved.run.json"), &account).expect("written");
    let results = std::fs::read_to_string(world.path("moved.csv")).expect("results");
    let fewer: Vec<&str> = results.lines().take(4).collect();
    std::fs::write(world.path("moved.csv"), fewer.join("\n")).expect("written");
    world.run(&["report", "moved.csv", "--out", "other.html"]).expect(0);
    let other = page(&world, "other.html");
    assert!(other.contains("it is of another run") && !other.contains("SHA-256 of"), "{other}");
}

#[test]
fn results_that_were_moved_aside_find_the_account_that_was_moved_aside_with_them() {
    let world = hostile();
    world.update(&["--max-failures", "100%"]).expect(1);
    for (name, dated) in [
        ("contacts.csv.results.csv", "contacts.csv.results.2026-11-26T17-02-09.csv"),
        ("contacts.csv.run.json", "contacts.csv.run.2026-11-26T17-02-09.json"),
    ] {
        std::fs::rename(world.path(name), world.path(dated)).expect("moved");
    }
    let dated = "contacts.csv.results.2026-11-26T17-02-09.csv";
    world.run(&["report", dated, "--out", "page.html"]).expect(0);
    let page = page(&world, "page.html");
    assert!(!page.contains("there is no account") && page.contains("SHA-256 of"), "{page}");
}

#[test]
fn the_page_of_a_check_says_that_nothing_was_sent() {
    let world = World::new(faulty(&[])).file("contacts.csv", cities([("A", "Rome"), ("", "Rome")]));
    world.run(&["check", "contacts.csv", "--results", "found.csv"]).expect(1);
    world.run(&["report", "found.csv"]).expect(0);
    let page = page(&world, "found.html");
    assert!(
        page.contains("<h1>1 of 2 rows would be sent</h1>") && page.contains("Nothing was sent:")
    );
    assert!(!page.contains("Over the time of the run"));
}

#[test]
fn a_check_that_no_row_passes_is_a_check_too_and_a_run_with_its_account_is_none() {
    let world = World::new(faulty(&[])).file("contacts.csv", cities([("", "Rome"), ("", "Oslo")]));
    world.run(&["check", "contacts.csv", "--results", "found.csv"]).expect(1);
    world.run(&["report", "found.csv"]).expect(0);
    let found = page(&world, "found.html");
    for part in ["<h1>0 of 2 rows would be sent</h1>", "Nothing was sent:", "What was checked"] {
        assert!(found.contains(part), "{part}");
    }
    assert!(!found.contains("Not known:"));
    world.update(&["--report", "sent.html"]).expect(1);
    assert!(page(&world, "sent.html").contains("<h1>0 of 2 rows updated</h1>"));
}

#[test]
fn what_is_no_results_or_no_page_is_refused() {
    let world = World::new(faulty(&[])).file("contacts.csv", cities([("A", "Rome")]));
    let refused = |arguments: &[&str], words: &str| {
        let ran: Ran = world.run(arguments).expect(2);
        assert!(ran.err.contains(words), "{}", ran.err);
    };
    refused(&["report", "missing.results.csv"], "missing.results.csv");
    refused(&["report", "contacts.csv"], "has no column \"row\"");
    let kinds = "end its name in .html for a page, or in .xlsx for a workbook";
    refused(&["report", "contacts.csv", "--out", "page.pdf"], kinds);
    let update = ["update", "contacts.csv", "--yes"];
    for name in ["page.pdf", "book.xlsx"] {
        refused(&[&update[..], &["--report", name]].concat(), "end its name in .html");
    }
    refused(
        &[&update[..], &["--report", "missing/page.html"]].concat(),
        "name another with --report",
    );
    refused(&[&update[..], &["--report", "p.html", "--results", "-"]].concat(), "must be a file");
    refused(&[&update[..], &["--report", "p.html", "--dry-run"]].concat(), "cannot be used with");
    refused(
        &[&update[..], &["contacts.csv", "--report", "p.html"]].concat(),
        "--report names one file",
    );
    assert_eq!(world.received().len(), 0, "nothing is sent that could not be told");
}

#[test]
fn an_earlier_page_is_kept_and_a_page_is_for_the_user_alone() {
    let world = World::new(faulty(&[]))
        .file("contacts.csv", cities([("A", "Rome")]))
        .file("p.html", "by a person");
    let ran = world.update(&["--report", "p.html"]).expect(0);
    assert!(ran.err.contains("an earlier one is kept as p.20"), "{}", ran.err);
    assert!(page(&world, "p.html").contains("1 of 1 row updated"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(world.path("p.html")).expect("a page").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let names = std::fs::read_dir(world.path(".")).expect("a folder").filter_map(Result::ok);
    let names: Vec<_> =
        names.map(|entry| entry.file_name().into_string().expect("UTF-8")).collect();
    assert!(!names.iter().any(|name| name.ends_with(".partial")), "{names:?}");
}

#[test]
fn a_page_that_cannot_be_put_in_place_does_not_change_how_the_run_ended() {
    let world =
        World::new(faulty(&[])).file("contacts.csv", cities([("A", "1"), ("B", "2"), ("C", "3")]));
    std::fs::create_dir(world.path("pages")).expect("a folder");
    let arguments =
        ["update", "contacts.csv", "--yes", "--rate", "2/s", "--report", "pages/p.html"];
    let mut command = world.command(&arguments);
    let child = command.stderr(std::process::Stdio::piped()).stdout(std::process::Stdio::piped());
    let child = child.stdin(std::process::Stdio::null()).spawn().expect("the program runs");
    while world.updates().is_empty() {
        std::thread::yield_now();
    }
    std::fs::remove_dir_all(world.path("pages")).expect("removed");
    let ran = world.ran(child.wait_with_output().expect("it ends")).expect(0);
    assert!(ran.err.contains("Report: none, since pages/p.html could not be made"), "{}", ran.err);
    assert_eq!(ran.results().len(), 3);
    assert!(!ran.has("contacts.csv.results.journal"), "the run is finished");
    world.run(&["report", "contacts.csv.results.csv"]).expect(0);
}

#[test]
fn holds_stand_in_the_account_and_on_the_page() {
    let world = World::new(faulty(&["update 2 status 429 retry-after 1"]))
        .file("contacts.csv", cities([("A", "1"), ("B", "2"), ("C", "3")]));
    world.update(&["--concurrency", "1", "--report", "p.html"]).expect(0);
    let text = std::fs::read_to_string(world.path("contacts.csv.run.json")).expect("an account");
    let account: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let holds = account["holds"].as_array().expect("a list");
    assert_eq!((holds.len(), &holds[0]["why"]), (1, &"asked".into()));
    let time = |end: &str| -> jiff::Timestamp {
        holds[0][end].as_str().expect("a text").parse().expect("a time")
    };
    let held = time("to").duration_since(time("from")).as_secs_f64();
    assert!((0.9..1.5).contains(&held), "{held}");
    let page = page(&world, "p.html");
    assert!(page.contains("1 hold, 1 s in all") && page.contains("the endpoint asked to wait"));
    assert!(page.contains("4 requests, of which 1 for rows that were sent again"));
}

#[test]
fn so_does_the_time_in_which_the_endpoint_was_down() {
    let world = World::new(faulty(&["update first 30 status 503"]))
        .file("contacts.csv", cities([("A", "1"), ("B", "2"), ("C", "3")]));
    world.update(&["--retries", "20", "--report", "p.html"]).expect(0);
    let text = std::fs::read_to_string(world.path("contacts.csv.run.json")).expect("an account");
    let account: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let causes: Vec<_> = account["holds"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|hold| hold["why"].as_str().expect("a text"))
        .collect();
    assert_eq!(causes, ["down"]);
    assert!(page(&world, "p.html").contains("the endpoint did not answer, and was tried"));
}

#[test]
fn of_very_many_rows_a_thousand_are_listed_and_the_rest_is_counted() {
    let header = "row,CUSTOMER_ID,CUST_CONTACT,status,http_status,MESSAGE_CODE,MESSAGE,fields,warnings,attempts,elapsed_ms,finished_at\n";
    let text = (0..30_000_u64).fold(header.to_owned(), |mut text, row| {
        let (status, code) = if row % 10 == 0 { ("failed", row % 3_000) } else { ("updated", 0) };
        writeln!(
            text,
            "{},K{row},C,{status},200,E{code},no,CITY,,1,5,2026-11-24T10:{:02}:00Z",
            row + 2,
            row / 1_000
        )
        .expect("memory is always written");
        text
    });
    let record = &rowpatch::model::record::CUSTOMER_CONTACT;
    let mut reader = ResultsReader::begin(text.as_bytes(), record).expect("results");
    let mut page = Vec::new();
    let made = Page::of(&mut reader, record, "r.csv", None::<&Account>).expect("read");
    made.write(&mut page).expect("written");
    let page = String::from_utf8(page).expect("UTF-8");
    assert_eq!((told(&page, "updated"), told(&page, "failed")), ("27,000".into(), "3,000".into()));
    assert_eq!(page.matches("<tr data-status=").count(), 1_000);
    assert!(
        page.contains("The first 1,000 of 3,000 rows. The other 2,000 rows are not listed here; the results have every row.")
    );
    assert!(
        page.contains("2,500 more rows with further codes"),
        "50 of 300 codes with 10 rows each"
    );
    assert!(page.len() < 1_000_000, "{}", page.len());
}

/// Where the system bounds it, the program is given 200 MB and no more.
#[cfg(unix)]
#[test]
fn a_page_of_two_hundred_thousand_rows_takes_little_memory() {
    let header = "row,CUSTOMER_ID,CUST_CONTACT,status,http_status,MESSAGE_CODE,MESSAGE,fields,warnings,attempts,elapsed_ms,finished_at\n";
    let note = "n".repeat(400);
    let text = (0..200_000_u32).fold(header.to_owned(), |mut text, row| {
        writeln!(
            text,
            "{},K{row},C,failed,500,E{row},{note},CITY,,1,5,2026-11-24T10:{:02}:00Z",
            row + 2,
            row % 60
        )
        .expect("memory is always written");
        text
    });
    let world = World::new(faulty(&[])).file("r.csv", text);
    let plain = world.command(&["report", "r.csv"]);
    let mut bounded = std::process::Command::new("sh");
    bounded.args(["-c", "ulimit -d 200000 && exec \"$0\" \"$@\""]).arg(plain.get_program());
    bounded.args(plain.get_args()).current_dir(world.path(""));
    let ran = world.ran(bounded.output().expect("the program runs")).expect(0);
    assert!(ran.err.contains("Report: r.html"), "{}", ran.err);
    assert!(page(&world, "r.html").contains("<h1>0 of 200,000 rows updated</h1>"));
}

#[test]
fn rows_beyond_the_limit_are_counted_and_not_listed() {
    let world =
        World::new(faulty(&[])).file("contacts.csv", cities([("A", "1"), ("B", "2"), ("C", "3")]));
    world.update(&["--limit", "1", "--report", "p.html"]).expect(0);
    let page = page(&world, "p.html");
    assert_eq!(told(&page, "not_sent"), "2");
    assert!(page.contains("2 rows stand beyond --limit"));
    assert_eq!(page.matches("<tr data-status=").count(), 0);
}

#[test]
fn values_that_were_stored_otherwise_are_told_by_field() {
    let cut = Setup { cut: vec![("CITY".into(), 4)], ..faulty(&[]) };
    let rows = [("A", "Rome"), ("B", "Oslo 1"), ("C", "Oslo 2")];
    let world = World::new(cut).file("contacts.csv", cities(rows));
    world.update(&["--report", "p.html"]).expect(0);
    let page = page(&world, "p.html");
    let (_, warnings) = page.split_once("<caption id=\"warnings-caption\"").expect("warnings");
    let (row, _) = warnings.split_once("</tbody>").expect("the end of the table");
    for expected in
        ["<code>CITY</code>", ">2</td>", "2 cut", "RP_STORED", "Row 3", "cut at 4 characters"]
    {
        assert!(row.contains(expected), "{expected}: {row}");
    }
}

#[test]
fn an_undo_has_a_page_too() {
    let world = World::new(crate::world::knowing(vec![crate::world::contact(
        "A",
        "C",
        &[("CITY", "Oslo")],
    )]))
    .file("contacts.csv", cities([("A", "Rome")]));
    world.update(&["--changes"]).expect(0);
    world.run(&["undo", "contacts.csv.changes.csv", "--yes", "--report", "undone.html"]).expect(0);
    assert_eq!(world.stored("A", "CITY").as_deref(), Some("Oslo"));
    assert!(page(&world, "undone.html").contains("<h1>1 of 1 row updated</h1>"));
}
