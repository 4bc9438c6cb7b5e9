//! The password and the token: from the environment, a file, or a program.

use std::path::Path;
use std::process::Stdio;

use secrecy::SecretString;

use super::environment::{AUTH_TOKEN, Environment, PASSWORD};
use super::fault::ConfigFault;
use super::layers::{Found, beside};
use super::program::{Program, others_may};
use super::typed::OneOrMore;
use super::typed_tables::TypedTarget;

/// The secrets that are set somewhere; both may be missing.
#[derive(Clone, Debug, Default)]
pub struct Secrets {
    /// The password of the target's user.
    pub password: Option<SecretString>,
    /// A ready-made token.
    pub token: Option<SecretString>,
}

/// Finds the secrets of a target.
pub(super) fn find(
    environment: &Environment,
    target: &TypedTarget,
    file: Option<&Found>,
) -> Result<Secrets, ConfigFault> {
    let token = environment.secret(AUTH_TOKEN)?;
    if let Some(password) = environment.secret(PASSWORD)? {
        return Ok(Secrets { password: Some(password), token });
    }
    let password = match (&target.password_file, &target.password_command, file) {
        (Some(path), _, found) => Some(from_file(&beside(found, path))?),
        (None, Some(command), Some(found)) => Some(from_command(command, found)?),
        _ => None,
    };
    Ok(Secrets { password, token })
}

fn from_file(path: &Path) -> Result<SecretString, ConfigFault> {
    let fault = |text: String| ConfigFault::new(format!("password_file {}", path.display()), text);
    let open_to_others =
        others_may(path, 0o077).map_err(|error| fault(format!("cannot be read: {error}")))?;
    if open_to_others {
        return Err(fault("can be read by others; take their rights away (chmod 600)".into()));
    }
    let text =
        std::fs::read_to_string(path).map_err(|error| fault(format!("cannot be read: {error}")))?;
    // Windows' editor puts a mark before the text, which no password begins with.
    let password = without_line_end(text.strip_prefix('\u{feff}').unwrap_or(&text));
    if password.is_empty() {
        return Err(fault(format!(
            "is blank; write the password into it, or set {PASSWORD} instead"
        )));
    }
    Ok(SecretString::from(password))
}

fn from_command(command: &OneOrMore, found: &Found) -> Result<SecretString, ConfigFault> {
    let program = Program::of("password_command", command, found)?;
    let fault = |text: String| {
        ConfigFault::new(found.path.display().to_string(), format!("password_command {text}"))
    };
    let output = program
        .command()
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| fault(format!("{program} cannot be run: {error}")))?;
    if !output.status.success() {
        return Err(fault(format!("{program} failed ({})", output.status)));
    }
    let text = String::from_utf8(output.stdout)
        .map_err(|_| fault(format!("{program} printed bytes that are not UTF-8")))?;
    let password = without_line_end(&text);
    if password.is_empty() {
        return Err(fault(format!("{program} printed nothing; {PASSWORD} can be set instead")));
    }
    Ok(SecretString::from(password))
}

fn without_line_end(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_program_is_not_run_from_a_file_that_was_merely_found_and_others_may_write() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.toml");
        std::fs::write(&path, "").expect("written");
        let run = |mode, named| {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("set");
            let found = Found { path: path.clone(), named };
            from_command(&OneOrMore::One("echo p".into()), &found).map_err(|fault| fault.text)
        };
        assert!(run(0o666, false).expect_err("refused").contains("--config"));
        assert!(run(0o620, false).is_err());
        assert!(run(0o644, false).is_ok());
        assert!(run(0o666, true).is_ok());
    }
}
