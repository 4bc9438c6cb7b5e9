//! `report`: a page to look at, or a workbook, made from the results of an earlier run.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::results_path::for_one_file;
use super::survey::is_same_file;
use super::tell;
use crate::cli::ReportArgs;
use crate::exit::ExitCode;
use crate::model::record::CUSTOMER_CONTACT;
use crate::report::{Account, Output, Page, Placed, Replace, ResultsAgain, ResultsReader, names};

/// Reads the results and, where it is there, the account of their run beside them, and writes the page, or the
/// workbook of the same lines.
pub(super) fn run(args: &ReportArgs) -> anyhow::Result<ExitCode> {
    let path = args.out.clone().unwrap_or_else(|| names::page(&args.results));
    let is_book = names::is_workbook(&path);
    if !is_book && !names::is_page(&path) {
        bail!("{}: end its name in .html for a page, or in .xlsx for a workbook", path.display());
    }
    let csv = names::as_csv(&args.results);
    if is_same_file(&path, &args.results) || is_same_file(&path, &csv) {
        bail!(
            "{}: the report would take the place of the results; name another with --out",
            path.display()
        );
    }
    // The results are read first: where they are none, nothing is moved out of the way.
    let account = account_of(&args.results);
    let placed = if is_book {
        refuse_taken(&path, &csv, account.as_ref())?;
        let book = book_of(&csv)?;
        let name = csv.file_name().unwrap_or_default().to_string_lossy();
        let output = Output::create_as(&path, Replace::MoveAside, "--out")?;
        let output = book.finish(&name, account.as_ref(), output);
        output.context("the workbook cannot be written")?.finish()?
    } else {
        let page = page_of(&args.results, account.as_ref())?;
        write(&page, Output::create_as(&path, Replace::MoveAside, "--out")?)?
    };
    for line in tell::placed(if is_book { "Workbook" } else { "Report" }, &placed) {
        tell::err(&line);
    }
    Ok(ExitCode::Done)
}

/// The account of the run that wrote these results last; that of a rehearsal has a name of its own, and that of results
/// that were moved aside was so too.
fn account_of(results: &Path) -> Option<Account> {
    let rehearsed = names::rehearsed(Some(results), results);
    let read = |results: &Path| Account::read(&names::account(Some(results), results));
    // Where results stand under that name, it is theirs.
    let of_rehearsal = if rehearsed.exists() { None } else { read(&rehearsed) };
    let aside = names::account_aside(results).and_then(|account| Account::read(&account));
    [read(results), of_rehearsal, aside]
        .into_iter()
        .flatten()
        .max_by_key(|account| account.ended_at)
}

/// Refuses a workbook that would push away what the run itself read or wrote.
///
/// # Errors
/// It stands where the sheet that was sent does, or where the run wrote these results as a workbook.
fn refuse_taken(book: &Path, csv: &Path, account: Option<&Account>) -> anyhow::Result<()> {
    if !book.exists() {
        return Ok(());
    }
    let inputs = [names::results(book, false), names::results(book, true)];
    let is_input = inputs.iter().any(|results| is_same_file(results, csv))
        || account.is_some_and(|account| is_same_file(book, Path::new(&account.input.file)));
    if is_input {
        bail!(
            "{}: the workbook would take the place of the file that was sent; name another with --out",
            book.display()
        );
    }
    if is_same_file(&names::as_csv(book), csv) {
        bail!(
            "{}: is the workbook of these results already; name another with --out",
            book.display()
        );
    }
    Ok(())
}

/// The workbook of results, as far as they tell.
///
/// # Errors
/// They cannot be read, or are no results.
fn book_of(csv: &Path) -> anyhow::Result<ResultsAgain> {
    let name_it = || csv.display().to_string();
    let file = File::open(csv).with_context(name_it)?;
    let mut lines = ResultsReader::begin(file, &CUSTOMER_CONTACT).with_context(name_it)?;
    ResultsAgain::of(&mut lines).with_context(name_it)
}

/// The page of results, with the account of their run if there is one.
///
/// # Errors
/// They cannot be read, or are no results.
pub(super) fn page_of(results: &Path, account: Option<&Account>) -> anyhow::Result<Page> {
    // Of a workbook the same lines stand beside it.
    let csv = names::as_csv(results);
    let name_it = || csv.display().to_string();
    let file = File::open(&csv).with_context(name_it)?;
    let mut lines = ResultsReader::begin(file, &CUSTOMER_CONTACT).with_context(name_it)?;
    let name = results.file_name().unwrap_or_default().to_string_lossy();
    Page::of(&mut lines, &CUSTOMER_CONTACT, &name, account).with_context(name_it)
}

/// Writes a page, and puts it in place.
///
/// # Errors
/// It cannot be written.
pub(super) fn write(page: &Page, mut output: Output) -> anyhow::Result<Placed> {
    page.write(&mut output).context("the page cannot be written")?;
    Ok(output.finish()?)
}

/// Refuses what is no page by its name.
///
/// # Errors
/// The name ends otherwise.
pub(super) fn refuse_other(path: &Path) -> anyhow::Result<()> {
    if !names::is_page(path) {
        bail!("{}: the report is a page; end its name in .html", path.display());
    }
    Ok(())
}

/// The page of a run, before the run: where it is to stand, and what it is written to.
pub(super) struct RunPage {
    path: PathBuf,
    output: Output,
}

impl RunPage {
    /// Opens the page at `path`, before anything is sent.
    ///
    /// # Errors
    /// It cannot be written there.
    pub(super) fn begin(path: &Path) -> anyhow::Result<Self> {
        let output = Output::create_as(path, Replace::MoveAside, "--report")?;
        Ok(Self { path: path.to_owned(), output })
    }

    /// Makes the page from the results that the run has just written. One that cannot be made does not change how
    /// the run ended: it is said, and can be made from the results later. The lines to tell.
    pub(super) fn finish(self, results: Option<&Path>, account: &Account) -> Vec<String> {
        let Self { path, output } = self;
        let Some(results) = results else { return Vec::new() };
        match page_of(results, Some(account)).and_then(|page| write(&page, output)) {
            Ok(placed) => tell::placed("Report", &placed),
            Err(fault) => vec![format!(
                "Report: none, since {} could not be made ({fault:#}); rowpatch report {} makes it from the results",
                path.display(),
                results.display()
            )],
        }
    }
}

/// Refuses a page that could not be made, or that would take the place of something.
///
/// # Errors
/// It is for several files, is no page by its name, stands where a file of the run does, or has no results that
/// it could be made from.
pub(super) fn refuse_page(
    page: Option<&Path>,
    files: &[PathBuf],
    results: Option<&Path>,
) -> anyhow::Result<()> {
    let Some(page) = page else { return Ok(()) };
    refuse_other(page)?;
    for_one_file(files, Some(page), "--report")?;
    if results.is_some_and(names::is_standard) {
        bail!(
            "--report is made from the results, which must be a file for that; name one with --results"
        );
    }
    if files.iter().map(PathBuf::as_path).chain(results).any(|other| is_same_file(other, page)) {
        bail!(
            "{}: the page would take the place of another file of the run; name another with --report",
            page.display()
        );
    }
    Ok(())
}
