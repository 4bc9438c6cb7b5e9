//! `template`: an empty sheet to fill in.

use anyhow::{Context as _, bail};

use super::tell;
use crate::cli::TemplateArgs;
use crate::exit::ExitCode;
use crate::model::record::CUSTOMER_CONTACT;
use crate::report::{Output, Replace, csv_template, names, xlsx_template};

/// Writes the kind of file that its name asks for; an earlier one is kept under a dated name.
pub(super) fn run(args: &TemplateArgs) -> anyhow::Result<ExitCode> {
    let write = if names::is_csv(&args.out) {
        csv_template
    } else if names::is_workbook(&args.out) {
        xlsx_template
    } else {
        bail!(
            "{}: a template is a .csv or an .xlsx; end the name with one of the two",
            args.out.display()
        )
    };
    let output = Output::create_as(&args.out, Replace::MoveAside, "rowpatch template OUT")?;
    let written = write(output, &CUSTOMER_CONTACT);
    let placed =
        written.with_context(|| format!("{} cannot be written", args.out.display()))?.finish()?;
    for line in tell::placed("Template", &placed) {
        tell::err(&line);
    }
    Ok(ExitCode::Done)
}
