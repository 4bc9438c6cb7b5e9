//! `template`: an empty sheet to fill in.

use anyhow::{Context as _, bail};

use super::tell;
use crate::cli::TemplateArgs;
use crate::exit::ExitCode;
use crate::model::record::CUSTOMER_CONTACT;
use crate::report::{Output, Replace, csv_template, xlsx_template};

/// Writes the kind of file that its name asks for; an earlier one is kept under a dated name.
pub(super) fn run(args: &TemplateArgs) -> anyhow::Result<ExitCode> {
    let ending = args.out.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let write = match ending.as_deref() {
        Some("csv") => csv_template,
        Some("xlsx") => xlsx_template,
        _ => bail!(
            "{}: a template is a .csv or an .xlsx; end the name with one of the two",
            args.out.display()
        ),
    };
    let output = Output::create_as(&args.out, Replace::MoveAside, "rowpatch template OUT")?;
    let written = write(output, &CUSTOMER_CONTACT);
    let placed =
        written.with_context(|| format!("{} cannot be written", args.out.display()))?.finish()?;
    tell::placed("Template", &placed).iter().for_each(|line| tell::err(line));
    Ok(ExitCode::Done)
}
