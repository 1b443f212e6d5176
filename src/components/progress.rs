//! How far a piece of work is, as a bar.

use leptos::prelude::*;
use markup::view;

use crate::markup::View;
use crate::reactive::Derived;

/// A bar that fills.
#[component]
pub fn Progress(
    /// Whose progress.
    name: &'static str,
    /// How much is done, from 0 to 1.
    share: Derived<f64>,
) -> View {
    let now = move || (share.get() * 100.0).round().to_string();
    view! {
        <div
            class="progress"
            role="progressbar"
            aria-label=name
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=now
        >
            <div class="progress__fill" style:transform=move || format!("scaleX({:.3})", share.get())></div>
        </div>
    }
}
