//! The layers, their order, and what is refused.

mod layers;
mod targets;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args as _, Command, FromArgMatches as _};
use secrecy::{ExposeSecret as _, SecretString};
use tempfile::TempDir;

use super::{Config, Destination, Environment, Typed};
use crate::model::limits::{Backoff, Rate};
use crate::model::mapping::HiddenRows;
use crate::model::record::CUSTOMER_CONTACT;

/// A target that is complete.
const TARGET: &str = "[targets.demo]\nbase_url = \"https://erp.example.com/\"\ndata_source = \"DEMO\"\nuser_name = \"U\"\n";

/// A folder with a config.toml, the environment and the flags of a run.
#[must_use]
struct Typing {
    folder: TempDir,
    environment: Vec<(String, OsString)>,
    flags: Vec<String>,
}

impl Typing {
    fn file(text: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("config.toml"), text).expect("written");
        Self { folder, environment: Vec::new(), flags: Vec::new() }
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    fn flag(mut self, flag: &str) -> Self {
        self.flags.push(flag.to_owned());
        self
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("config.toml")
    }

    fn config(&self) -> Result<Config, String> {
        let command = Typed::augment_args(Command::new("t").no_binary_name(true));
        let matches =
            command.try_get_matches_from(&self.flags).map_err(|fault| fault.to_string())?;
        let flags = Typed::from_arg_matches(&matches).map_err(|fault| fault.to_string())?;
        let environment = Environment::new(self.environment.clone());
        let only = ["dry_run".to_owned(), "yes".to_owned()];
        Config::load(&flags, Some(&self.path()), environment, &only)
            .map_err(|fault| fault.to_string())
    }

    fn destination(&self) -> Result<Destination, String> {
        self.config()?.destination().map_err(|fault| fault.to_string())
    }

    /// What is said against it.
    fn refused(&self) -> String {
        let config = match self.config() {
            Err(told) => return told,
            Ok(config) => config,
        };
        match (config.settings(&CUSTOMER_CONTACT), config.destination()) {
            (Err(fault), _) | (_, Err(fault)) => fault.to_string(),
            _ => panic!("it was accepted"),
        }
    }
}
