//! The journeys, in the order they are run.
//! In: a lab each. Out: an error that says what a person would have seen go wrong.
//! Never: a journey that needs another to have run before it.

use anyhow::Result;
use std::future::Future;
use std::pin::Pin;

use e2e::Lab;

mod harness;
mod smoke;

/// A journey on its way.
type Travelling<'a> = Pin<Box<dyn Future<Output = Result<()>> + 'a>>;

/// A way through the site.
pub struct Journey {
    /// For `--only`, and the names of screenshots.
    pub name: &'static str,
    /// Walks it.
    pub run: for<'a> fn(&'a Lab) -> Travelling<'a>,
}

/// All of them.
pub const ALL: &[Journey] = &[
    Journey { name: "harness", run: |lab| Box::pin(harness::run(lab)) },
    Journey { name: "smoke", run: |lab| Box::pin(smoke::run(lab)) },
];
