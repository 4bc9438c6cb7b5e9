//! `init`: a config.toml to fill in.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};

use super::tell;
use crate::cli::InitArgs;
use crate::config::FILE;
use crate::exit::ExitCode;
use crate::report::names;

/// What is written.
const TEXT: &str = include_str!("init.toml");

/// Writes it where there is nothing yet.
pub(super) fn run(args: &InitArgs) -> anyhow::Result<ExitCode> {
    let path = args.file.as_deref().unwrap_or(Path::new(FILE));
    if names::is_standard(path) {
        tell::out(TEXT);
        return Ok(ExitCode::Done);
    }
    let name = path.display();
    match OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(mut file) => {
            file.write_all(TEXT.as_bytes()).with_context(|| format!("{name} cannot be written"))?;
        }
        Err(fault) if fault.kind() == io::ErrorKind::AlreadyExists => {
            bail!(
                "{name} is there already, and is left as it is; name another file, or move this one away"
            );
        }
        Err(fault) => return Err(fault).with_context(|| format!("{name} cannot be written")),
    }
    let with = if path == Path::new(FILE) { String::new() } else { format!(" --config {name}") };
    tell::err(&format!(
        "{name} is written. Fill in base_url, data_source and user_name, set ROWPATCH_PASSWORD, then try it: rowpatch doctor{with}"
    ));
    Ok(ExitCode::Done)
}
