//! The terminal program as a person runs it: real files, real processes, exit codes and what is printed.

#![allow(clippy::unwrap_used, reason = "a test fails where it panics")]

mod run;
mod answers;
mod auditing;
mod bad_files;
mod columns;
mod given_files;
mod determinism;
mod exporting;
mod projects;
mod serving;
mod flows;
mod folders;
mod automations;
mod words;
