//! An address that leads nowhere, and the way back.

use leptos::prelude::*;
use markup::view;

use crate::components::button::{ButtonLink, Emphasis};
use crate::components::page_head::PageHead;
use crate::components::states::Nothing;
use crate::markup::View;

/// The page.
#[component]
pub fn NotFoundPage() -> View {
    view! {
        <PageHead title="Not found">
            <ButtonLink href="/" label="Go to Home" emphasis=Emphasis::Primary />
        </PageHead>
        <Nothing
            title="There is no page at this address"
            text="It may have been moved, or the address is incomplete. Everything you stored is still here."
        />
    }
}
