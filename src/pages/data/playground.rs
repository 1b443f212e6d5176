//! The cleaning playground: a review, and below it every step with what it does to that review and to all reviews.

mod step;
mod kept;

use leptos::prelude::*;
use markup::view;

use self::kept::Kept;
use self::step::StepRow;
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::field::SelectField;
use crate::components::progress::Progress;
use crate::components::states::Problem;
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::{For, Show, View};
use crate::reactive::{Derived, State, follow};
use crate::state::audit::Check;
use crate::state::format;
use crate::state::lab::{Import, Lab, use_lab};
use crate::state::playground::form::MAX_TEXT_CHARS;
use crate::state::playground::steps::StepKind;
use crate::state::playground::{Playground, Step, Survey, Surveyed, use_playground};
use crate::state::tab::use_tab;

/// The playground.
#[component]
pub fn Cleaning() -> View {
    let (lab, playground) = (use_lab(), use_playground());
    follow(move || {
        lab.dataset.track();
        playground.open();
    });
    playground.want_kept();
    let problem = Derived::new(move || playground.problem.get());
    view! {
        {move || problem.get().map(|text| view! { <Problem text /> })}
        <Review playground />
        <Card title="Steps">
            <div class="stack">
                <Steps playground />
                <AddStep playground />
                <Count playground />
                <Use lab playground />
            </div>
        </Card>
        <Kept playground />
    }
}

/// The review looked at, and the ways to another.
#[component]
fn Review(playground: Playground) -> View {
    let step = move |label: &'static str, step: Step| {
        view! { <Button label on_press=move |()| playground.show_review(step) /> }
    };
    let whose = move || match playground.row.get() {
        Some(row) => format!("row {}", format::whole(row)),
        None => "a text of your own".to_owned(),
    };
    view! {
        <Card title="Review" sub=Derived::new(whose)>
            <div class="stack">
                <textarea
                    class="review__text review__text--low"
                    aria-label="Review to clean"
                    rows="3"
                    maxlength=MAX_TEXT_CHARS.to_string()
                    placeholder="Type or paste a review"
                    prop:value=move || playground.text.get()
                    on:input:target=move |event| playground.set_text(event.target().value())
                ></textarea>
                <div class="row">
                    {step("Previous review", Step::Previous)}
                    {step("Next review", Step::Next)}
                    {step("Any review", Step::Random)}
                    <Picked playground />
                </div>
            </div>
        </Card>
    }
}

/// Reviews that the count picked out, by kind and place.
#[component]
fn Picked(playground: Playground) -> View {
    let options = Derived::new(move || {
        playground.survey.with(|survey| match survey {
            Survey::Done(surveyed) => picks(surveyed),
            _ => Vec::new(),
        })
    });
    let listed = Derived::new(move || {
        let picks = options.get().into_iter().enumerate();
        let of_pick = |(place, (label, ..)): (usize, Pick)| (place.to_string(), label);
        let first = (String::new(), "choose one".to_owned());
        std::iter::once(first).chain(picks.map(of_pick)).collect::<Vec<_>>()
    });
    let choose = move |place: String| {
        let chosen = place.parse::<usize>().ok();
        let pick = chosen.and_then(|place| options.with_untracked(|options| options.get(place).cloned()));
        if let Some((_, record, text)) = pick {
            playground.show_picked(record, text);
        }
    };
    view! {
        <Show when=move || options.with(|options| !options.is_empty())>
            <SelectField
                id="picked-review"
                label="Longest, emptied and most cut reviews"
                options=listed
                value=Derived::new(String::new)
                on_choose=choose
                word=None
            />
        </Show>
    }
}

/// How a picked review is called, its row and its text.
type Pick = (String, u64, String);

fn picks(surveyed: &Surveyed) -> Vec<Pick> {
    let found = &surveyed.found;
    let kinds = [("longest", &found.longest), ("emptied", &found.emptied), ("most cut", &found.most_lost)];
    let of_kind = |(kind, reviews): (&'static str, &Vec<engine::dataset::PickedReview>)| {
        let pick = move |(place, review): (usize, engine::dataset::PickedReview)| {
            let label = format!("{kind} {}: row {}", place + 1, format::whole(review.record));
            (label, review.record, review.text)
        };
        reviews.clone().into_iter().enumerate().map(pick).collect::<Vec<_>>()
    };
    kinds.into_iter().flat_map(of_kind).collect()
}

/// Every step, and what is left at the end.
#[component]
fn Steps(playground: Playground) -> View {
    let stages =
        Derived::new(move || playground.form.with(|form| playground.text.with(|text| form.stages(text))));
    let dragged = State::new(None);
    let ids =
        move || playground.form.with(|form| form.steps().iter().map(|step| step.id).collect::<Vec<_>>());
    let left = move || {
        let left = stages.with(|stages| stages.last().map(|stage| stage.after.clone()));
        left.unwrap_or_else(|| playground.text.get()).trim().to_owned()
    };
    let cleaned = move || match left() {
        left if left.is_empty() => "nothing".to_owned(),
        left => left,
    };
    view! {
        <ol class="steps" aria-label="Cleaning steps">
            <For
                each=ids
                key=|id| id.to_string()
                children=move |id| view! { <StepRow playground id stages dragged /> }
            />
        </ol>
        <p>
            "What the model sees: "
            <output class="cleaned" aria-label="Cleaned review">
                {cleaned}
            </output>
        </p>
    }
}

/// A step of any kind that this build has.
#[component]
fn AddStep(playground: Playground) -> View {
    let kinds: Vec<StepKind> = StepKind::ALL.into_iter().filter(|kind| kind.is_in_this_build()).collect();
    let options: Vec<(String, String)> =
        kinds.iter().enumerate().map(|(place, kind)| (place.to_string(), kind.name().to_owned())).collect();
    let chosen = State::new("0".to_owned());
    let add = move |()| {
        let place: usize = chosen.with_untracked(|chosen| chosen.parse().unwrap_or(0));
        if let Some(kind) = kinds.get(place) {
            playground.form.update(|form| form.add(*kind));
        }
    };
    let is_full = Derived::new(move || playground.form.with(|form| !form.has_room()));
    view! {
        <div class="row row--fields">
            <SelectField
                id="step-to-add"
                label="Step to add"
                options
                value=chosen
                on_choose=move |key: String| chosen.set(key)
                word=None
            />
            <Button label="Add this step" on_press=add disabled=is_full />
        </div>
    }
}

/// What every step changes over all reviews: asked for, counted, or stale.
#[component]
fn Count(playground: Playground) -> View {
    let is_counting =
        Derived::new(move || playground.survey.with(|survey| matches!(survey, Survey::Counting(_))));
    let is_wrong = Derived::new(move || playground.form.with(|form| form.cleaning().is_none()));
    let share = Derived::new(move || {
        playground.survey.with(|survey| if let Survey::Counting(pace) = survey { pace.share } else { 1.0 })
    });
    let said = Derived::new(move || count_words(playground));
    let failed = Derived::new(move || {
        playground
            .survey
            .with(|survey| if let Survey::Failed(text) = survey { Some(text.clone()) } else { None })
    });
    view! {
        <Show when=move || is_counting.get()>
            <Progress name="Count progress" share />
        </Show>
        {move || failed.get().map(|text| view! { <Problem text on_retry=move |()| playground.count() /> })}
        <div class="row">
            {move || match is_counting.get() {
                true => view! {
                    <Button label="Stop counting" on_press=move |()| playground.stop_count() emphasis=Emphasis::Quiet />
                },
                false => view! {
                    <Button label="Count over all reviews" on_press=move |()| playground.count() disabled=is_wrong />
                },
            }}
            <p class="note" role="status" aria-label="Count">
                {move || said.get()}
            </p>
        </div>
    }
}

fn count_words(playground: Playground) -> String {
    let cleaning = playground.form.with(|form| form.cleaning());
    playground.survey.with(|survey| match survey {
        Survey::Counting(pace) => pace.words().unwrap_or_else(|| "Looking through the reviews".to_owned()),
        Survey::Done(surveyed) if Some(&surveyed.cleaning) != cleaning.as_ref() => {
            "The counts are of other steps: count again.".to_owned()
        }
        Survey::Done(Surveyed { found, .. }) => {
            let reviews = format::counted(found.n_reviews, "review", "reviews");
            let emptied = format::counted(found.n_emptied, "is", "are");
            format!("{reviews} looked through; {emptied} left without a word.")
        }
        Survey::NotAsked | Survey::Failed(_) => "How many reviews and words each step changes.".to_owned(),
    })
}

/// The way into the dataset's recipe, and back to what it is.
#[component]
fn Use(lab: Lab, playground: Playground) -> View {
    let tab = use_tab();
    let is_reading = Derived::new(move || lab.check.with(|check| matches!(check, Check::Mending(_))));
    let is_in_use = Derived::new(move || {
        let cleaning = playground.form.with(|form| form.cleaning());
        playground.in_use.with(|in_use| cleaning.as_ref() == Some(in_use))
    });
    let cannot_use = Derived::new(move || {
        tab.is_reader()
            || is_in_use.get()
            || lab.import.with(Import::is_busy)
            || lab.check.with(Check::is_busy)
            || playground.form.with(|form| form.cleaning().is_none())
    });
    let share = Derived::new(move || lab.check.with(|check| check.pace().map_or(1.0, |pace| pace.share)));
    let failed = Derived::new(move || {
        lab.check
            .with(|check| if let Check::Failed { sentence } = check { Some(sentence.clone()) } else { None })
    });
    let said = move || match (is_reading.get(), is_in_use.get()) {
        (true, _) => "Reading the reviews again",
        (false, true) => "This cleaning is in use.",
        (false, false) => "This cleaning is not in use: a study cleans as before.",
    };
    view! {
        <Show when=move || is_reading.get()>
            <Progress name="Reading progress" share />
        </Show>
        {move || failed.get().map(|text| view! { <Problem text /> })}
        <div class="row">
            <Button
                label="Use this cleaning"
                on_press=move |()| playground.use_cleaning()
                emphasis=Emphasis::Primary
                disabled=cannot_use
            />
            <Button
                label="Back to the cleaning in use"
                on_press=move |()| playground.reset()
                emphasis=Emphasis::Quiet
                disabled=is_in_use
            />
            <p class="note" role="status" aria-label="Cleaning in use">
                {said}
            </p>
            <Term word=Word::Cleaning mark=true />
        </div>
    }
}
