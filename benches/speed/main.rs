//! What rowpatch promises of speed and memory, each figure beside its limit.
//!
//! `cargo bench` prints all tables, `cargo bench -- send` (or `rate`, `check`, `memory`, `report`, `start`) one of
//! them; the exit code is 1 if a limit is missed. The program that is measured is the release binary, as
//! a whole process, its start included, against a sandbox of its own over real HTTP. Where a figure is a
//! ratio, its other side is a bare loop of the same crates over the same data, run in turn with it in a
//! process of its own. The data is made in a temporary folder.
//!
//! The harness is this file: those of the registry time functions, and not processes against each other
//! with their memory, processor time and the server's clock.

mod aside;
mod bare;
mod check;
mod data;
mod memory;
mod process;
mod rate;
mod report;
mod sandbox;
mod send;
mod start;
mod table;

use std::process::ExitCode;

use table::Table;

/// Measures what belongs into one table, and prints it.
type Measure = fn(&mut Table);

/// The tables in their order: this process must still be small when it measures the memory of others, since
/// a process begins with what its parent has.
const TABLES: [(&str, Measure); 6] = [
    ("memory", memory::measure),
    ("report", report::measure),
    ("check", check::measure),
    ("send", send::measure),
    ("rate", rate::measure),
    ("start", start::measure),
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [aside::FLAG, rest @ ..] =
        arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice()
    {
        aside::run(rest);
        return ExitCode::SUCCESS;
    }
    // Cargo gives flags of its own, such as --bench.
    let asked: Vec<_> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    if let Some(unknown) = asked.iter().find(|asked| TABLES.iter().all(|(name, _)| name != *asked))
    {
        let names = TABLES.map(|(name, _)| name).join(", ");
        table::print(&format!("There is no table {unknown}; there are {names}."));
        return ExitCode::FAILURE;
    }
    let mut table = Table::default();
    for (name, measure) in TABLES {
        if asked.is_empty() || asked.iter().any(|asked| *asked == name) {
            table::print(&format!("\n{name}"));
            measure(&mut table);
        }
    }
    if table.is_good() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
