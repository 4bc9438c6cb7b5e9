//! Figures beside their limits.

use std::io::Write as _;

/// What was printed so far.
#[derive(Debug, Default)]
pub struct Table {
    missed: bool,
}

impl Table {
    /// Whether every limit was kept.
    pub fn is_good(&self) -> bool {
        !self.missed
    }

    /// Prints a figure and whether it keeps its limit.
    pub fn limit(&mut self, what: &str, figure: &str, limit: &str, good: bool) {
        self.missed |= !good;
        let verdict = if good { "kept" } else { "MISSED" };
        print(&format!("{what:<58} {figure:>26}   {limit:<22} {verdict}"));
    }

    /// Prints a figure that must reach `least`.
    pub fn at_least(&mut self, what: &str, figure: f64, least: f64) {
        self.limit(what, &format!("{figure:.2}"), &format!("at least {least}"), figure >= least);
    }

    /// Prints a figure that must not pass `most`.
    pub fn at_most(&mut self, what: &str, figure: f64, most: f64, unit: &str) {
        let shown = if figure < 0.1 { format!("{figure:.4}") } else { format!("{figure:.2}") };
        self.limit(
            what,
            &format!("{shown}{unit}"),
            &format!("at most {most}{unit}"),
            figure <= most,
        );
    }
}

/// Prints a figure that has no limit.
pub fn fact(what: &str, figure: &str) {
    print(&format!("{what:<58} {figure:>26}"));
}

/// Prints a line.
pub fn print(line: &str) {
    writeln!(std::io::stdout(), "{line}").expect("standard output is open");
}

/// The one in the middle.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
