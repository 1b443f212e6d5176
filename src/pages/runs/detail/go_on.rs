//! A study of any age taken up again on the page that tunes: looked at, or gone on with.

use std::rc::Rc;

use leptos::prelude::*;
use markup::view;
use track::run::{Run, RunKind, RunState};

use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::markup::View;
use crate::reactive::Derived;
use crate::router::use_router;
use crate::state::tab::use_tab;
use crate::state::training::use_training;

/// The study is stored as under way: what is stored of it shows whether it really is.
fn is_under_way(run: &Run) -> bool {
    run.state == RunState::Running
}

/// Whether there is something left to make.
fn was_left(run: &Run) -> bool {
    matches!(run.state, RunState::Killed | RunState::Failed { .. })
}

/// The buttons; nothing for runs that are no study.
#[component]
pub(super) fn GoOn(run: Rc<Run>) -> View {
    if run.kind != RunKind::Study || is_under_way(&run) {
        return View::nothing();
    }
    let (training, router, tab) = (use_training(), use_router(), use_tab());
    let is_busy = Derived::new(move || training.is_running());
    let cannot_go_on = Derived::new(move || is_busy.get() || tab.is_reader());
    let open = {
        let id = run.id.clone();
        move |goes_on: bool| {
            training.choose(id.clone(), goes_on);
            router.go("/train");
        }
    };
    let go_on = was_left(&run).then(|| {
        let open = open.clone();
        view! {
            <Button
                label="Go on"
                on_press=move |()| open(true)
                emphasis=Emphasis::Primary
                disabled=cannot_go_on
            />
        }
    });
    let says = match was_left(&run) {
        true => "It was left before its end, and goes on from there with the same results.",
        false => "There it can have more trials, a setting of your own, and its pictures.",
    };
    let waits = move || {
        is_busy.get().then(
            || view! { <p class="note">"Another study is under way: this one waits until it ends."</p> },
        )
    };
    view! {
        <Card title="This study">
            <div class="stack stack--tight">
                <p class="note">{says}</p>
                <div class="row">
                    {go_on}
                    <Button label="Open in Train" on_press=move |()| open(false) disabled=is_busy />
                </div>
                {waits}
            </div>
        </Card>
    }
}
