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
    #[arg(long, value_name = "TIME")]
    pub latency: Option<String>,
    /// Wait up to so much longer, at random
    #[arg(long, value_name = "TIME")]
    pub jitter: Option<String>,
    /// A token ends after so many updates
    #[arg(long, value_name = "N")]
    pub token_uses: Option<u32>,
    /// A token ends after this time, as in 30s
    #[arg(long, value_name = "TIME")]
    pub token_lifetime: Option<String>,
    /// Know only the contacts of this spreadsheet, with the values in it; without it any contact is taken on at first sight
    #[arg(long, value_name = "FILE")]
    pub contacts: Option<PathBuf>,
    /// Store only the first N characters of a field; may be given several times
    #[arg(long, value_name = "FIELD=N")]
    pub cut: Vec<String>,
    /// Store a field in upper case; may be given several times
    #[arg(long, value_name = "FIELD")]
    pub upper: Vec<String>,
    /// Make a call go wrong; may be given several times
    #[arg(long, value_name = "TEXT")]
    pub fault: Vec<String>,
    /// Refuse no value for its length or content
    #[arg(long)]
    pub no_site_rules: bool,
}

/// What the help of sandbox ends with.
pub(super) const EXAMPLES: &str = "Examples:
  rowpatch sandbox --port 8080 --latency 50ms
  rowpatch sandbox --fault \"update every 7 status 503\" --fault \"update 3 drop after\"";
