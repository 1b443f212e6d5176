//! `/runs/:id`: one run with everything its record holds.

mod files;
mod go_on;
mod verify;
mod words;

use std::rc::Rc;

use leptos::prelude::*;
use markup::view;
use track::experiment::Lifecycle;
use track::id::{Millis, RunId};
use track::run::Run;

use self::files::Files;
use self::go_on::GoOn;
use self::verify::Verify;
use self::words::Words;

use crate::components::button::{Button, ButtonLink, Emphasis};
use crate::components::card::Card;
use crate::components::exports::ExportCard;
use crate::components::figures::version_chip;
use crate::components::link::PageLink;
use crate::components::page_head::PageHead;
use crate::components::register::RegisterForm;
use crate::components::runs_table::{KindName, RunLine, RunsHead, StateChip};
use crate::components::states::{Loading, Nothing, Problem};
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::View;
use crate::pages::errors::ErrorSection;
use crate::pages::errors::report::Report;
use crate::pages::runs::report_button::ReportButton;
use crate::reactive::{Derived, State};
use crate::router::use_router;
use crate::services::clock;
use crate::state::error_analysis::Subject;
use crate::state::exports::Subject as Model;
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::mlflow_model::facts_of;
use crate::state::registry::use_registry;
use crate::state::run_edits::{Change, use_run_edits};
use crate::state::run_files::{pretty, spec_of};
use crate::state::runs::use_runs;
use crate::state::stored_fits::use_stored_fits;
use crate::state::tab::use_tab;
use crate::state::views::{RunDetail, RunRow};

/// Nested runs shown on one page.
const CHILDREN_SHOWN: usize = 200;

/// The page of one run; another id is another page.
#[component]
pub fn RunPage() -> View {
    let router = use_router();
    let id = Derived::new(move || router.last_part());
    View::live(move || view! { <OneRun id=RunId(id.get()) /> })
}

/// What is shown, kept true.
type Shown = State<Loadable<RunDetail>>;

#[component]
fn OneRun(id: RunId) -> View {
    use_registry().reset();
    let detail = use_runs().detail(id.clone());
    let state = Derived::new(move || detail.with(Loadable::without_value));
    View::live(move || match state.get() {
        Loadable::Nothing => {
            view! {
                <PageHead title="Run">
                    <ButtonLink href="/runs" label="See all runs" emphasis=Emphasis::Primary />
                </PageHead>
                <Nothing
                    title="There is no such run here"
                    text="It was made in another browser, or has been deleted. A project file from there brings it back."
                />
            }
        }
        Loadable::Loading => {
            view! {
                <PageHead title="Run" />
                <Loading what="the run" />
            }
        }
        Loadable::Failed(reason) => {
            view! {
                <PageHead title="Run" />
                <Problem text=reason />
            }
        }
        Loadable::Loaded(()) => view! { <Detail id=id.clone() detail /> },
    })
}

/// One thing of a run, followed; none where the run is gone.
fn part_of<T: PartialEq + 'static>(
    detail: Shown,
    read: impl Fn(&RunDetail) -> T + 'static,
) -> Derived<Option<T>> {
    Derived::new(move || detail.with(|detail| detail.loaded().map(&read)))
}

/// One thing of a run as a view, drawn anew when that changes and not when anything else does.
fn drawn<T: Clone + PartialEq + 'static>(
    detail: Shown,
    read: impl Fn(&RunDetail) -> T + 'static,
    draw: impl Fn(T) -> View + 'static,
) -> View {
    let part = part_of(detail, read);
    View::live(move || part.get().map(&draw))
}

#[component]
fn Detail(id: RunId, detail: Shown) -> View {
    let head = part_of(detail, |detail| (detail.row.name.clone(), detail.row.created));
    let title = Derived::new(move || {
        head.with(|head| head.as_ref().map(|(name, _)| name.clone()).unwrap_or_default())
    });
    let began = Derived::new(move || {
        let began = |(_, created): &(String, Millis)| format::date_time(*created, clock::offset_minutes());
        head.with(|head| head.as_ref().map(began)).map(|began| format!("began {began}")).unwrap_or_default()
    });
    let overview = drawn(
        detail,
        |detail| {
            let is_deleted = detail.run.lifecycle == Lifecycle::Deleted;
            (detail.row.clone(), detail.words.clone(), detail.reason.clone(), is_deleted)
        },
        |(row, words, reason, is_deleted)| view! { <Overview row words reason is_deleted /> },
    );
    let register = drawn(
        detail,
        |detail| detail.row.can_register.then(|| detail.row.id.clone()),
        |fit| {
            View::from(fit.map(|run| view! { <Card title="Keep it"><RegisterForm run=Some(run) /></Card> }))
        },
    );
    let scores = drawn(detail, scores_of, |pairs| view! { <Pairs title="Scores" pairs /> });
    let settings =
        drawn(detail, |detail| detail.params.clone(), |pairs| view! { <Pairs title="Settings" pairs /> });
    let folds = drawn(detail, |detail| detail.folds.clone(), |folds| view! { <Folds folds /> });
    let verify = drawn(detail, |detail| detail.run.clone(), |run| view! { <Verify run /> });
    let go_on = drawn(detail, |detail| detail.run.clone(), |run| view! { <GoOn run /> });
    let origin = drawn(detail, RunDetail::clone, |detail| view! { <Origin detail /> });
    let children =
        drawn(detail, |detail| detail.children.clone(), |children| view! { <Children children /> });
    let left = drawn(
        detail,
        |detail| detail.run.artifacts.clone(),
        move |_| {
            let run = detail.with_untracked(|detail| detail.loaded().map(|detail| detail.run.clone()));
            View::from(run.map(|run| view! { <Left run detail /> }))
        },
    );
    let reported = Derived::from(vec![id.clone()]);
    view! {
        <PageHead title sub=began>
            <ReportButton ids=reported />
            <ButtonLink href="/runs" label="See all runs" />
        </PageHead>
        <div class="stack">
            {overview}
            {register}
            <div class="split split--even split--top">
                <div class="stack">
                    <Words id detail />
                    {scores}
                    {folds}
                </div>
                <div class="stack">
                    {go_on}
                    {verify}
                    {settings}
                    {origin}
                </div>
            </div>
            {left}
            {children}
        </div>
    }
}

/// What a run left behind: its report, read once, and its files.
#[component]
fn Left(run: Rc<Run>, detail: Shown) -> View {
    let report = use_stored_fits().report(&run);
    let run = part_of(detail, |detail| detail.run.clone());
    let subject = Derived::new(move || {
        detail.with(|detail| {
            let detail = detail.loaded()?;
            Subject::of_run(&detail.run, detail.dataset_name.as_deref())
        })
    });
    // A run's model stays the same when its record is told anew, and so does what was made of it.
    let model = Derived::new(move || run.with(|run| run.as_ref().and_then(|run| facts_of(run))));
    let exports = View::live(move || {
        let run = run.with_untracked(Clone::clone);
        let subject = model.get().zip(run).map(|(facts, run)| Model { facts, run: (*run).clone() });
        View::from(subject.map(|subject| view! { <ExportCard subject /> }))
    });
    view! {
        <Report report />
        <ErrorSection subject has_report=false />
        {exports}
        <Files run report />
    }
}

fn scores_of(detail: &RunDetail) -> Vec<(String, String)> {
    let words = |(name, value): &(String, f64)| (name.clone(), score_words(&detail.run, name, *value));
    detail.metrics.iter().map(words).collect()
}

#[component]
fn Overview(row: RunRow, words: Option<String>, reason: Option<String>, is_deleted: bool) -> View {
    let id = row.id.clone();
    let restore = move |()| {
        use_run_edits().change(vec![id.clone()], Change::Lifecycle(Lifecycle::Active));
    };
    let tab = use_tab();
    let disabled = Derived::new(move || tab.is_reader());
    let trash = is_deleted.then(|| {
        view! {
            <span class="chip chip--wait">"In the trash"</span>
            <Button label="Restore" on_press=restore disabled />
        }
    });
    let study = row.parent.clone().map(|parent| {
        view! {
            <span class="note">
                "part of " <PageLink to=format!("/runs/{parent}")>"its study"</PageLink>
            </span>
        }
    });
    view! {
        <section class="card stack stack--tight" aria-label="Overview">
            <div class="row">
                <StateChip state=row.state />
                <b><KindName kind=row.kind /></b>
                {study}
                {version_chip(row.registered.as_deref())}
                {trash}
            </div>
            {words.map(|words| view! { <p class="says">{words}</p> })}
            {reason.map(|text| view! { <Problem text /> })}
        </section>
    }
}

/// A metric with where it might lie or how its folds spread, where that is known.
fn score_words(run: &Run, name: &str, value: f64) -> String {
    let words = format::metric_words(name, value);
    let metric = |name: &str| run.metrics.get(name).copied();
    match (name, metric("test_f1_low"), metric("test_f1_high"), metric("cv_f1_std")) {
        ("test_f1", Some(low), Some(high), _) => format!("{words} ({low:.4} to {high:.4})"),
        ("cv_f1_macro", _, _, Some(spread)) => format!("{words} ± {spread:.4}"),
        _ => words,
    }
}

/// Names and values; nothing where there are none.
#[component]
fn Pairs(title: &'static str, pairs: Vec<(String, String)>) -> View {
    let line = |(name, value): (String, String)| {
        let shown = match Word::of_field(&name) {
            Some(word) => view! { <Term word text=name /> },
            None => View::from(name),
        };
        view! {
            <tr>
                <th scope="row">{shown}</th>
                <td class="number">{value}</td>
            </tr>
        }
    };
    View::from((!pairs.is_empty()).then(|| {
        view! {
            <Card title>
                <div class="table-scroll">
                    <table class="table table--pairs" aria-label=title>
                        <tbody>{pairs.into_iter().map(line).collect::<View>()}</tbody>
                    </table>
                </div>
            </Card>
        }
    }))
}

/// A trial's folds; nothing where there are none.
#[component]
fn Folds(folds: Vec<f64>) -> View {
    let line = |(index, score): (usize, f64)| {
        view! {
            <tr>
                <th scope="row">
                    <Term word=Word::Fold text=format!("Fold {}", index + 1) />
                </th>
                <td class="number">{format!("{score:.4}")}</td>
            </tr>
        }
    };
    View::from((!folds.is_empty()).then(|| {
        view! {
            <Card title="Folds">
                <table class="table" aria-label="Folds">
                    <thead>
                        <tr>
                            <th scope="col">"Held out"</th>
                            <th scope="col" class="number"><Term word=Word::MacroF1 /></th>
                        </tr>
                    </thead>
                    <tbody>{folds.into_iter().enumerate().map(line).collect::<View>()}</tbody>
                </table>
            </Card>
        }
    }))
}

/// What makes the run come out the same again.
#[component]
fn Origin(detail: RunDetail) -> View {
    view! {
        <Card title="To get the same again">
            <dl class="facts">
                <dt>"Dataset"</dt>
                <dd>{detail.dataset_name.unwrap_or_else(|| "no longer on this device".to_owned())}</dd>
                <dt><Term word=Word::Hash text="File hash" /></dt>
                <dd><code class="hash">{detail.file.to_string()}</code></dd>
                <dt><Term word=Word::Seed text="Seed" /></dt>
                <dd>{detail.seed.to_string()}</dd>
                <dt><Term word=Word::EngineVersion text="Engine version" /></dt>
                <dd>{detail.engine_version}</dd>
            </dl>
            {detail.recipe.map(|recipe| folded("How the file was read", pretty(&json::to_string(&recipe))))}
            {spec_of(&detail.run).map(|spec| folded("The exact instructions", spec))}
        </Card>
    }
}

/// A text behind a word.
fn folded(title: &'static str, text: String) -> View {
    view! {
        <details>
            <summary>{title}</summary>
            <pre class="code" tabindex="0" role="region" aria-label=title>{text}</pre>
        </details>
    }
}

/// Runs nested in a study, the first `CHILDREN_SHOWN` of them.
#[component]
fn Children(children: Vec<RunRow>) -> View {
    let n_all = children.len();
    let sub = if n_all > CHILDREN_SHOWN {
        format!("the first {} of {}", CHILDREN_SHOWN, format::whole(n_all as u64))
    } else {
        format::counted(n_all as u64, "run", "runs")
    };
    View::from((n_all > 0).then(|| {
        view! {
            <Card title="Nested runs" sub=Derived::from(sub)>
                <div class="table-scroll" tabindex="0" role="region" aria-label="Nested runs, all columns">
                    <table class="table" aria-label="Nested runs">
                        <RunsHead />
                        <tbody>
                            {children
                                .into_iter()
                                .take(CHILDREN_SHOWN)
                                .map(|row| view! { <RunLine row /> })
                                .collect::<View>()}
                        </tbody>
                    </table>
                </div>
            </Card>
        }
    }))
}
