//! The dataset in use at a glance, and the way to another.

use leptos::prelude::*;
use markup::view;

use super::dataset::{DatasetInUse, SetAside};
use super::give_file::GiveFile;
use super::kept::Kept;
use crate::markup::View;
use crate::state::lab::use_lab;

/// What training learns from.
#[component]
pub fn Overview() -> View {
    let lab = use_lab();
    view! {
        <DatasetInUse lab />
        <SetAside lab />
        <GiveFile lab />
        <Kept lab />
    }
}
