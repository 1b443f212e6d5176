//! `/train`: what to search, how far it is, and what came out, in figures, words and a picture.

pub mod panel;
pub mod steering;
pub mod progress;
pub mod leaderboard;
pub mod failed;
pub mod summary;
pub mod plots;
pub mod more_labels;
pub mod luck;

use engine::metrics::Metric;
use leptos::prelude::*;
use markup::view;

use self::failed::FailedTrials;
use self::leaderboard::Leaderboard;
use self::luck::HowMuchIsLuck;
use self::more_labels::MoreLabels;
use self::panel::Panel;
use self::plots::StudyPictures;
use self::progress::Progress;
use self::summary::Summary;
use crate::components::button::{Button, ButtonLink, Emphasis};
use crate::components::later::drawn_later;
use crate::components::page_head::PageHead;
use crate::components::reading::Reading;
use crate::components::states::{Loading, Nothing, Problem};
use crate::markup::{Show, View};
use crate::reactive::{Derived, follow};
use crate::router::use_router;
use crate::state::kept_studies::use_kept_studies;
use crate::state::lab::{Import, use_lab};
use crate::state::live_study::LiveStudy;
use crate::state::loadable::Loadable;
use crate::state::registry::use_registry;
use crate::state::tab::use_tab;
use crate::state::training::{Training, use_training};
use crate::state::views::DatasetView;

/// The page.
#[component]
pub fn TrainPage() -> View {
    let training = use_training();
    let lab = use_lab();
    use_registry().reset();
    let kept = use_kept_studies();
    let router = use_router();
    follow(move || {
        router.path();
        untrack(|| kept.take_link());
    });
    let is_reading = Derived::new(move || lab.import.with(Import::is_busy));
    view! {
        <Head training />
        <Show when=move || is_reading.get()>
            <div class="stack stack--below">
                <Reading lab />
            </div>
        </Show>
        <div class="split split--panel">
            <Panel training />
            <Results training />
        </div>
    }
}

/// The heading, the data in a few words, and the next step.
#[component]
fn Head(training: Training) -> View {
    let lab = use_lab();
    let tab = use_tab();
    let sub =
        move || lab.dataset.with(|dataset| dataset.loaded().map(DatasetView::sentence)).unwrap_or_default();
    let has_data = Derived::new(move || lab.dataset.with(|dataset| dataset.loaded().is_some()));
    let has_model = Derived::new(move || {
        let is_fitted =
            |study: &LiveStudy| !study.is_running() && study.rows.iter().any(|row| row.test.is_some());
        training.live.with(|live| live.loaded().is_some_and(is_fitted))
    });
    let cannot_start = Derived::new(move || {
        let is_wrong = training.checked.with(|checked| !checked.is_right());
        tab.is_reader() || !has_data.get() || training.is_running() || is_wrong
    });
    let start = move |emphasis: Emphasis| {
        view! { <Button label="Start tuning" on_press=move |()| training.start() emphasis disabled=cannot_start /> }
    };
    let actions = move || match (has_data.get(), has_model.get()) {
        (false, _) => view! {
            {start(Emphasis::Plain)}
            <ButtonLink href="/data" label="Bring reviews" emphasis=Emphasis::Primary />
        },
        (true, false) => start(Emphasis::Primary),
        (true, true) => view! {
            {start(Emphasis::Plain)}
            <ButtonLink href="/predict" label="Try a review" emphasis=Emphasis::Primary />
        },
    };
    view! {
        <PageHead title="Train" sub=Derived::new(sub)>
            {actions}
        </PageHead>
    }
}

/// What a study's page part shows.
#[derive(Clone, PartialEq)]
enum Stage {
    Nothing,
    Loading,
    Failed(String),
    Study,
}

/// The study at work, or the last one, in its state.
#[component]
fn Results(training: Training) -> View {
    let stage = Derived::new(move || {
        training.live.with(|live| match live {
            Loadable::Nothing => Stage::Nothing,
            Loadable::Loading => Stage::Loading,
            Loadable::Failed(reason) => Stage::Failed(reason.clone()),
            Loadable::Loaded(_) => Stage::Study,
        })
    });
    View::live(move || match stage.get() {
        Stage::Nothing => {
            view! {
                <Nothing
                    title="No study yet"
                    text="Start tuning tries each model in many settings on your reviews and shows here which does best. There is nothing to choose first."
                />
            }
        }
        Stage::Loading => view! { <Loading what="the last study" /> },
        Stage::Failed(reason) => view! { <Problem text=reason on_retry=move |()| training.retry() /> },
        Stage::Study => view! { <Study training /> },
    })
}

/// A study: progress, leaderboard, summary, pictures.
#[component]
fn Study(training: Training) -> View {
    let of_study = move |read: fn(&LiveStudy) -> Vec<crate::state::views::LeaderboardRow>| {
        Derived::new(move || training.live.with(|live| live.loaded().map(read).unwrap_or_default()))
    };
    let rows = of_study(|study| study.rows.clone());
    let is_fitted = Derived::new(move || rows.with(|rows| rows.iter().any(|row| row.words.is_some())));
    let metric = Derived::new(move || {
        training.live.with(|live| live.loaded().map_or(Metric::default(), |live| live.metric))
    });
    let verdict =
        Derived::new(move || training.live.with(|live| live.loaded().and_then(LiveStudy::against_guessing)));
    view! {
        <div class="stack">
            <Progress training />
            <Show when=move || rows.with(|rows| !rows.is_empty())>
                <Leaderboard rows metric verdict />
            </Show>
            <Show when=move || is_fitted.get()>
                <Summary training rows />
            </Show>
            <FailedTrials />
            {drawn_later("the pictures", StudyPictures)}
            {drawn_later("the part of luck", || view! { <HowMuchIsLuck training=use_training() /> })}
            {drawn_later("the learning curve", || view! { <MoreLabels training=use_training() /> })}
        </div>
    }
}
