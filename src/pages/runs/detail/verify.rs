//! Makes a run again, and says whether every number came out the same.

use std::rc::Rc;

use drivers::{Again, Difference};
use leptos::prelude::*;
use markup::view;
use track::run::{Run, RunKind, RunState};

use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::states::Problem;
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::format;
use crate::state::live_study::LiveStudy;
use crate::state::loadable::Loadable;
use crate::state::training::use_training;
use crate::state::verifying::{Stage, use_verifying};

/// The button, how far it is, and what came of it; nothing for runs without a result.
#[component]
pub(super) fn Verify(run: Rc<Run>) -> View {
    if run.state != RunState::Finished || run.kind == RunKind::Study {
        return View::nothing();
    }
    let verifying = use_verifying();
    let training = use_training();
    let stage = {
        let id = run.id.clone();
        Derived::new(move || verifying.stage(&id))
    };
    let is_busy = Derived::new(move || matches!(stage.get(), Stage::Reading | Stage::Fitting));
    // Both need the worker's counts; the study under way comes first.
    let cannot = Derived::new(move || {
        is_busy.get()
            || training
                .live
                .with(|live: &Loadable<LiveStudy>| live.loaded().is_some_and(LiveStudy::is_running))
    });
    let start = move |()| verifying.start((*run).clone());
    let said = move || match stage.get() {
        Stage::NotAsked => view! {
            <p class="note">"Runs the same instructions on the same reviews again, in this browser, and compares every number bit for bit."</p>
        },
        Stage::Reading => view! { <p class="note">"Reading the reviews …"</p> },
        Stage::Fitting => view! { <p class="note">"Making it again …"</p> },
        Stage::Failed(text) => view! { <Problem text /> },
        Stage::Made(again) => made(&again),
    };
    let stop = move || {
        is_busy.get().then(|| view! { <Button label="Stop verifying" on_press=move |()| verifying.stop() /> })
    };
    view! {
        <Card title="Verify">
            <div class="stack stack--tight">
                <div role="status" aria-label="Verification">{said}</div>
                <div class="row">
                    <Button label="Verify" on_press=start disabled=cannot />
                    {stop}
                </div>
            </div>
        </Card>
    }
}

fn made(again: &Again) -> View {
    let n_all = again.n_same + again.different.len() as u64;
    if again.different.is_empty() {
        let words = format!("Every number came out equal, bit for bit: all {}.", format::whole(n_all));
        return view! { <p class="success">{words}</p> };
    }
    let words = format!(
        "{} of {} came out otherwise.",
        format::whole(again.different.len() as u64),
        format::counted(n_all, "number", "numbers")
    );
    let line = |one: &Difference| {
        let of = |number: &Option<String>| number.clone().unwrap_or_else(|| "–".to_owned());
        view! {
            <tr>
                <th scope="row">{one.name.clone()}</th>
                <td class="number">{of(&one.stored)}</td>
                <td class="number">{of(&one.again)}</td>
            </tr>
        }
    };
    view! {
        <div class="stack stack--tight">
            <p class="field__error">{words}</p>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Differences, all columns">
                <table class="table" aria-label="Differences">
                    <thead>
                        <tr>
                            <th scope="col">"Number"</th>
                            <th scope="col" class="number">"Stored"</th>
                            <th scope="col" class="number">"Now"</th>
                        </tr>
                    </thead>
                    <tbody>{again.different.iter().map(line).collect::<View>()}</tbody>
                </table>
            </div>
        </div>
    }
}
