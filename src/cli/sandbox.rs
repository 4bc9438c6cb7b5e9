//! The words of the stand-in.

use std::path::PathBuf;

use clap::Args;

/// `sandbox`.
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// The port of 127.0.0.1 to listen on; without it a free one, which is told
    #[arg(long, value_name = "N")]
    pub port: Option<u16>,
    /// Wait so long before each answer, as in 50ms
    #[arg(long, value_name = "TIME", help_heading = "How it answers")]
    pub latency: Option<String>,
    /// Wait up to so much longer, at random
    #[arg(long, value_name = "TIME", help_heading = "How it answers")]
    pub jitter: Option<String>,
    /// A token ends after so many updates
    #[arg(long, value_name = "N", help_heading = "How it answers")]
    pub token_uses: Option<u32>,
    /// A token ends after this time, as in 30s
    #[arg(long, value_name = "TIME", help_heading = "How it answers")]
    pub token_lifetime: Option<String>,
    /// Know only the contacts of this spreadsheet, with the values in it; without it any contact is taken on at first sight
    #[arg(long, value_name = "FILE", help_heading = "What it holds")]
    pub contacts: Option<PathBuf>,
    /// Store only the first N characters of a field; may be given several times
    #[arg(long, value_name = "FIELD=N", help_heading = "What it holds")]
    pub cut: Vec<String>,
    /// Store a field in upper case; may be given several times
    #[arg(long, value_name = "FIELD", help_heading = "What it holds")]
    pub upper: Vec<String>,
    /// Make a call go wrong; may be given several times
    #[arg(long, value_name = "TEXT", help_heading = "How it answers")]
    pub fault: Vec<String>,
    /// Refuse no value for its length or content
    #[arg(long, help_heading = "What it holds")]
    pub no_site_rules: bool,
}
