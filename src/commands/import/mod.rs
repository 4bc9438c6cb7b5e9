//! `import`: every file that waits in the inbox, with nobody watching.

mod claimed;
mod course;
mod inbox;
mod last;
mod log;
mod told;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, ZonedDateTime};

use self::claimed::Claimed;
pub(super) use self::inbox::Inbox;
use self::log::Log;
use super::baseline_read::Compare;
use super::blocking::blocking;
use super::confirm::{Person, credentials};
use super::connection::destination;
use super::earlier::Wish;
use super::gate::{Gate, TooManyInvalid};
use super::interrupt::Interrupt;
use super::lock::{Held, Lock};
use super::logging;
use super::prepare::Plan;
use super::tell;
use super::way_on::WayOn;
use crate::cli::{ImportArgs, command_line_only};
use crate::config::{Config, Destination, Environment, Import, Settings};
use crate::engine::Pacer;
use crate::exit::ExitCode;
use crate::model::mapped::Look;
use crate::model::record::CUSTOMER_CONTACT;
use crate::report::names;

/// Imports what waits; files that an earlier import had begun come first.
pub(super) async fn run(args: ImportArgs, interrupt: Interrupt) -> anyhow::Result<ExitCode> {
    let environment = Environment::of_process();
    let config =
        Config::load(&args.typed, args.config.as_deref(), environment, &command_line_only())?;
    let import = config.import()?;
    logging::begin(&config)?;
    let settings = config.import_settings(&CUSTOMER_CONTACT)?;
    let Some(destination) = destination(&config, &interrupt).await? else {
        return Ok(ExitCode::Interrupted);
    };
    // Another run's end is waited for by the next import: no file is taken.
    drop(Lock::of_target(&destination.target, &import.inbox)?);
    let inbox = Inbox::open(&import)?;
    tell::also_to(Log::open(&inbox.logs(), import.keep_days)?);
    // What keeps every file from being sent is found before the first is taken.
    credentials(destination.secrets.clone(), &destination.target.user_name, Person::Absent)?;
    let closes_at = match import.window.map(|window| window.closes_at(&ZonedDateTime::now())) {
        Some(None) => {
            tell::err("It is outside the [import] window: nothing was sent.");
            return Ok(ExitCode::NothingSent);
        }
        closes_at => closes_at.flatten(),
    };
    let pacer = Pacer::new(destination.limits.rate);
    let importer = Importer { config, import, settings, destination, pacer, inbox, closes_at };
    importer.run(&interrupt).await
}

struct Importer {
    config: Config,
    import: Import,
    settings: Settings,
    destination: Destination,
    /// The rate is a property of the target, not of a file.
    pacer: Pacer,
    inbox: Inbox,
    closes_at: Option<Timestamp>,
}

impl Importer {
    /// Imports one file, and puts its folder where it belongs. How it ended, and whether rows of it are left to do.
    async fn import(&self, claimed: Claimed, interrupt: &Interrupt) -> (ExitCode, bool) {
        let age = claimed.age();
        if let Some(most) = self.import.max_age.filter(|most| age > *most) {
            tell::err(&format!(
                "{}: was begun {} ago, which is longer than [import] max_age ({}): its rows are not sent any more.",
                claimed.name(),
                span(Duration::from_secs(age.as_secs())),
                span(most)
            ));
            self.tell_standing(&claimed, interrupt).await;
            return self.put_away(&claimed, ExitCode::NothingSent, interrupt).await;
        }
        let code = match self.send(&claimed, interrupt).await {
            Ok(code) => code,
            Err(fault) if fault.is::<Held>() => {
                tell::err(&format!("rowpatch: {fault:#}"));
                ExitCode::Held
            }
            Err(fault) => {
                tell::err(&format!("rowpatch: {fault:#}"));
                if fault.is::<TooManyInvalid>() {
                    self.tell_invalid(&claimed, interrupt).await;
                }
                ExitCode::NothingSent
            }
        };
        self.finish(&claimed, code, interrupt).await
    }

    async fn send(&self, claimed: &Claimed, interrupt: &Interrupt) -> anyhow::Result<ExitCode> {
        let file = claimed.file().to_owned();
        let baseline = {
            let (import, settings) = (self.import.clone(), self.settings.clone());
            let (target, claimed) = (self.destination.target.clone(), claimed.clone());
            blocking(move || last::of(&claimed, &import, &settings, &target)).await?
        };
        let mut sent = self.inbox.sent(&self.destination.target);
        if let Some(baseline) = &baseline {
            // The very same rows once more hold nothing new, and are no accident.
            sent.remove(&baseline.rows);
        }
        let lists_changes = self.destination.target.live;
        let page = self.import.report.then(|| names::page(&names::results(&file, false)));
        let plan = Plan {
            config: self.config.clone(),
            settings: self.settings.clone(),
            destination: self.destination.clone(),
            pacer: self.pacer.clone(),
            person: Person::Absent,
            limit: u64::MAX,
            rehearsal: false,
            results: None,
            page,
            wish: Wish::Resume,
            gate: Gate { guards: self.import.guards, sent },
            look: Look::of(false, lists_changes),
            lists_changes,
            closes_at: self.closes_at,
            baseline: baseline.map_or(Compare::Nothing, Compare::Read),
            way_on: WayOn::NextImport,
        };
        plan.carry_out(vec![file], interrupt).await
    }

    /// A file with rows that are left to do stays for the next import; the others are put away, also one whose
    /// run stopped when its last row had ended.
    async fn finish(
        &self,
        claimed: &Claimed,
        code: ExitCode,
        interrupt: &Interrupt,
    ) -> (ExitCode, bool) {
        let is_left = claimed.has_rows_left() || is_cut_short(code) && !claimed.has_ended(code);
        if !is_left {
            return self.put_away(claimed, code, interrupt).await;
        }
        let name = claimed.name();
        tell::err(&self.left(claimed, code));
        self.tell_program(claimed.folder(), name, code, interrupt).await;
        (code, true)
    }

    /// A file that cannot be put away stays for the next import: what later files are compared with, and whether
    /// they are new, is looked for where it belongs.
    async fn put_away(
        &self,
        claimed: &Claimed,
        code: ExitCode,
        interrupt: &Interrupt,
    ) -> (ExitCode, bool) {
        let name = claimed.name();
        let folder =
            if code == ExitCode::Done { &self.import.archive } else { &self.import.failed };
        match claimed.put(folder) {
            Ok(put) => {
                self.note(&format!("{name}: is now in {}", put.display()));
                self.tell_program(&put, name, code, interrupt).await;
                (code, false)
            }
            Err(fault) => {
                let code = code.gravest(ExitCode::StoppedEarly);
                tell::err(&format!(
                    "rowpatch: {fault:#}; mend this; the next import puts it there."
                ));
                self.tell_program(claimed.folder(), name, code, interrupt).await;
                (code, true)
            }
        }
    }

    /// What is no fault: with --quiet it stands in the log alone.
    fn note(&self, text: &str) {
        tell::unless(self.settings.quiet, text);
    }
}

/// A span of time as it is typed in the configuration.
fn span(time: Duration) -> String {
    format!("{:#}", SignedDuration::try_from(time).unwrap_or(SignedDuration::MAX))
}

/// Whether something ended a file before its rows did.
fn is_cut_short(code: ExitCode) -> bool {
    matches!(code, ExitCode::StoppedEarly | ExitCode::Held | ExitCode::Interrupted)
}
