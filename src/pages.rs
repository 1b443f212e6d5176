//! One module a page: they read state, show it, and call its methods. They calculate nothing.

pub mod home;
pub mod data;
pub mod train;
pub mod errors;
pub mod runs;
pub mod models;
pub mod predict;
pub mod flows;
pub mod ab_tests;
pub mod monitor;
pub mod settings;
pub mod not_found;
