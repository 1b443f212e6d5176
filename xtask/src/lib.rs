//! The parts of xtask that its commands, the browser tests and the benches share.
//! In: the workspace on disk and command line words. Out: tools set up, sites built and served, checks run.
//! Never: a shell, a fixed temporary path, or a change to anything outside the workspace's `target`
//! (but for `rustup target add`, and Debian's packages where we are root).

pub mod workspace;
pub mod process;
pub mod python;
pub mod metadata;
pub mod arguments;
pub mod lean;
pub mod tools;
pub mod server;
pub mod site;
pub mod serve;
pub mod browser;
pub mod size;
pub mod image;
pub mod tidy;
pub mod parity;
pub mod interop;
pub mod check;
pub mod sample_data;
pub mod bench;
