//! The terminal program as a person runs it: real files, real processes, exit codes and what is printed.

mod run;
mod bad_files;
mod determinism;
mod projects;
mod words;
