//! The way to a first leaderboard without a choice: the sample is read, training begins, its page opens.
//!
//! Also what a person did on the static shell before the app was there: it goes on as if done now.

use leptos::prelude::*;

use super::lab::Lab;
use super::training::Training;
use crate::reactive::{State, follow};
use crate::services::device::{self, Early};

/// Where the app should go by itself. `Copy`; from context by `use_sample_flow`.
#[derive(Clone, Copy)]
pub struct SampleFlow {
    /// A route to open, such as `/train`; the shell opens it and sets it back to none.
    pub go_to: State<Option<&'static str>>,
}

pub(super) fn provide_sample_flow(lab: Lab, training: Training) {
    let flow = SampleFlow { go_to: State::new(None) };
    provide_context(flow);
    follow(move || {
        if lab.train_now.get() > 0 {
            training.start();
            flow.go_to.set(Some("/train"));
        }
    });
    match device::take_early() {
        Some(Early::Sample) => lab.open_sample(),
        Some(Early::File(file)) => {
            lab.open_files(vec![file]);
            flow.go_to.set(Some("/data"));
        }
        None => {}
    }
}

/// Where the app should go by itself.
pub fn use_sample_flow() -> SampleFlow {
    use_context().expect("`provide_app_state` in `App` provides the sample flow")
}
