//! What can be seen and done about the dataset in use, a tab each. A section is a component in a file of its own and a
//! line in `SECTIONS`; it finds the dataset in `use_lab`.

use leptos::prelude::*;
use markup::view;

use super::faults::Check;
use super::labels::FixLabels;
use super::overview::Overview;
use super::pictures::Pictures;
use super::playground::Cleaning;
use crate::components::later::drawn_later;
use crate::components::tabs::{Tab, Tabs};
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::lab::Lab;

/// Every section, in order.
const SECTIONS: &[Tab] = &[
    Tab { key: "overview", name: "Overview", body: Overview },
    Tab { key: "pictures", name: "Pictures", body: || drawn_later("the pictures", Pictures) },
    Tab { key: "check", name: "Check", body: || drawn_later("the check", Check) },
    Tab { key: "cleaning", name: "Cleaning", body: || drawn_later("the cleaning", Cleaning) },
    Tab { key: "labels", name: "Labels", body: || drawn_later("the labels", FixLabels) },
];

/// The sections; before there is a dataset, the first alone.
#[component]
pub fn Sections(
    /// Whose dataset.
    lab: Lab,
) -> View {
    let has_dataset = Derived::new(move || lab.dataset.with(|dataset| dataset.loaded().is_some()));
    View::live(move || match has_dataset.get() {
        true => view! { <Tabs name="About this data" parameter="show" tabs=SECTIONS /> },
        false => view! { <Overview /> },
    })
}
