//! Speed and memory of `check`, beside bare loops over the same files by the crates that read them.
//!
//! `cargo bench --bench reading` prints each figure beside its limit, and ends with exit code 1 if
//! one is missed. The files are made in a temporary folder; the program that is measured is the
//! release binary, as a whole process, its start included. Each pair is run in turn several times,
//! and the medians are compared, since machines are noisy.

use std::fs::File;
use std::io::{BufReader, Write as _};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use calamine::{Reader as _, Xlsx};
use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// Runs of each of a pair.
const RUNS: usize = 7;
/// Rows of the workbook.
const XLSX_ROWS: u32 = 100_000;
/// Rows of the text.
const CSV_ROWS: u32 = 1_000_000;
/// The most time that a check of a workbook may take, of the time of a bare loop.
const XLSX_LIMIT: f64 = 2.0;
/// The same for a text.
const CSV_LIMIT: f64 = 3.0;
/// Memory that a check of a workbook may take beyond its table of shared texts.
const MEMORY_LIMIT: u64 = 64 << 20;

const HEADER: [&str; 10] = [
    "CUSTOMER_ID",
    "CUST_CONTACT",
    "FIRST_NAME",
    "LAST_NAME",
    "CITY",
    "ZIP_CODE",
    "PHONE_NO",
    "E_MAIL",
    "SOFCT_USER_1",
    "SOFCT_USER_2",
];

fn main() -> ExitCode {
    let folder = tempfile::tempdir().expect("a folder");
    let (xlsx, csv) = (folder.path().join("contacts.xlsx"), folder.path().join("contacts.csv"));
    write_xlsx(&xlsx).expect("a workbook");
    write_csv(&csv).expect("a text");
    let good = [
        ratio("check, xlsx of 100,000 rows to a bare next_cell loop", XLSX_LIMIT, &xlsx, bare_xlsx),
        ratio("check, CSV of 1,000,000 rows to a bare record loop", CSV_LIMIT, &csv, bare_csv),
        memory(&xlsx),
    ];
    if good.iter().all(|good| *good) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn ratio(what: &str, limit: f64, file: &Path, bare: fn(&Path) -> usize) -> bool {
    let mut times = [const { Vec::new() }; 2];
    for run in 0..=RUNS {
        let began = Instant::now();
        std::hint::black_box(bare(file));
        let bare = began.elapsed();
        let began = Instant::now();
        assert!(check(file).status().expect("the program runs").success());
        // The first run of each warms the caches up.
        if run > 0 {
            times[0].push(began.elapsed());
            times[1].push(bare);
        }
    }
    let [ours, bare] = times.map(median);
    let ratio = ours.as_secs_f64() / bare.as_secs_f64();
    let figure = format!("{:.3} s / {:.3} s = {ratio:.2}", ours.as_secs_f64(), bare.as_secs_f64());
    line(what, &figure, &format!("at most {limit}"), ratio <= limit)
}

/// Peak memory of the process, and the texts that the workbook shares, as they lie in memory.
fn memory(xlsx: &Path) -> bool {
    let what = "check, peak memory beyond the table of shared texts";
    let output = Command::new("/usr/bin/time")
        .args(["-f", "%M", env!("CARGO_BIN_EXE_rowpatch"), "check"])
        .arg(xlsx)
        .stdout(Stdio::null())
        .output();
    let told = output.ok().and_then(|output| String::from_utf8(output.stderr).ok());
    let Some(peak) = told.and_then(|told| told.lines().last()?.trim().parse::<u64>().ok()) else {
        return line(what, "not measured", "needs GNU time", true);
    };
    let texts: u64 = shared_texts().map(|text| text.len() as u64 + 24).sum();
    let beyond = (peak << 10).saturating_sub(texts);
    let figure = format!("{} MiB of {} MiB", beyond >> 20, peak >> 10);
    line(what, &figure, &format!("at most {} MiB", MEMORY_LIMIT >> 20), beyond <= MEMORY_LIMIT)
}

fn line(what: &str, figure: &str, limit: &str, good: bool) -> bool {
    let verdict = if good { "kept" } else { "MISSED" };
    writeln!(std::io::stdout(), "{what:<54} {figure:>26}   {limit:<16} {verdict}")
        .expect("standard output is open");
    good
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn check(file: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rowpatch"));
    command.arg("check").arg(file).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn bare_xlsx(file: &Path) -> usize {
    let input = BufReader::new(File::open(file).expect("a file"));
    let mut workbook: Xlsx<_> = Xlsx::new(input).expect("a workbook");
    let mut cells = workbook.worksheet_cells_reader("Sheet1").expect("a sheet");
    let mut count = 0;
    while cells.next_cell().expect("a cell").is_some() {
        count += 1;
    }
    count
}

fn bare_csv(file: &Path) -> usize {
    let mut reader = csv::Reader::from_path(file).expect("a file");
    let mut record = csv::ByteRecord::new();
    let mut count = 0;
    while reader.read_byte_record(&mut record).expect("a record") {
        count += record.len();
    }
    count
}

/// The texts of a row, but for its key and its e-mail address.
fn names(row: u32) -> [String; 3] {
    let first = ["Ann", "Bob", "Carla", "Dirk", "Eve"][row as usize % 5];
    [first.to_owned(), format!("Last{}", row % 5_000), format!("City{}", row % 500)]
}

fn key(row: u32) -> [String; 2] {
    [format!("CUST{row:06}"), format!("CONTACT{}", row % 1_000)]
}

fn e_mail(row: u32) -> String {
    format!("user{row}@example.com")
}

fn shared_texts() -> impl Iterator<Item = String> {
    let of_row = |row| key(row).into_iter().chain(names(row)).chain([e_mail(row)]);
    let distinct: std::collections::HashSet<String> = (1..=XLSX_ROWS).flat_map(of_row).collect();
    distinct.into_iter()
}

/// Shared texts, masks of zeros and telephone numbers, dates, plain numbers.
fn write_xlsx(path: &Path) -> Result<(), XlsxError> {
    let mut workbook = Workbook::new();
    let formats =
        ["00000", "(###) ###-####", "yyyy-mm-dd"].map(|code| Format::new().set_num_format(code));
    let sheet = workbook.add_worksheet();
    for (column, name) in (0..).zip(HEADER) {
        sheet.write_string(0, column, name)?;
    }
    for row in 1..=XLSX_ROWS {
        let texts = key(row).into_iter().chain(names(row));
        for (column, text) in (0..).zip(texts) {
            sheet.write_string(row, column, text)?;
        }
        let number = f64::from(row);
        let numbers = [501.0 + number % 99_000.0, 2_012_000_000.0 + number * 7.0];
        sheet.write_number_with_format(row, 5, numbers[0], &formats[0])?;
        sheet.write_number_with_format(row, 6, numbers[1], &formats[1])?;
        sheet.write_string(row, 7, e_mail(row))?;
        sheet.write_number_with_format(row, 8, 36_526.0 + number % 9_000.0, &formats[2])?;
        sheet.write_number(row, 9, number * 3.0)?;
    }
    workbook.save(path)
}

fn write_csv(path: &Path) -> csv::Result<()> {
    let mut out = csv::Writer::from_path(path)?;
    out.write_record(HEADER)?;
    for row in 1..=CSV_ROWS {
        let zip = format!("{:05}", 501 + row % 99_000);
        let phone = format!("(408) 555-{:04}", row % 10_000);
        let texts = key(row).into_iter().chain(names(row));
        out.write_record(texts.chain([zip, phone, e_mail(row), "A".into(), "B".into()]))?;
    }
    Ok(out.flush()?)
}
