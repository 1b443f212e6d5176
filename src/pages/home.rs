//! `/`: on a first visit what this is and where to begin; later what happened last and what comes next.

use leptos::prelude::*;
use markup::view;

use super::predict::answer::Verdict;
use crate::components::button::{Button, ButtonLink, Emphasis};
use crate::components::card::Card;
use crate::components::drop_zone::DropZone;
use crate::components::figures::{ModelKey, ModelName, Score, run_link};
use crate::components::link::PageLink;
use crate::components::page_head::PageHead;
use crate::components::reading::Reading;
use crate::components::states::{Loading, Nothing, Problem};
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::{Show, View};
use crate::reactive::{Callback, Derived};
use crate::router::use_router;
use crate::services::files::File;
use crate::services::settings;
use crate::state::format;
use crate::state::lab::{Import, Lab, use_lab};
use crate::state::live_study::LiveStudy;
use crate::state::loadable::Loadable;
use crate::state::prediction::use_prediction;
use crate::state::tab::use_tab;
use crate::state::training::use_training;
use crate::state::views::DatasetView;

/// What the page shows.
#[derive(Clone, Copy, PartialEq)]
enum Visit {
    First,
    Loading,
    Later,
}

/// The page.
#[component]
pub fn HomePage() -> View {
    let lab = use_lab();
    lab.expect_a_file();
    let was_here = settings::is_returning();
    let visit = Derived::new(move || {
        lab.dataset.with(|dataset| match dataset {
            Loadable::Loaded(_) => Visit::Later,
            Loadable::Loading if was_here => Visit::Loading,
            Loadable::Loading | Loadable::Nothing | Loadable::Failed(_) => Visit::First,
        })
    });
    View::live(move || match visit.get() {
        Visit::First => view! { <FirstVisit lab /> },
        Visit::Loading => view! {
            <PageHead title="Home" />
            <Loading what="what you did last" />
        },
        Visit::Later => view! { <LaterVisit lab /> },
    })
}

/// The import's progress, or why it failed.
#[component]
fn ImportState(lab: Lab) -> View {
    let is_busy = Derived::new(move || lab.import.with(Import::is_busy));
    let problem = Derived::new(move || {
        lab.import.with(|import| match import {
            Import::Failed { name, sentence } => Some(format!("{name}: {sentence}")),
            _ => None,
        })
    });
    let unread = move || match lab.dataset.get() {
        Loadable::Failed(reason) => {
            view! { <Problem text=reason on_retry=move |()| lab.retry() /> }
        }
        Loadable::Nothing | Loadable::Loading | Loadable::Loaded(_) => View::nothing(),
    };
    view! {
        {unread}
        {move || problem.get().map(|text| view! { <Problem text /> })}
        <Show when=move || is_busy.get()>
            <Reading lab />
        </Show>
    }
}

/// Where a file is dropped; its columns are chosen on the next page.
#[component]
fn Drop(lab: Lab, title: &'static str, slim: bool) -> View {
    let tab = use_tab();
    let router = use_router();
    let open = move |files: Vec<File>| {
        lab.open_files(files);
        router.go("/data");
    };
    view! { <DropZone on_files=Callback::new(open) title slim disabled=Derived::new(move || tab.is_reader()) /> }
}

/// The same as index.html shows before the app is there.
#[component]
fn FirstVisit(lab: Lab) -> View {
    let tab = use_tab();
    let busy = Derived::new(move || tab.is_reader() || lab.import.with(Import::is_busy));
    view! {
        <PageHead title="Home" sub="Turn a file of reviews into a model that reads new ones">
            <Button
                label="Try the sample reviews"
                on_press=move |()| lab.open_sample()
                emphasis=Emphasis::Primary
                disabled=busy
            />
        </PageHead>
        <div class="stack">
            <ImportState lab />
            <Drop lab title="Drop a file of reviews here" slim=false />
            <Steps />
        </div>
    }
}

#[component]
fn Steps() -> View {
    let step = |(title, text): (&'static str, &'static str)| {
        view! {
            <li class="card step">
                <h2 class="step__title">{title}</h2>
                <p class="note">{text}</p>
            </li>
        }
    };
    let steps = [
        (
            "Bring reviews",
            "A text and a rating in each row are enough. Columns are found for you; rows that cannot be read are listed, never lost in silence.",
        ),
        (
            "Find the best model",
            "Three kinds of model are tried in dozens of settings, and compared on reviews they have not seen.",
        ),
        (
            "Read new reviews",
            "Type or paste a review: you get an answer, how sure it is, and the words that decided.",
        ),
    ];
    view! { <ol class="steps">{steps.map(step)}</ol> }
}

/// What happened last, and the next step.
#[component]
fn LaterVisit(lab: Lab) -> View {
    let tab = use_tab();
    let sub =
        move || lab.dataset.with(|dataset| dataset.loaded().map(DatasetView::sentence)).unwrap_or_default();
    let prediction = use_prediction();
    prediction.want();
    let has_model = Derived::new(move || prediction.source.with(|source| source.loaded().is_some()));
    let next = move || match has_model.get() {
        false => view! { <ButtonLink href="/train" label="Train on this data" emphasis=Emphasis::Primary /> },
        true => view! { <ButtonLink href="/predict" label="Try a review" emphasis=Emphasis::Primary /> },
    };
    let busy = Derived::new(move || tab.is_reader() || lab.import.with(Import::is_busy));
    view! {
        <PageHead title="Home" sub=Derived::new(sub)>
            <Button
                label="Try the sample reviews"
                on_press=move |()| lab.open_sample()
                emphasis=Emphasis::Quiet
                disabled=busy
            />
            {next}
        </PageHead>
        <div class="stack">
            <ImportState lab />
            <div class="split split--even">
                <LastStudy />
                <TryBox />
            </div>
            <Drop lab title="Drop another file of reviews here" slim=true />
        </div>
    }
}

/// The last study: its best model, in figures and in words.
#[component]
fn LastStudy() -> View {
    let training = use_training();
    View::live(move || match training.live.get() {
        Loadable::Nothing => view! {
            <Nothing
                title="Nothing was trained yet"
                text="Train on this data to find the best of three models; it takes seconds."
            />
        },
        Loadable::Loading => view! { <Loading what="the last study" /> },
        Loadable::Failed(reason) => {
            view! { <Problem text=reason on_retry=move |()| training.retry() /> }
        }
        Loadable::Loaded(study) => view! { <BestModel study /> },
    })
}

#[component]
fn BestModel(study: LiveStudy) -> View {
    let trials = format!("{} of {} ", format::whole(study.n_done), format::whole(study.n_total));
    let name = study.name.clone();
    let best = study.rows.iter().find(|row| row.is_best).cloned().map(|row| {
        view! {
            <p class="home__best">
                <span>
                    <ModelKey model=row.model />
                    <ModelName model=row.model />
                </span>
                <span>
                    <Term word=Word::CrossValidation /> " " <Term word=Word::MacroF1 /> " "
                    <b>
                        <Score value=row.cv spread=row.cv_spread />
                    </b>
                </span>
            </p>
            {row.words.map(|words| view! { <p class="says">{words}</p> })}
        }
    });
    view! {
        <Card title="Best model of the last study">
            <div class="stack stack--tight">
                {best}
                <p class="note">
                    {run_link(study.run.as_ref(), &name)} ", a " <Term word=Word::Study /> " with " {trials}
                    <Term word=Word::Trial text="trials" /> " done · " <PageLink to="/train">"see the leaderboard"</PageLink>
                </p>
            </div>
        </Card>
    }
}

/// One box to try the model.
#[component]
fn TryBox() -> View {
    let prediction = use_prediction();
    prediction.want();
    let answer = Derived::new(move || prediction.answer());
    let is_ready = Derived::new(move || prediction.source.with(|source| source.loaded().is_some()));
    view! {
        <Show
            when=move || is_ready.get()
            fallback=|| view! { <Nothing title="No model to try yet" text="Once a model is trained, it answers here while you type." /> }
        >
            <Card title="Try a review">
                <div class="stack stack--tight">
                    <textarea
                        class="review__text review__text--low"
                        aria-label="Review text"
                        rows="2"
                        placeholder="Type or paste a review"
                        prop:value=move || prediction.text.get()
                        on:input:target=move |event| prediction.type_text(event.target().value())
                    ></textarea>
                    <Verdict answer=answer />
                </div>
            </Card>
        </Show>
    }
}
