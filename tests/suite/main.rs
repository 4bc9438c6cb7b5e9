//! The real binary against a sandbox over real HTTP, a file a topic.

mod answers;
#[cfg(target_os = "linux")]
mod disks;
mod doctor;
mod documentation;
mod front;
mod grids;
mod hostile;
mod house;
mod importing;
mod init;
mod interruption;
mod nginx;
mod order;
mod quick_start;
mod reading;
mod refusals;
mod rejects;
mod results;
mod resuming;
mod rules;
mod secrets;
mod sending;
mod sheets;
mod texts;
mod tls;
mod workbooks;
mod world;
