//! Where each file that a run writes stands: beside the input or the results, told apart by its ending.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use jiff::civil::DateTime;

use super::RejectsKind;
use super::output::{DATED, with_suffix};

/// The name that stands for standard input and output.
const STANDARD: &str = "-";
/// The name that files of a run over standard input go by.
const STDIN_NAME: &str = "stdin";
/// The ending of results that were not given a name.
const RESULTS: &str = ".results.csv";
/// The ending of the record of what became of the rows.
const JOURNAL: &str = ".results.journal";
/// The ending of the results of a rehearsal.
const REHEARSAL: &str = ".rehearsal.csv";
/// The ending of the account of a run.
const ACCOUNT: &str = ".run.json";
/// The ending of the list of the changes that a run made.
const CHANGES: &str = ".changes.csv";
/// The endings of results that were given a name, and of which the names of the files beside them are made.
const ENDINGS: [&str; 4] = [RESULTS, ".results.xlsx", ".csv", ".xlsx"];

/// Where the results go when nobody said: `contacts.xlsx` gives `contacts.xlsx.results.csv`,
/// and in a rehearsal `contacts.xlsx.rehearsal.csv`.
#[must_use]
pub fn results(input: &Path, rehearsal: bool) -> PathBuf {
    with_ending(&named(input), if rehearsal { REHEARSAL } else { RESULTS })
}

/// By which name the files go that stand beside these results of a rehearsal: `monday.csv` gives `monday.rehearsal.csv`,
/// so that they are never taken for those of a run, nor take their place.
#[must_use]
pub fn rehearsed(results: Option<&Path>, input: &Path) -> PathBuf {
    with_ending(&stem(results, input), REHEARSAL)
}

/// Where the rejects go that belong to these results: `contacts.csv.results.csv` gives
/// `contacts.csv.rejects.csv`, and those of a workbook end in `.rejects.xlsx`. `results` is nothing
/// when they go to standard output.
#[must_use]
pub fn rejects(results: Option<&Path>, input: &Path, kind: &RejectsKind) -> PathBuf {
    let ending = match kind {
        RejectsKind::Csv => ".rejects.csv",
        RejectsKind::Workbook { .. } => ".rejects.xlsx",
    };
    with_ending(&stem(results, input), ending)
}

/// Where the record of what became of the rows goes while the run lasts.
#[must_use]
pub fn journal(results: Option<&Path>, input: &Path) -> PathBuf {
    with_ending(&stem(results, input), JOURNAL)
}

/// Whether a file is the record of a run by its name.
#[must_use]
pub fn is_journal(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().ends_with(JOURNAL))
}

/// The results that this record of a run stands beside: those that are there and are not the input, or else as they
/// are called when nobody names them.
#[must_use]
pub fn results_of(journal: &Path, input: &Path) -> PathBuf {
    let name = journal.file_name().unwrap_or_default().to_string_lossy();
    let stem = journal.with_file_name(name.strip_suffix(JOURNAL).unwrap_or(&name));
    let mut named = ENDINGS.iter().map(|ending| with_ending(&stem, ending));
    let there = named.find(|path| path.exists() && path.file_name() != input.file_name());
    there.unwrap_or_else(|| with_ending(&stem, RESULTS))
}

/// The folder that a file stands in.
#[must_use]
pub fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Where the account of a run goes that is for machines.
#[must_use]
pub fn account(results: Option<&Path>, input: &Path) -> PathBuf {
    with_ending(&stem(results, input), ACCOUNT)
}

/// Where the account stands that was moved aside together with these results, if they have a dated name:
/// `contacts.csv.results.DATE.csv` gives `contacts.csv.run.DATE.json`.
#[must_use]
pub fn account_aside(results: &Path) -> Option<PathBuf> {
    let stem = results.file_stem()?.to_str()?;
    let (name, date) = stem.match_indices('.').find_map(|(at, _)| {
        let date = &stem[at + 1..];
        // Of two that were moved aside in the same second, one has a number behind the date.
        let (day, _) = date.split_once('.').unwrap_or((date, ""));
        DateTime::strptime(DATED, day).is_ok().then_some((&stem[..at], date))
    })?;
    let results = results.with_file_name(format!("{name}.csv"));
    Some(with_suffix(&account(Some(&results), &results), date))
}

/// Where the list of the changes goes that a run made.
#[must_use]
pub fn changes(results: Option<&Path>, input: &Path) -> PathBuf {
    with_ending(&stem(results, input), CHANGES)
}

/// Where the account stands of the run that wrote this list of changes; nothing by another name than a run gives its
/// list, and for one of a rehearsal.
#[must_use]
pub fn account_of_list(changes: &Path) -> Option<PathBuf> {
    let stem = changes.file_name()?.to_str()?.strip_suffix(CHANGES)?;
    let is_of_run = !format!("{stem}.csv").ends_with(REHEARSAL);
    is_of_run.then(|| with_ending(&changes.with_file_name(stem), ACCOUNT))
}

/// Where a page that is made from these results goes when nobody said: `contacts.csv.results.csv` gives
/// `contacts.csv.results.html`.
#[must_use]
pub fn page(results: &Path) -> PathBuf {
    results.with_extension("html")
}

/// Where the file stands that keeps a second run away from these results.
#[must_use]
pub fn lock(results: Option<&Path>, input: &Path) -> PathBuf {
    with_ending(&stem(results, input), ".results.lock")
}

/// Whether a path stands for standard input or output.
#[must_use]
pub fn is_standard(path: &Path) -> bool {
    path.as_os_str() == STANDARD
}

/// Where the results go as CSV that were given this name: for a workbook they stand beside it, for what reads
/// them again.
#[must_use]
pub fn as_csv(results: &Path) -> PathBuf {
    if is_workbook(results) {
        with_ending(&stem(Some(results), results), RESULTS)
    } else {
        results.to_owned()
    }
}

/// Whether the results are to be a workbook.
#[must_use]
pub fn is_workbook(results: &Path) -> bool {
    ends_in(results, "xlsx")
}

/// Whether a file is CSV by its name.
#[must_use]
pub fn is_csv(path: &Path) -> bool {
    ends_in(path, "csv")
}

/// Whether a file is a page by its name.
#[must_use]
pub fn is_page(path: &Path) -> bool {
    ends_in(path, "html") || ends_in(path, "htm")
}

fn ends_in(path: &Path, wanted: &str) -> bool {
    path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case(wanted))
}

fn stem(results: Option<&Path>, input: &Path) -> PathBuf {
    let Some(results) = results else { return named(input) };
    let name = results.file_name().unwrap_or_default().to_string_lossy();
    let stem = ENDINGS.iter().find_map(|ending| name.strip_suffix(ending)).unwrap_or(&name);
    results.with_file_name(stem)
}

fn named(input: &Path) -> PathBuf {
    if is_standard(input) { PathBuf::from(STDIN_NAME) } else { input.to_owned() }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(ending);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_stands_beside_the_results() {
        let input = Path::new("in/contacts.xlsx");
        let own = results(input, false);
        assert_eq!(own, Path::new("in/contacts.xlsx.results.csv"));
        let (text, book) = (RejectsKind::Csv, RejectsKind::Workbook { sheet: "S".into() });
        assert_eq!(rejects(Some(&own), input, &book), Path::new("in/contacts.xlsx.rejects.xlsx"));
        assert_eq!(journal(Some(&own), input), Path::new("in/contacts.xlsx.results.journal"));
        let rehearsal = results(input, true);
        assert_eq!(
            rejects(Some(&rehearsal), input, &book),
            Path::new("in/contacts.xlsx.rehearsal.rejects.xlsx")
        );
        assert_eq!(rehearsed(None, input), rehearsal);
        let named = Path::new("out/monday.csv");
        assert_eq!(rehearsed(Some(named), input), Path::new("out/monday.rehearsal.csv"));
        assert_eq!(rejects(Some(named), input, &text), Path::new("out/monday.rejects.csv"));
        for named in ["out/monday.xlsx", "out/monday.results.xlsx", "out/monday.results.csv"] {
            let named = Path::new(named);
            assert_eq!(account(Some(named), input), Path::new("out/monday.run.json"));
            assert!(as_csv(named).starts_with("out") && !is_workbook(&as_csv(named)));
            assert_eq!(is_workbook(named), named.extension().is_some_and(|end| end == "xlsx"));
        }
        let aside = |name: &str| account_aside(Path::new(name));
        for (name, account) in [
            ("out/a.csv.results.2026-11-26T17-02-09.csv", "out/a.csv.run.2026-11-26T17-02-09.json"),
            ("monday.2026-11-26T17-02-09.2.csv", "monday.run.2026-11-26T17-02-09.2.json"),
        ] {
            assert_eq!(aside(name).as_deref(), Some(Path::new(account)));
        }
        assert_eq!(aside("a.csv.results.csv"), None);
        let list = changes(Some(&own), input);
        assert_eq!(account_of_list(&list), Some(account(Some(&own), input)));
        for other in [&changes(Some(&rehearsal), input), Path::new("-"), Path::new("list.csv")] {
            assert_eq!(account_of_list(other), None);
        }
        assert_eq!(rejects(None, input, &text), Path::new("in/contacts.xlsx.rejects.csv"));
        assert_eq!(results(Path::new("-"), false), Path::new("stdin.results.csv"));
    }
}
