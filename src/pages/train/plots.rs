//! The pictures of a study, a tab each: drawn from its stored trials, anew while it runs, the chosen one alone.

mod figure;
mod history;
mod steps;
mod importance;
mod slice;
mod pairs;
mod parallel;
mod distribution;
mod timing;
mod folds;
#[cfg(test)]
mod samples;

use leptos::prelude::*;
use markup::view;

use self::figure::{Choice, Figure, Kind, tell, tip_of_trial};
use self::parallel::AllParameters;
use crate::charts::frame::Chart;
use crate::charts::hover::Tip;
use crate::charts::scene::Scene;
use crate::charts::twin::Twin;
use crate::components::card::Card;
use crate::components::field::SelectField;
use crate::components::states::{Loading, Problem};
use crate::components::tabs::{Tab, Tabs};
use crate::markup::{Show, View};
use crate::reactive::{Callback, Derived};
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::study_plots::{
    MAX_TRIALS_DRAWN, OtherStudy, StudyPlots, StudyTrials, searched_params, use_study_plots,
};

/// Every picture, in order.
const PLOTS: &[Tab] = &[
    Tab { key: "history", name: "History", body: || drawn(&history::KIND) },
    Tab { key: "steps", name: "Intermediate values", body: || drawn(&steps::KIND) },
    Tab { key: "importance", name: "Importance", body: || of_model(&importance::KIND) },
    Tab { key: "slice", name: "Slice", body: || of_model(&slice::KIND) },
    Tab { key: "contour", name: "Contour", body: || of_two(&pairs::CONTOUR) },
    Tab { key: "parallel", name: "Parallel", body: all_parameters },
    Tab { key: "rank", name: "Rank", body: || of_two(&pairs::RANK) },
    Tab { key: "distribution", name: "Distribution", body: beside_others },
    Tab { key: "timeline", name: "Timeline", body: || drawn(&timing::KIND) },
    Tab { key: "folds", name: "Folds", body: || drawn(&folds::KIND) },
];

/// The pictures; nothing before the first trial.
#[component]
pub fn StudyPictures() -> View {
    let plots = use_study_plots();
    let is_there = Derived::new(move || {
        plots.trials.with(|trials| trials.as_ref().is_some_and(|trials| trials.n_trials() > 0))
    });
    let left_out = Derived::new(move || {
        plots.trials.with(|trials| trials.as_ref().map_or(0, |trials| trials.n_left_out as u64))
    });
    let bound = move || {
        let words = || {
            format!(
                "The first {} trials are drawn, {} are not.",
                format::whole(MAX_TRIALS_DRAWN as u64),
                format::whole(left_out.get())
            )
        };
        (left_out.get() > 0).then(|| view! { <p class="note note--small">{words()}</p> })
    };
    view! {
        <Show when=move || is_there.get()>
            <Card title="Study plots" sub="click a trial to open it">
                <div class="stack stack--tight">
                    <Tabs name="Study plots" parameter="plot" tabs=PLOTS />
                    {bound}
                </div>
            </Card>
        </Show>
    }
}

/// What a person chose among.
fn choice(plots: StudyPlots, trials: &StudyTrials) -> Choice {
    let scores =
        |other: &OtherStudy| other.scores.loaded().map(|scores| (other.name.clone(), scores.clone()));
    let others = plots.others.with(|others| {
        others.loaded().map(|others| others.iter().filter_map(scores).collect()).unwrap_or_default()
    });
    Choice { search: plots.shown_search(trials), params: plots.shown_params(trials), others }
}

/// A picture, or why it is not there yet.
fn drawn(kind: &'static Kind) -> View {
    let plots = use_study_plots();
    let found: Derived<Option<Result<Figure, String>>> = Derived::new(move || {
        plots
            .trials
            .with(|trials| trials.as_ref().map(|trials| (kind.figure)(trials, &choice(plots, trials))))
    });
    let figure = move |read: fn(&Figure) -> String| {
        Derived::new(move || found.with(|found| found.iter().flatten().next().map(read).unwrap_or_default()))
    };
    let legend = Derived::new(move || {
        found.with(|found| {
            found.iter().flatten().next().map(|figure| figure.legend.clone()).unwrap_or_default()
        })
    });
    let scene = Callback::new(move |width: f64| {
        found.with(|found| match found {
            Some(Ok(figure)) => figure.picture.scene(width),
            _ => Scene::default(),
        })
    });
    let twin = Derived::new(move || {
        plots.trials.with(|trials| match trials {
            Some(trials) => (kind.twin)(trials, &choice(plots, trials)),
            None => Twin::default(),
        })
    });
    let told = Callback::new(move |item: u32| {
        let told = |figure: &Figure| {
            plots.trials.with(|trials| trials.as_ref().map(|trials| tell(&figure.picture, trials, item)))
        };
        found.with(|found| found.iter().flatten().next().and_then(told)).unwrap_or_default()
    });
    let missing =
        Derived::new(move || found.with(|found| found.as_ref().and_then(|found| found.clone().err())));
    View::live(move || match missing.get() {
        Some(why) => view! { <p class="lead" role="status" aria-label=kind.name>{why}</p> },
        None => {
            let says = figure(|figure| figure.says.clone());
            view! { <Chart name=kind.name says scene twin tell=told legend sentence=true /> }
        }
    })
}

/// A picture of one model.
fn of_model(kind: &'static Kind) -> View {
    let plots = use_study_plots();
    view! {
        <div class="stack stack--tight">
            <ModelChoice plots />
            {drawn(kind)}
        </div>
    }
}

/// A picture of two parameters of a model.
fn of_two(kind: &'static Kind) -> View {
    let plots = use_study_plots();
    let names = Derived::new(move || {
        plots.trials.with(|trials| {
            let trials = trials.as_ref()?;
            Some(searched_params(trials, plots.shown_search(trials)))
        })
    });
    let options = Derived::new(move || {
        let all = names.get().unwrap_or_default();
        all.iter().map(|name| (name.as_str().to_owned(), name.as_str().to_owned())).collect::<Vec<_>>()
    });
    let shown = move |is_first: bool| {
        Derived::new(move || {
            let both =
                plots.trials.with(|trials| trials.as_ref().and_then(|trials| plots.shown_params(trials)));
            let name = both.map(|(first, second)| if is_first { first } else { second });
            name.map_or_else(String::new, |name| name.as_str().to_owned())
        })
    };
    let place = move |word: &str| {
        names
            .with_untracked(|names| names.iter().flatten().position(|name| name.as_str() == word))
            .unwrap_or(0)
    };
    view! {
        <div class="stack stack--tight">
            <div class="fields">
                <ModelChoice plots />
                <SelectField
                    id="plot-across"
                    label="Across"
                    options
                    value=shown(true)
                    on_choose=move |word: String| plots.params.update(|params| params.0 = place(&word))
                    word=None
                />
                <SelectField
                    id="plot-up"
                    label="Up"
                    options
                    value=shown(false)
                    on_choose=move |word: String| plots.params.update(|params| params.1 = place(&word))
                    word=None
                />
            </div>
            {drawn(kind)}
        </div>
    }
}

fn all_parameters() -> View {
    let plots = use_study_plots();
    view! {
        <div class="stack stack--tight">
            <ModelChoice plots />
            <AllParameters plots />
        </div>
    }
}

/// Which model's trials are shown; nothing where there is one.
#[component]
fn ModelChoice(plots: StudyPlots) -> View {
    let models = Derived::new(move || {
        plots.trials.with(|trials| {
            let Some(trials) = trials else { return Vec::new() };
            (0..trials.searches.len())
                .map(|search| format::model_name(trials.model(search)).to_owned())
                .collect()
        })
    });
    let options = Derived::new(move || {
        models
            .get()
            .into_iter()
            .enumerate()
            .map(|(search, name)| (search.to_string(), name))
            .collect::<Vec<_>>()
    });
    let value = Derived::new(move || {
        plots.trials.with(|trials| trials.as_ref().map_or(0, |trials| plots.shown_search(trials))).to_string()
    });
    let choose = move |search: String| plots.search.set(search.parse().unwrap_or(0));
    view! {
        <Show when=move || models.with(|models| models.len() > 1)>
            <SelectField id="plot-model" label="Model" options value on_choose=choose word=None />
        </Show>
    }
}

/// The distribution of scores, and earlier studies to lay beside it.
fn beside_others() -> View {
    let plots = use_study_plots();
    plots.want_others();
    let one = move |other: OtherStudy| {
        let run = other.run.clone();
        let is_drawn = other.scores != Loadable::Nothing;
        let is_left_out = other.left_out.is_some();
        let why = other.left_out.map(|why| view! { <span class="note note--small">{why}</span> });
        let failed = match &other.scores {
            Loadable::Failed(reason) => Some(view! { <Problem text=reason.clone() /> }),
            _ => None,
        };
        view! {
            <li class="choices__one">
                <label class="choice">
                    <input
                        class="choice__box"
                        type="checkbox"
                        prop:checked=is_drawn
                        prop:disabled=is_left_out
                        on:change=move |_| plots.toggle_other(run.clone())
                    />
                    {other.name}
                </label>
                {why}
                {failed}
            </li>
        }
    };
    let others = View::live(move || match plots.others.get() {
        Loadable::Nothing => View::nothing(),
        Loadable::Loading => view! { <Loading what="earlier studies" /> },
        Loadable::Failed(reason) => {
            view! { <Problem text=reason on_retry=move |()| plots.want_others() /> }
        }
        Loadable::Loaded(others) => view! {
            <fieldset>
                <legend>"Beside earlier studies"</legend>
                <ul class="choices">{others.into_iter().map(one).collect::<View>()}</ul>
            </fieldset>
        },
    });
    view! {
        <div class="stack stack--tight">
            {others}
            {drawn(&distribution::KIND)}
        </div>
    }
}

/// What is said of a trial that is pointed at.
fn told(plots: StudyPlots, item: u32) -> Tip {
    plots.trials.with(|trials| trials.as_ref().map(|trials| tip_of_trial(trials, item))).unwrap_or_default()
}
