//! What a person should know of a sheet before its rows: what is read, what is not, and what sets which field.

use std::fmt::Write as _;

use super::survey::Input;
use crate::config::Config;
use crate::model::mapping::LeftOut;
use crate::model::record::same_header;
use crate::model::rules::SiteRules;
use crate::model::target::Target;
use crate::report::{NOT_SENT, Screen, escape};
use crate::sheet::Table;

/// Characters of a name, and the space behind it.
const NAME_WIDTH: usize = 13;
/// Characters of a value that are easily read in one line.
const VALUE_WIDTH: usize = 84;
/// Characters that a value has on the narrowest of screens.
const NARROW: usize = 20;

/// A fact: what it is about, and the fact.
pub(super) type Fact = (&'static str, String);

/// What holds for every row of every file: the configuration in use, and values that no cell gives.
pub(super) fn settings(config: &Config, site: &SiteRules) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let Some(file) = config.file() {
        facts.push(("Config", file.display().to_string()));
    }
    let set: Vec<_> =
        site.set.iter().map(|(field, value)| format!("{} = \"{value}\"", field.name)).collect();
    if !set.is_empty() {
        facts.push(("Set", format!("{} in every row", set.join(", "))));
    }
    facts
}

/// Whose records it is about.
pub(super) fn target(target: &Target) -> [Fact; 3] {
    let books = if target.live { ", LIVE" } else { "" };
    [
        ("Target", format!("{} at {}{books}", target.name, target.base_url)),
        ("Data source", target.data_source.clone()),
        ("User", target.user_name.clone()),
    ]
}

/// The facts of a sheet.
pub(super) fn sheet(table: &Table) -> Vec<Fact> {
    let origin = table.origin();
    let sheet = origin.sheet.as_ref().map(|sheet| format!(", sheet \"{sheet}\""));
    let mut facts = vec![("File", format!("{}{}", table.name(), sheet.unwrap_or_default()))];
    if let Some(lock) = table.lock_file() {
        let text = format!(
            "{lock} lies beside it: edits that were not saved in that program are not in it"
        );
        facts.push(("Open", text));
    }
    if !origin.other_sheets.is_empty() {
        let others: Vec<_> = origin.other_sheets.iter().map(ToString::to_string).collect();
        facts.push(("Not read", format!("sheets {}", others.join(", "))));
    }
    if table.header_row() > 1 {
        facts.push(("Header", format!("row {}", table.header_row())));
    }
    if let Some(encoding) = table.encoding() {
        facts.push(("Encoding", encoding));
    }
    if table.layout().changes.is_some() {
        facts.push(("Changes", "one a line, sent only while the record is what it was".to_owned()));
    }
    facts.push(("Columns", columns(table)));
    let left_out: Vec<_> = left_out(table).collect();
    if !left_out.is_empty() {
        facts.push(("Left out", left_out.join(", ")));
    }
    let hidden: Vec<_> = table.hidden_columns().collect();
    if !hidden.is_empty() {
        let columns = if hidden.len() == 1 { "column" } else { "columns" };
        facts.push(("Hidden", format!("{columns} {}; sent all the same", hidden.join(", "))));
    }
    facts
}

/// What a workbook of results tells beside its lines: the sheet, where its rows went, and by which run.
pub(super) fn results(table: &Table, to: Option<(&str, &str)>, run: Option<&str>) -> Vec<Fact> {
    let mut facts = vec![("File", table.name().to_owned())];
    facts.extend(table.origin().sheet.clone().map(|sheet| ("Sheet", sheet)));
    match to {
        Some((base_url, data_source)) => {
            facts.push(("Target", base_url.to_owned()));
            facts.push(("Data source", data_source.to_owned()));
        }
        None => facts.push(("Target", NOT_SENT.to_owned())),
    }
    facts.extend(run.map(|run| ("Run", run.to_owned())));
    facts
}

/// What is left of the rows of a file beside its baseline, if it has one.
pub(super) fn baseline(input: &Input) -> Option<Fact> {
    Some(("Baseline", input.baseline.as_ref()?.told(&input.survey)))
}

/// The columns that set nothing, each with its reason.
pub(super) fn left_out(table: &Table) -> impl Iterator<Item = String> {
    let why = |reason| match reason {
        LeftOut::ReadOnly => Some("only the ERP sets it"),
        LeftOut::Ignored => Some("--ignore-column"),
        LeftOut::Rejects => Some("of a rejects file"),
        LeftOut::Blank | LeftOut::OfChange | LeftOut::NotAKey => None,
    };
    let columns = table.layout().left_out();
    columns.filter_map(move |(header, reason)| Some(format!("{header} ({})", why(reason)?)))
}

fn columns(table: &Table) -> String {
    let set = table.layout().columns.iter().filter_map(|column| {
        let fields: Vec<_> = column.sets.as_ref().ok()?.iter().map(|field| field.name).collect();
        let is_plain = matches!(fields.as_slice(), [name] if same_header(name, &column.header));
        let fields = fields.join(" + ");
        Some(if is_plain { fields } else { format!("{} → {fields}", column.header) })
    });
    set.collect::<Vec<_>>().join(", ")
}

/// The facts as lines, each name once, on a screen.
pub(super) fn told(facts: &[Fact], screen: Screen) -> String {
    let mut text = String::new();
    let room = usize::from(screen.width).saturating_sub(NAME_WIDTH);
    let width = room.clamp(NARROW, VALUE_WIDTH);
    for (name, value) in facts {
        for (nth, part) in textwrap::wrap(&escape(value), width).iter().enumerate() {
            let name = if nth == 0 { name } else { "" };
            writeln!(text, "{name:<12} {part}").expect("memory is always written");
        }
    }
    text
}
