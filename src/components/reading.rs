//! How far the reading of a file is.

use leptos::prelude::*;
use markup::view;

use super::progress::Progress;
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::format;
use crate::state::lab::{Import, Lab};

/// A bar while a file is looked through or read.
#[component]
pub fn Reading(
    /// Whose import.
    lab: Lab,
) -> View {
    let share = Derived::new(move || {
        lab.import.with(|import| match import {
            Import::Scanning { share, .. } | Import::Reading { share, .. } => *share,
            Import::Idle | Import::Scanned(_) | Import::Ready(_) | Import::Failed { .. } => 1.0,
        })
    });
    let words = Derived::new(move || {
        lab.import.with(|import| match import {
            Import::Scanning { name, .. } => format!("Looking through {name}"),
            Import::Reading { file, .. } => format!("Reading and cleaning {}", file.name),
            Import::Idle | Import::Scanned(_) | Import::Ready(_) | Import::Failed { .. } => String::new(),
        })
    });
    view! {
        <section class="card stack stack--tight" aria-label="Import">
            <p class="row">
                <span role="status">{move || words.get()}</span>
                <span class="push note">{move || format::percent(share.get())}</span>
            </p>
            <Progress name="Import progress" share />
        </section>
    }
}
