//! `export`: records of the endpoint into a spreadsheet, to edit and feed back.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, bail};

use super::blocking::{blocking, unless_interrupted};
use super::confirm::Person;
use super::connection::Connection;
use super::export_fields::{criteria, fields};
use super::export_found::Found;
use super::interrupt::Interrupt;
use super::lock::Lock;
use super::prepare::survey_of;
use super::survey::{self, Input, is_same_file};
use super::{about, logging, tell};
use crate::cli::{ExportArgs, command_line_only};
use crate::config::{Config, Environment, Settings};
use crate::erp::Question;
use crate::exit::ExitCode;
use crate::model::counted::counted;
use crate::model::mapping::Mapping;
use crate::model::record::{CUSTOMER_CONTACT, Field};
use crate::model::rules::SiteRules;
use crate::report::{ExportKind, ExportWriter, Output, Reading, Replace, names};

/// The file that is written if nobody names one.
const OUT: &str = "export.xlsx";

/// Reads, asks the endpoint, and writes.
pub(super) async fn run(args: ExportArgs, interrupt: Interrupt) -> anyhow::Result<ExitCode> {
    let flag = Arc::clone(interrupt.flag());
    let Some(prepared) = unless_interrupted(&interrupt, move || prepare(args, &flag)).await else {
        return Ok(ExitCode::Interrupted);
    };
    let prepared = prepared?;
    let Some((mut exporter, what, file)) = prepared else { return Ok(ExitCode::Interrupted) };
    let found = match what {
        What::Where(question) => exporter.ask(question, &interrupt).await?,
        What::Like(input) => exporter.look_up(*input, &interrupt).await?,
    };
    blocking(move || exporter.write(found, file)).await
}

/// Which records are wanted.
enum What {
    /// Those that meet a question.
    Where(Question),
    /// Those that the rows of a sheet name.
    Like(Box<Input>),
}

/// Where the export goes.
struct Destined {
    path: PathBuf,
    kind: ExportKind,
    output: Output,
}

/// What asks for the records, and writes them.
pub(super) struct Exporter {
    /// The way to the endpoint.
    pub(super) connection: Connection,
    /// How keys are read.
    pub(super) site: Arc<SiteRules>,
    /// What is wanted of each record.
    pub(super) fields: Vec<&'static Field>,
}

fn prepare(
    args: ExportArgs,
    cancelled: &AtomicBool,
) -> anyhow::Result<Option<(Exporter, What, Destined)>> {
    let ExportArgs { criteria: wanted, like, fields: named, out, typed, config } = args;
    let environment = Environment::of_process();
    let config = Config::load(&typed, config.as_deref(), environment, &command_line_only())?;
    logging::begin(&config)?;
    let mut settings = config.settings(&CUSTOMER_CONTACT)?;
    settings.mapping = Mapping { keys_only: true, constants: Vec::new(), ..settings.mapping };
    settings.site.set.clear();
    let fields = fields(&named, &CUSTOMER_CONTACT)?;
    let question = criteria(&wanted, &CUSTOMER_CONTACT)?;
    let (path, kind) = place(out, like.as_deref())?;
    let destination = config.destination()?;
    let lock = Lock::of_target(&destination.target, like.as_deref().unwrap_or(&path))?;
    let mut facts: Vec<_> = about::settings(&config, &settings.site)
        .into_iter()
        .chain(about::target(&destination.target))
        .collect();
    let what = match like {
        Some(file) => {
            let input = keys_of(file, &settings, cancelled)?;
            facts.extend(about::sheet(&input.table));
            What::Like(Box::new(input))
        }
        None => What::Where(Question::of(question)),
    };
    if cancelled.load(Ordering::Relaxed) {
        return Ok(None);
    }
    let Settings { site, quiet, .. } = settings;
    if !quiet {
        tell::err(about::told(&facts, tell::err_screen()).trim_end());
    }
    let is_standard = names::is_standard(&path);
    let output = if is_standard {
        Output::standard()
    } else {
        Output::create_as(&path, Replace::MoveAside, "--out")?
    };
    let person = Person::at_hand();
    let connection =
        Connection::open("export", destination, person, quiet, Some(lock))?.for_looking();
    let exporter = Exporter { connection, site: Arc::new(site), fields };
    Ok(Some((exporter, what, Destined { path, kind, output })))
}

/// Reads the keys of a sheet.
fn keys_of(file: PathBuf, settings: &Settings, cancelled: &AtomicBool) -> anyhow::Result<Input> {
    let files = [file];
    let reading = Reading::start(tell::audience(settings.quiet));
    let mut tables = survey::open_all(&files, settings, &CUSTOMER_CONTACT, &reading)?;
    let (Some(table), [file]) = (tables.pop(), files) else { bail!("there is no sheet of keys") };
    survey_of(&file, table, &settings.site, None, u64::MAX, cancelled, &reading)
}

/// Where the export goes, and what kind of file it is by its name.
fn place(out: Option<PathBuf>, like: Option<&Path>) -> anyhow::Result<(PathBuf, ExportKind)> {
    let path = out.unwrap_or_else(|| PathBuf::from(OUT));
    let kind = if names::is_standard(&path) || names::is_csv(&path) {
        ExportKind::Csv
    } else if names::is_workbook(&path) {
        ExportKind::Workbook
    } else {
        bail!(
            "{}: an export is a .xlsx or a .csv; end the name with one of the two",
            path.display()
        )
    };
    if like.is_some_and(|like| is_same_file(like, &path)) {
        bail!(
            "{}: the export would take the place of the sheet of keys; name another with --out",
            path.display()
        );
    }
    Ok((path, kind))
}

impl Exporter {
    /// Writes what was found; an export that is not whole is not put in place.
    fn write(self, mut found: Found, file: Destined) -> anyhow::Result<ExitCode> {
        let Destined { path, kind, output } = file;
        let Connection { id, target, quiet, .. } = &self.connection;
        let quiet = *quiet;
        let name = path.display();
        if let Some(stop) = &found.stop {
            tell::err(&format!(
                "Stopped early: {}; the export would not be whole, and {name} was not written.",
                stop.message
            ));
            return Ok(ExitCode::of_stop(stop.code));
        }
        let fields = self.fields.clone();
        let mut writer = ExportWriter::begin(output, kind, fields, &self.site)
            .with_context(|| format!("{name} cannot be written"))?;
        let code = found.write(&mut writer, &self.site)?;
        let rows = writer.rows();
        tell::unless(quiet, found.told().trim_end());
        if let Some(stop) = &found.stop {
            tell::err(&format!("{}; {name} was not written.", stop.message));
            return Ok(ExitCode::of_stop(stop.code));
        }
        let from = format!("{} at {}", target.data_source, target.base_url);
        if rows == 0 {
            tell::err(&format!("No record was found in {from}; {name} was not written."));
            return Ok(code.gravest(ExitCode::SomeRowsNot));
        }
        let written = writer.into_output().with_context(|| format!("{name} cannot be written"))?;
        let (output, not_shown) = written;
        let placed = output.finish()?;
        if not_shown.left_blank > 0 {
            tell::err(&format!(
                "{} left blank, since nobody could feed them back as they are; the first: {}.",
                counted(not_shown.left_blank, "cell"),
                not_shown.first
            ));
        }
        let told = |text: &str| tell::unless(quiet, text);
        if !not_shown.fields.is_empty() {
            told(&format!(
                "Not shown by the endpoint, and blank in the export: {}.",
                not_shown.fields.join(", ")
            ));
        }
        for line in tell::placed("Export", &placed) {
            told(&line);
        }
        told(&format!("{} exported from {from} (export {id}).", counted(rows, "record")));
        Ok(code)
    }
}
