//! The real binary against a sandbox over real HTTP, a file a topic.

mod answers;
mod baselines;
mod browser;
mod continuing;
#[cfg(target_os = "linux")]
mod disks;
mod doctor;
mod documentation;
mod exporting;
mod front;
mod grids;
mod hostile;
mod house;
mod importing;
mod init;
mod interruption;
mod listed;
mod nginx;
mod nightly;
mod order;
mod planning;
#[cfg(unix)]
mod questions;
mod quick_start;
mod reading;
mod refusals;
mod rejects;
mod repeats;
mod report;
mod results;
mod results_book;
mod resuming;
mod rules;
#[cfg(unix)]
mod screens;
mod secrets;
mod sending;
mod sheets;
mod skipping;
mod stored;
#[cfg(unix)]
mod terminal;
mod texts;
mod thousand;
mod tls;
mod typing;
mod unattended;
mod undoing;
mod workbooks;
mod world;
