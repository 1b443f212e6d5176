//! Makes a run again, and says whether every number came out the same.

use std::rc::Rc;

use drivers::Difference;
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
use crate::state::verifying::{Made, Stage, use_verifying};

/// The button, how far it is, and what came of it; nothing for runs without a result.
#[component]
pub(super) fn Verify(run: Rc<Run>) -> View {
    let is_study = run.kind == RunKind::Study;
    if run.state != RunState::Finished && !(is_study && run.state != RunState::Running) {
        return View::nothing();
    }
    let verifying = use_verifying();
    let training = use_training();
    let stage = {
        let id = run.id.clone();
        Derived::new(move || verifying.stage(&id))
    };
    let is_busy = Derived::new(move || matches!(stage.get(), Stage::Reading | Stage::Fitting { .. }));
    // Both need the worker's counts; the study under way comes first.
    let cannot = Derived::new(move || {
        is_busy.get()
            || training
                .live
                .with(|live: &Loadable<LiveStudy>| live.loaded().is_some_and(LiveStudy::is_running))
    });
    let start = move |()| verifying.start((*run).clone());
    let said = move || match stage.get() {
        Stage::NotAsked if is_study => view! {
            <p class="note">"Makes every trial and fit of this study that ended with a result again, on the same reviews, in this browser, and compares every number bit for bit."</p>
        },
        Stage::NotAsked => view! {
            <p class="note">"Runs the same instructions on the same reviews again, in this browser, and compares every number bit for bit."</p>
        },
        Stage::Reading => view! { <p class="note">"Reading the reviews …"</p> },
        Stage::Fitting { n_runs: 1, .. } => view! { <p class="note">"Making it again …"</p> },
        Stage::Fitting { n_made, n_runs } => {
            let words = format!(
                "Making its runs again: {} of {} …",
                format::whole(n_made as u64),
                format::whole(n_runs as u64)
            );
            view! { <p class="note">{words}</p> }
        }
        Stage::Failed(text) => view! { <Problem text /> },
        Stage::Made(made) => told(&made),
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

/// What came of it.
fn told(made: &Made) -> View {
    let Made { again, n_runs, left_out } = made;
    let left_out = left_out.as_ref().map(|(n_left, reason)| {
        let words = format!(
            "{} of it cannot be made again. The first of them: {reason}",
            format::counted(*n_left as u64, "run", "runs")
        );
        view! { <p class="note">{words}</p> }
    });
    let n_all = again.n_same + again.different.len() as u64;
    if again.different.is_empty() {
        let of = if *n_runs == 1 {
            String::new()
        } else {
            format!(" of {}", format::counted(*n_runs as u64, "run", "runs"))
        };
        let words = format!("Every number came out equal, bit for bit: all {}{of}.", format::whole(n_all));
        return view! { <div class="stack stack--tight"><p class="success">{words}</p>{left_out}</div> };
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
            {left_out}
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
