//! Cleanings kept under a name.

use leptos::prelude::*;
use markup::view;

use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::name_form::NameForm;
use crate::components::states::{Loading, Problem};
use crate::markup::View;
use crate::reactive::{Derived, Held, State};
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::playground::{KeptCleaning, Playground};
use crate::state::tab::use_tab;

/// The name to keep the steps under, and what is kept.
#[component]
pub fn Kept(
    /// Whose steps.
    playground: Playground,
) -> View {
    let tab = use_tab();
    let name = State::new(String::new());
    let cannot_keep =
        Derived::new(move || tab.is_reader() || playground.form.with(|form| form.cleaning().is_none()));
    let list = move || match playground.kept.get() {
        Loadable::Loading => view! { <Loading what="what is kept" /> },
        Loadable::Failed(text) => view! { <Problem text on_retry=move |()| playground.want_kept() /> },
        Loadable::Loaded(kept) if !kept.is_empty() => {
            let rows = kept.into_iter().map(|kept| row(playground, kept)).collect::<View>();
            view! {
                <ul class="findings" aria-label="Kept cleanings">
                    {rows}
                </ul>
            }
        }
        Loadable::Nothing | Loadable::Loaded(_) => {
            view! { <p class="note">"Nothing is kept yet. A cleaning kept under a name can be opened for any data."</p> }
        }
    };
    view! {
        <Card title="Kept cleanings">
            <div class="stack">
                <NameForm
                    id="cleaning-name"
                    label="Name of this cleaning"
                    value=name
                    on_type=move |typed: String| name.set(typed)
                    word=None
                    fixed=Derived::new(move || tab.is_reader())
                    action="Keep this cleaning"
                    on_press=move |()| playground.keep(&name.get_untracked())
                    disabled=cannot_keep
                />
                {list}
            </div>
        </Card>
    }
}

fn row(playground: Playground, kept: KeptCleaning) -> View {
    let tab = use_tab();
    let said = format!("{} ({})", kept.name, format::counted(kept.steps.len() as u64, "step", "steps"));
    let (open, forget) = (format!("Open: {}", kept.name), format!("Forget: {}", kept.name));
    let kept = Held::new(kept);
    view! {
        <li class="mended">
            <span>{said}</span>
            <span class="row">
                <Button label=open on_press=move |()| kept.with(|kept| playground.open_kept(kept)) />
                <Button
                    label=forget
                    on_press=move |()| kept.with(|kept| playground.forget(kept))
                    emphasis=Emphasis::Quiet
                    disabled=Derived::new(move || tab.is_reader())
                />
            </span>
        </li>
    }
}
