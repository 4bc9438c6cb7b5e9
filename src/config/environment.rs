//! The environment variables `ROWPATCH_…`: one for each flag that may also stand in the file,
//! and the secrets.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::{Arg, Args, Command, FromArgMatches};
use secrecy::SecretString;

use super::fault::ConfigFault;
use super::typed::Typed;
use crate::model::nearest::nearest;

/// The start of every variable that is rowpatch's.
pub(super) const PREFIX: &str = "ROWPATCH_";
/// Holds the password.
pub(super) const PASSWORD: &str = "ROWPATCH_PASSWORD";
/// Holds a ready-made token.
pub(super) const AUTH_TOKEN: &str = "ROWPATCH_AUTH_TOKEN";

/// The variables that concern rowpatch.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, OsString>,
}

impl Environment {
    /// The variables of this process.
    #[must_use]
    pub fn of_process() -> Self {
        Self::new(
            std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))),
        )
    }

    /// The variables among these that concern rowpatch.
    pub fn new(variables: impl IntoIterator<Item = (String, OsString)>) -> Self {
        Self {
            variables: variables.into_iter().filter(|(name, _)| name.starts_with(PREFIX)).collect(),
        }
    }

    /// A secret; a blank one is none.
    pub(super) fn secret(&self, name: &str) -> Result<Option<SecretString>, ConfigFault> {
        let Some(value) = self.variables.get(name) else { return Ok(None) };
        let value = value
            .to_str()
            .ok_or_else(|| ConfigFault::new(name, "holds bytes that are not UTF-8"))?;
        Ok((!value.is_empty()).then(|| SecretString::from(value)))
    }

    /// What the variables say, by the parsers of the flags.
    pub(super) fn typed(&self, command_line_only: &[String]) -> Result<Typed, ConfigFault> {
        let command = Typed::augment_args(Command::new("environment"))
            .no_binary_name(true)
            .disable_help_flag(true);
        let mut arguments = Vec::new();
        for (name, value) in &self.variables {
            if [PASSWORD, AUTH_TOKEN].contains(&name.as_str()) {
                continue;
            }
            let flag = known_flag(name, &command, command_line_only)?;
            let value = value
                .to_str()
                .ok_or_else(|| ConfigFault::new(name, "holds bytes that are not UTF-8"))?;
            // A flag that may be given several times has one entry a line.
            for value in value.lines() {
                let said = as_flags(flag, name, value)?;
                command
                    .clone()
                    .try_get_matches_from(&said)
                    .map_err(|fault| in_words(name, &fault))?;
                arguments.extend(said);
            }
        }
        let matches = command
            .clone()
            .try_get_matches_from(arguments)
            .map_err(|fault| in_words(PREFIX, &fault))?;
        Typed::from_arg_matches(&matches).map_err(|fault| in_words(PREFIX, &fault))
    }
}

/// What the value of a variable is as flags: one that has a letter alone is counted, and the value says
/// how often it is given.
fn as_flags(flag: &Arg, name: &str, value: &str) -> Result<Vec<String>, ConfigFault> {
    if let Some(long) = flag.get_long() {
        return Ok(vec![format!("--{long}={value}")]);
    }
    let count: u8 =
        value.trim().parse().map_err(|_| ConfigFault::new(name, "must be a number, such as 1"))?;
    let letter = flag.get_short().map(|letter| format!("-{letter}"));
    Ok(letter.into_iter().cycle().take(count.into()).collect())
}

/// The flag of a variable.
fn known_flag<'c>(
    name: &str,
    command: &'c Command,
    command_line_only: &[String],
) -> Result<&'c Arg, ConfigFault> {
    let key = name.strip_prefix(PREFIX).unwrap_or(name).to_ascii_lowercase();
    if let Some(flag) = command.get_arguments().find(|flag| flag.get_id().as_str() == key) {
        return Ok(flag);
    }
    if command_line_only.contains(&key) {
        return Err(ConfigFault::new(name, only_on_command_line(&key)));
    }
    // Compared without the prefix, which makes any two variables alike.
    let secrets = [PASSWORD, AUTH_TOKEN].map(|name| name[PREFIX.len()..].to_ascii_lowercase());
    let known = command.get_arguments().map(|flag| flag.get_id().as_str());
    let near: Vec<_> = nearest(&key, known.chain(secrets.iter().map(String::as_str)))
        .into_iter()
        .map(|key| format!("{PREFIX}{}", key.to_ascii_uppercase()))
        .collect();
    let near = match near.as_slice() {
        [] => String::new(),
        near => format!("; did you mean {}?", near.join(" or ")),
    };
    Err(ConfigFault::new(name, format!("is not a variable of rowpatch{near}")))
}

/// Why a key is refused that exists on the command line only.
pub(super) fn only_on_command_line(key: &str) -> String {
    let flag = key.replace('_', "-");
    format!(
        "\"{key}\" can only be said on the command line (--{flag}): a forgotten setting must not change every run"
    )
}

fn in_words(name: &str, fault: &clap::Error) -> ConfigFault {
    let text = fault.to_string();
    let line = text.lines().next().unwrap_or_default();
    ConfigFault::new(name, line.strip_prefix("error: ").unwrap_or(line))
}
