//! The configuration: layers laid over each other, and checked once.
//!
//! [`Typed`] is what was typed, by flag, environment variable and file; [`Settings`] and
//! [`Destination`] are what holds, with every default filled in.

mod columns;
pub mod defaults;
mod environment;
mod fault;
mod import;
mod layers;
mod program;
mod rules;
mod secrets;
mod settings;
mod target;
#[cfg(test)]
mod tests;
mod typed;
mod typed_tables;

use std::path::Path;

use figment::Figment;

pub use environment::Environment;
pub use fault::ConfigFault;
pub use import::{Guards, Import};
pub use layers::FILE;
pub use program::Program;
pub use secrets::Secrets;
pub use settings::Settings;
pub use typed::{OneOrMore, Typed};
pub use typed_tables::{TypedImport, TypedTarget};

use crate::model::limits::Limits;
use crate::model::mapping::{HiddenRows, Mapping, SheetChoice};
use crate::model::nearest::did_you_mean;
use crate::model::record::RecordType;
use crate::model::target::Target;
use layers::Found;

/// Where a run sends to.
#[derive(Clone, Debug)]
pub struct Destination {
    /// The system.
    pub target: Target,
    /// How fast and how long.
    pub limits: Limits,
    /// The password and the token, where they are set.
    pub secrets: Secrets,
}

/// The layers, laid over each other.
#[derive(Clone)]
pub struct Config {
    typed: Typed,
    figment: Figment,
    file: Option<Found>,
    environment: Environment,
}

impl Config {
    /// Lays the layers over each other. `command_line_only` are the keys of flags that must not
    /// stand in a file or in the environment.
    ///
    /// # Errors
    /// A file that cannot be read, an unknown key, a value that is none, a secret in plain sight.
    pub fn load(
        flags: &Typed,
        file: Option<&Path>,
        environment: Environment,
        command_line_only: &[String],
    ) -> Result<Self, ConfigFault> {
        let file = layers::find_file(file);
        let (figment, typed) =
            layers::merge(flags, &environment, file.as_ref(), command_line_only)?;
        let config = Self { typed, figment, file, environment };
        match config.typed.out_of_bounds() {
            Some((key, bounds)) => {
                Err(ConfigFault::new(config.origin(key), format!("{key} {bounds}")))
            }
            None => Ok(config),
        }
    }

    /// The file in use.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.file.as_ref().map(|found| found.path.as_path())
    }

    /// The file in use, where one is needed.
    ///
    /// # Errors
    /// There is none: where it was looked for, and how to come by one.
    pub fn needed_file(&self) -> Result<&Path, ConfigFault> {
        self.file().ok_or_else(layers::no_file)
    }

    /// Where a key was set: a file, "the environment", "the command line", or "default".
    #[must_use]
    pub fn origin(&self, key: &str) -> String {
        self.figment
            .find_metadata(key)
            .map_or_else(|| "default".to_owned(), |from| from.name.to_string())
    }

    /// What holds for a run, wherever it sends to.
    ///
    /// # Errors
    /// A mapping to a field that there is not, or that cannot be set.
    pub fn settings(&self, record: &'static RecordType) -> Result<Settings, ConfigFault> {
        let typed = &self.typed;
        let site = rules::settle(typed, record, &|key| self.origin(key))?;
        let mapping = Mapping {
            columns: columns::settle(typed, record, &self.origin("map"), &self.origin("columns"))?,
            ignored: typed.ignore_column.clone(),
            typed: columns::of_flags(
                typed,
                record,
                &self.origin("map"),
                &self.origin("ignore_column"),
            ),
            constants: site.set.iter().map(|(field, _)| *field).collect(),
            ..Mapping::default()
        };
        let choice = SheetChoice {
            sheet: typed.sheet.clone(),
            header_row: typed.header_row,
            encoding: typed.encoding.clone(),
            hidden_rows: self.hidden_rows()?,
        };
        Ok(Settings {
            mapping,
            choice,
            site,
            max_clears: typed.max_clears.unwrap_or(defaults::MAX_CLEARS),
            quiet: typed.quiet.unwrap_or(false),
        })
    }

    /// How much is told on standard error of what happens, and the file that is told all of it.
    #[must_use]
    pub fn logging(&self) -> (u8, Option<&Path>) {
        (self.typed.verbose, self.typed.log_file.as_deref())
    }

    /// The target that was chosen: by name, by `default_target`, or as the only one.
    ///
    /// # Errors
    /// No target, more than one, one that is not complete; a secret that cannot be had.
    pub fn destination(&self) -> Result<Destination, ConfigFault> {
        let origin = self.needed_file()?.display().to_string();
        let file = self.file.as_ref();
        let (name, typed) = self.chosen_target(&origin)?;
        Ok(Destination {
            target: target::settle(name, typed, &origin, file)?,
            limits: target::limits(name, typed, &origin, &self.limits())?,
            secrets: secrets::find(&self.environment, typed, file)?,
        })
    }

    /// A sandbox in this process, which needs no target.
    #[must_use]
    pub fn rehearsal(
        &self,
        base_url: &str,
        data_source: &str,
        user_name: &str,
        password: &str,
    ) -> Destination {
        let target = Target {
            name: "sandbox".to_owned(),
            base_url: base_url.to_owned(),
            data_source: data_source.to_owned(),
            user_name: user_name.to_owned(),
            live: false,
            connect_timeout: defaults::CONNECT_TIMEOUT,
            request_timeout: defaults::REQUEST_TIMEOUT,
            ca_file: None,
            proxy: None,
        };
        let secrets = Secrets { password: Some(password.into()), token: None };
        Destination { target, limits: self.limits(), secrets }
    }

    fn hidden_rows(&self) -> Result<Option<HiddenRows>, ConfigFault> {
        let is_set = |value: Option<bool>| value.unwrap_or(false);
        match (is_set(self.typed.skip_hidden), is_set(self.typed.include_hidden)) {
            (true, true) => Err(ConfigFault::new(
                self.origin("skip_hidden"),
                "skip_hidden and include_hidden say the opposite; leave one of them out",
            )),
            (true, false) => Ok(Some(HiddenRows::Skip)),
            (false, true) => Ok(Some(HiddenRows::Include)),
            (false, false) => Ok(None),
        }
    }

    fn limits(&self) -> Limits {
        let typed = &self.typed;
        let concurrency = typed.concurrency.and_then(|slots| usize::try_from(slots).ok());
        Limits {
            rate: typed.rate.unwrap_or(defaults::RATE),
            concurrency: concurrency.unwrap_or(defaults::CONCURRENCY),
            retries: typed.retries.unwrap_or(defaults::RETRIES),
            max_failures: typed.max_failures,
            backoff: defaults::BACKOFF,
            wait_for_endpoint: defaults::WAIT_FOR_ENDPOINT,
            retry_codes: Vec::new(),
        }
    }

    fn chosen_target(&self, origin: &str) -> Result<(&str, &TypedTarget), ConfigFault> {
        let targets = &self.typed.targets;
        let names = || targets.keys().map(String::as_str);
        let list = || names().collect::<Vec<_>>().join(", ");
        let chosen = match self.typed.target.as_ref().or(self.typed.default_target.as_ref()) {
            Some(wanted) => targets.get_key_value(wanted).ok_or_else(|| {
                format!("has no target \"{wanted}\"; its targets: {}{}", list(), did_you_mean(wanted, names()))
            }),
            None if targets.len() > 1 => {
                Err(format!("has more than one target ({}); name one with --target, or set default_target", list()))
            }
            None => targets.iter().next().ok_or_else(|| {
                "names no target to send to; write a [targets.NAME], or try it out with --sandbox".to_owned()
            }),
        };
        let (name, target) = chosen.map_err(|text| ConfigFault::new(origin, text))?;
        Ok((name, target))
    }
}
