//! `doctor`: a set-up tried in daylight, step by step. No record is touched.

use std::io;
use std::path::Path;

use secrecy::SecretString;

use super::blocking::blocking;
use super::confirm::{Person, credentials};
use super::import::Inbox;
use super::interrupt::Interrupt;
use super::tell;
use crate::cli::{DoctorArgs, command_line_only};
use crate::config::{Config, Destination, Environment, Import, Typed};
use crate::erp::{Answer, Endpoint as _, ErpEndpoint, LoginReply, Probed, SetupFault};
use crate::exit::ExitCode;
use crate::model::record::CUSTOMER_CONTACT;
use crate::model::target::{Credentials, Target};

/// The steps between the configuration and the folder.
const ON_THE_WAY: [&str; 3] = ["address", "TLS", "login"];

/// Tells of every step, and ends as the gravest of them.
pub(super) async fn run(args: DoctorArgs, interrupt: Interrupt) -> anyhow::Result<ExitCode> {
    tokio::select! {
        code = examine(args) => Ok(code),
        () = interrupt.asked() => Ok(ExitCode::Interrupted),
    }
}

async fn examine(args: DoctorArgs) -> ExitCode {
    let mut report = Report { code: ExitCode::Done };
    match blocking(move || set_up(args)).await {
        Ok(SetUp { told, destination, endpoint, import }) => {
            report.tell("config", &Probed::Good(told), ExitCode::Done);
            try_the_way(&mut report, destination, &endpoint).await;
            if let Some(import) = import {
                let probed = blocking(move || import_folders(&import)).await;
                report.tell("import", &probed, ExitCode::NothingSent);
            }
        }
        Err(fault) => {
            report.tell("config", &Probed::Bad(format!("{fault:#}")), ExitCode::NothingSent);
            report.skip(&ON_THE_WAY, "the configuration comes first");
        }
    }
    report.tell("folder", &blocking(folder).await, ExitCode::NothingSent);
    report.code
}

/// What was found so far.
struct Report {
    code: ExitCode,
}

impl Report {
    /// Tells of a step; `code` is what its failure earns. Whether the next step can be tried.
    fn tell(&mut self, step: &str, probed: &Probed, code: ExitCode) -> bool {
        let (word, text) = match probed {
            Probed::Good(text) => ("ok", text),
            Probed::Skipped(text) => ("skipped", text),
            Probed::Bad(text) => ("FAILED", text),
        };
        // One line a step, whatever a server or a file has to say.
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        tell::out(&format!("{word:<8} {step:<8} {text}"));
        let is_bad = matches!(probed, Probed::Bad(_));
        if is_bad {
            self.code = self.code.gravest(code);
        }
        !is_bad
    }

    fn skip(&mut self, steps: &[&str], why: &str) {
        for step in steps {
            self.tell(step, &Probed::Skipped(why.to_owned()), ExitCode::Done);
        }
    }
}

/// What a run would have before its first spreadsheet.
struct SetUp {
    told: String,
    destination: Destination,
    endpoint: ErpEndpoint,
    import: Option<Import>,
}

/// Reads all that a run would read before its first spreadsheet.
fn set_up(args: DoctorArgs) -> anyhow::Result<SetUp> {
    let typed = Typed { target: args.target, ..Typed::default() };
    let environment = Environment::of_process();
    let config = Config::load(&typed, args.config.as_deref(), environment, &command_line_only())?;
    let file = config.needed_file()?;
    config.settings(&CUSTOMER_CONTACT)?;
    let import = config.has_import().then(|| config.import()).transpose()?;
    let destination = config.destination()?;
    let target = &destination.target;
    let told = format!(
        "{}: target {} at {}{}, data source {}, user {}",
        file.display(),
        target.name,
        target.base_url,
        if target.live { " (LIVE)" } else { "" },
        target.data_source,
        target.user_name
    );
    // Address and certificate need no password.
    let endpoint = endpoint(target, &Credentials::Token(SecretString::default()))?;
    Ok(SetUp { told, destination, endpoint, import })
}

fn endpoint(target: &Target, credentials: &Credentials) -> Result<ErpEndpoint, SetupFault> {
    let agent = format!("rowpatch/{} (doctor)", env!("CARGO_PKG_VERSION"));
    ErpEndpoint::new(target, credentials, &CUSTOMER_CONTACT, 1, &agent)
}

/// Each step needs the one before it.
async fn try_the_way(report: &mut Report, destination: Destination, endpoint: &ErpEndpoint) {
    let [address, tls, login] = ON_THE_WAY;
    if !report.tell(address, &endpoint.probe_address().await, ExitCode::StoppedEarly) {
        return report.skip(&[tls, login], "the address comes first");
    }
    if !report.tell(tls, &endpoint.probe_tls().await, ExitCode::StoppedEarly) {
        return report.skip(&[login], "TLS comes first: without it the password would not be safe");
    }
    let (probed, code) = match try_login(destination).await {
        Ok(probed) => (probed, ExitCode::StoppedEarly),
        Err(fault) => (Probed::Bad(format!("{fault:#}")), ExitCode::NothingSent),
    };
    report.tell(login, &probed, code);
}

/// Sends one login, if there is a password.
///
/// # Errors
/// There is none, and nobody can be asked.
async fn try_login(destination: Destination) -> anyhow::Result<Probed> {
    let Destination { target, secrets, .. } = destination;
    let user = target.user_name.clone();
    let found = blocking(move || credentials(secrets, &user, Person::at_hand())).await?;
    if let Credentials::Token(_) = found {
        return Ok(Probed::Skipped(
            "a token is set (ROWPATCH_AUTH_TOKEN), and no password: only an update can tell whether it is good".into(),
        ));
    }
    let reply = endpoint(&target, &found)?.login().await;
    Ok(login_in_words(reply, &target))
}

fn login_in_words(reply: LoginReply, target: &Target) -> Probed {
    let (user, books) = (&target.user_name, &target.data_source);
    match reply {
        LoginReply::Token(_) => Probed::Good(format!("{user} was let into {books}")),
        LoginReply::Refused(answer) => Probed::Bad(format!(
            "{user} was not let into {books} ({}); look at data_source, user_name and the password. One login was \
             sent: more with a wrong password could lock the account",
            in_words(&answer)
        )),
        LoginReply::WrongAddress(answer) => Probed::Bad(format!(
            "no login was found at this address ({}); look at base_url and proxy",
            in_words(&answer)
        )),
        LoginReply::Transient { answer, .. } => Probed::Bad(format!(
            "the login got no clear answer ({}); try again later, and look at base_url if that does not help",
            in_words(&answer)
        )),
        LoginReply::Silence(silence) => Probed::Bad(format!(
            "the login got no answer: {}; try again, and look at base_url and request_timeout",
            silence.text
        )),
    }
}

fn in_words(answer: &Answer) -> String {
    let code = answer.code.as_ref().map(|code| format!(" {code}")).unwrap_or_default();
    let message =
        if answer.message.is_empty() { String::new() } else { format!(": {}", answer.message) };
    format!("HTTP {}{code}{message}", answer.status)
}

/// Whether an import could work in its folders, of which those that are missing are made, and end with its program.
fn import_folders(import: &Import) -> Probed {
    let Import { inbox, archive, failed, .. } = import;
    if let Err(fault) = Inbox::open(import) {
        return Probed::Bad(format!("{fault:#}"));
    }
    for folder in [inbox, archive, failed] {
        if let Err(fault) = write_into(folder) {
            let text = format!("no file can be written in {}: {}", folder.display(), bare(&fault));
            return Probed::Bad(text);
        }
    }
    if let Some(program) = import.on_finish.as_ref().filter(|program| !program.is_there()) {
        return Probed::Bad(format!(
            "[import] on_finish: there is no program {program} that could be run, neither seen from this folder nor on \
             the PATH; write its whole path, and see that it may be run (chmod +x)"
        ));
    }
    Probed::Good(format!(
        "files come from {}, and go to {} or {}",
        inbox.display(),
        archive.display(),
        failed.display()
    ))
}

fn write_into(folder: &Path) -> io::Result<()> {
    let file = tempfile::Builder::new().prefix(".rowpatch-doctor-").tempfile_in(folder)?;
    file.close()
}

/// Whether results could be written where rowpatch was started.
fn folder() -> Probed {
    let here = std::env::current_dir()
        .map_or_else(|_| "the current folder".to_owned(), |path| path.display().to_string());
    match write_into(Path::new(".")) {
        Ok(()) => Probed::Good(format!(
            "files can be written in {here}; results go beside the spreadsheet"
        )),
        Err(fault) => Probed::Bad(format!(
            "no file can be written in {here}: {}; keep spreadsheets elsewhere, or name a place with --results",
            bare(&fault)
        )),
    }
}

/// Without the name of the file that was to be.
fn bare(fault: &io::Error) -> String {
    fault
        .raw_os_error()
        .map_or_else(|| fault.to_string(), |code| io::Error::from_raw_os_error(code).to_string())
}
