//! The layers laid over each other: `config.toml`, then the environment, then the flags.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use figment::error::{Actual, Kind};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider};

use super::environment::{Environment, only_on_command_line};
use super::fault::ConfigFault;
use super::typed::Typed;
use crate::model::nearest::did_you_mean;
use crate::model::record::fold_header;

/// What the layer of the environment is called.
pub(super) const ENVIRONMENT: &str = "the environment";
/// What the layer of the flags is called.
pub(super) const COMMAND_LINE: &str = "the command line";
/// The name under which a file is looked for.
pub const FILE: &str = "config.toml";
/// The sections of a file.
const SECTIONS: [&str; 5] = ["targets", "columns", "set", "fields", "import"];
/// Keys that would hold a secret in plain sight, folded: people write them in any case.
const PLAIN_SECRETS: [&str; 3] = ["password", "authtoken", "token"];

/// One layer.
struct Layer {
    name: String,
    values: Dict,
}

impl Provider for Layer {
    fn metadata(&self) -> Metadata {
        Metadata::named(self.name.clone())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}

/// A file that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Where it stands.
    pub(super) path: PathBuf,
    /// Whether a person named it.
    pub(super) named: bool,
}

/// The file that a person named, or else the one in the current folder, or else beside the program.
pub(super) fn find_file(named: Option<&Path>) -> Option<Found> {
    if let Some(path) = named {
        return Some(Found { path: path.to_owned(), named: true });
    }
    let beside_program =
        || std::env::current_exe().ok().map(|program| program.with_file_name(FILE));
    let candidates = [Some(PathBuf::from(FILE)), beside_program()];
    let path = candidates.into_iter().flatten().find(|path| path.is_file())?;
    Some(Found { path, named: false })
}

/// What is said where a file is needed, and there is none.
pub(super) fn no_file() -> ConfigFault {
    let here = std::env::current_dir().ok();
    let program = std::env::current_exe().ok();
    let folder = |path: Option<&Path>| {
        path.map_or_else(String::new, |path| format!(" ({})", path.display()))
    };
    let text = format!(
        "stands neither in this folder{} nor beside the program{}; rowpatch init writes one to fill in, --config FILE \
         names one elsewhere, and update --sandbox needs none",
        folder(here.as_deref()),
        folder(program.as_deref().and_then(Path::parent))
    );
    ConfigFault::new(FILE, text)
}

/// A path that the file names, seen from the file's folder.
pub(super) fn beside(file: Option<&Found>, path: &Path) -> PathBuf {
    let folder = file.and_then(|found| found.path.parent()).unwrap_or(Path::new(""));
    folder.join(path)
}

/// Lays the layers over each other.
pub(super) fn merge(
    flags: &Typed,
    environment: &Environment,
    file: Option<&Found>,
    command_line_only: &[String],
) -> Result<(Figment, Typed), ConfigFault> {
    let mut figment = Figment::new();
    if let Some(found) = file {
        figment = figment.merge(read(&found.path, command_line_only)?);
    }
    figment = figment.merge(layer(ENVIRONMENT, &environment.typed(command_line_only)?)?);
    figment = figment.merge(layer(COMMAND_LINE, flags)?);
    let typed = figment.extract().map_err(|fault| in_words(&fault))?;
    Ok((figment, typed))
}

fn layer(name: &str, typed: &Typed) -> Result<Layer, ConfigFault> {
    let mut typed = typed.clone();
    // Of two opposites, the one that is said takes back the other of the layers below.
    if typed.skip_hidden == Some(true) {
        typed.include_hidden.get_or_insert(false);
    } else if typed.include_hidden == Some(true) {
        typed.skip_hidden.get_or_insert(false);
    }
    let value = Value::serialize(&typed).map_err(|fault| in_words(&fault))?;
    Ok(Layer { name: name.to_owned(), values: value.into_dict().unwrap_or_default() })
}

fn read(path: &Path, command_line_only: &[String]) -> Result<Layer, ConfigFault> {
    let name = path.display().to_string();
    let fault = |text: String| ConfigFault::new(&name, text);
    let text = std::fs::read_to_string(path).map_err(|error| {
        fault(match error.kind() {
            ErrorKind::InvalidData => {
                "is not UTF-8; save it again as text with the encoding UTF-8".to_owned()
            }
            _ => format!("cannot be read: {error}"),
        })
    })?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        // The line itself is not shown: it may hold a secret.
        let line = error.span().map_or(1, |span| {
            text.get(..span.start).map_or(1, |before| before.matches('\n').count() + 1)
        });
        fault(format!("line {line}: {}", error.message()))
    })?;
    refuse_secrets(&table, "").map_err(fault)?;
    if let Some(key) = table.keys().find(|key| command_line_only.contains(key)) {
        return Err(fault(only_on_command_line(key)));
    }
    let value = Value::serialize(&table).map_err(|error| in_words(&error))?;
    Ok(Layer { name, values: value.into_dict().unwrap_or_default() })
}

fn refuse_secrets(table: &toml::Table, place: &str) -> Result<(), String> {
    for (key, value) in table {
        if PLAIN_SECRETS.contains(&fold_header(key).as_str()) && !value.is_table() {
            return Err(format!(
                "{place}{key}: a secret must not stand in this file; set the environment variable \
                 ROWPATCH_PASSWORD (or ROWPATCH_AUTH_TOKEN), or write password_file or password_command"
            ));
        }
        if let Some(inner) = value.as_table() {
            refuse_secrets(inner, &format!("{place}{key}."))?;
        }
    }
    Ok(())
}

fn in_words(fault: &figment::Error) -> ConfigFault {
    let origin = fault
        .metadata
        .as_ref()
        .map_or_else(|| "the configuration".to_owned(), |from| from.name.to_string());
    let place = fault.path.join(".");
    let text = match &fault.kind {
        Kind::UnknownField(key, known) => {
            let section = place.strip_suffix(key.as_str()).unwrap_or(&place).trim_end_matches('.');
            let of = if section.is_empty() { String::new() } else { format!(" in [{section}]") };
            format!("\"{key}\" is not a key{of}{}", did_you_mean(key, known.iter().copied()))
        }
        Kind::UnknownVariant(word, known) => {
            let meant = did_you_mean(word, known.iter().copied());
            format!("{place} must be {}{meant}", one_of(known))
        }
        Kind::InvalidType(Actual::Map, expected) => {
            let meant = did_you_mean(&place, SECTIONS);
            format!("{place} must be {}, and no section{meant}", expected_in_words(expected))
        }
        // The value is not shown: it may be a secret at the wrong place.
        Kind::InvalidType(_, expected) | Kind::InvalidValue(_, expected) => {
            format!("{place} must be {}", expected_in_words(expected))
        }
        kind if place.is_empty() => kind.to_string(),
        kind => format!("{place}: {kind}"),
    };
    ConfigFault::new(origin, text)
}

fn one_of(words: &[&str]) -> String {
    match words {
        [before @ .., last] if !before.is_empty() => format!("{} or {last}", before.join(", ")),
        words => words.concat(),
    }
}

/// What serde expects, in the words of somebody who writes a file.
fn expected_in_words(expected: &str) -> &str {
    match expected {
        "u32" | "u64" | "usize" => "a whole number, without quotes",
        "a boolean" => "true or false, without quotes",
        "a string" | "path string" => "a text in double quotes",
        "a sequence" => "a list in square brackets, such as [\"A\", \"B\"]",
        "a map" => "a section of its own, which begins with a line in square brackets",
        other if other.starts_with("struct ") => expected_in_words("a map"),
        other => other,
    }
}
