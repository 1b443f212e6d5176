//! The ways in which reviews come: for now a file that is dropped or chosen.

use leptos::prelude::*;
use markup::view;

use crate::components::drop_zone::DropZone;
use crate::markup::View;
use crate::reactive::{Callback, Derived};
use crate::services::files::File;
use crate::state::lab::{Import, Lab};
use crate::state::tab::use_tab;

/// A place for a file; lower where there is one already.
#[component]
pub fn GiveFile(
    /// Takes it.
    lab: Lab,
) -> View {
    let tab = use_tab();
    let has_file = Derived::new(move || {
        lab.dataset.with(|dataset| dataset.loaded().is_some())
            || lab.import.with(|import| import.file().is_some())
    });
    let disabled = Derived::new(move || tab.is_reader() || lab.import.with(Import::is_busy));
    View::live(move || {
        let slim = has_file.get();
        let title = if slim { "Drop another file of reviews here" } else { "Drop a file of reviews here" };
        view! {
            <DropZone on_file=Callback::new(move |file: File| lab.open_file(file)) title slim disabled />
        }
    })
}
