//! A study steered by hand: more trials, a setting to try, values to hold.

use engine::models::ModelKind;
use engine::tune::{ParamName, Range, SearchSpec, Value};
use leptos::prelude::*;
use markup::view;

use super::panel::part::Group;
use crate::components::button::Button;
use crate::components::field::{NumberField, SelectField};
use crate::glossary::Word;
use crate::markup::{Show, View};
use crate::reactive::{Callback, Derived, State};
use crate::state::format;
use crate::state::live_study::LiveStudy;
use crate::state::steering::HandForm;
use crate::state::study_form::{shown, word_label};
use crate::state::tab::use_tab;
use crate::state::training::Training;

/// Trials that are offered to be added.
const USUAL_MORE: &str = "20";

/// What is typed, and how the last wish went.
#[derive(Clone, Copy)]
struct Hand {
    training: Training,
    form: State<HandForm>,
    said: State<String>,
    problem: State<Option<String>>,
}

impl Hand {
    /// The search that is steered, as it stands.
    fn search<R>(self, read: impl Fn(&SearchSpec) -> R) -> Option<R> {
        let number = self.form.with(|form| form.search);
        self.training.live.with(|live| live.loaded()?.study.as_ref()?.searches.get(number).map(read))
    }

    fn tell(self, done: Result<(), String>, said: &str) {
        self.said.set(if done.is_ok() { said.to_owned() } else { String::new() });
        self.problem.set(done.err());
    }

    fn try_it(self) {
        let setting = untrack(|| self.search(|search| self.form.with(|form| form.setting(search))));
        let Some(setting) = setting else { return };
        let number = self.form.with_untracked(|form| form.search);
        let has_ended =
            self.training.live.with_untracked(|live| live.loaded().is_some_and(LiveStudy::has_ended));
        let done = setting.and_then(|setting| self.training.try_setting(number, setting));
        let said = match has_ended {
            true => "It alone is tried: add trials to have more.",
            false => "It is tried as soon as the trials under way are done.",
        };
        self.tell(done, said);
    }

    /// Where a parameter is held, also where that waits for the study to go on.
    fn held(self, name: ParamName) -> Option<Value> {
        let number = self.form.with(|form| form.search);
        let waiting = self.training.live.with(|live| {
            let holds = &live.loaded()?.holds;
            holds.iter().find(|hold| (hold.0, hold.1) == (number, name)).map(|hold| hold.2.clone())
        });
        waiting.unwrap_or_else(|| self.search(|search| search.frozen.get(&name).cloned()).flatten())
    }

    fn hold(self, name: ParamName) {
        let value = untrack(|| self.search(|search| self.form.with(|form| form.value(search, name))));
        let number = self.form.with_untracked(|form| form.search);
        let done = match value {
            Some(Ok(Some(value))) => self.training.hold(number, name, Some(value)),
            Some(Ok(None)) => Err(format!("Type the value to hold {} at.", name.as_str())),
            Some(Err(sentence)) => Err(format!("{}: {sentence}", name.as_str())),
            None => Ok(()),
        };
        self.tell(done, "It is held from the next trial on.");
    }

    fn let_go(self, name: ParamName) {
        let number = self.form.with_untracked(|form| form.search);
        self.tell(self.training.hold(number, name, None), "It is searched again from the next trial on.");
    }
}

/// What can be wanted of a study, under way or ended.
#[component]
pub fn Steering(
    /// Whose study.
    training: Training,
) -> View {
    let tab = use_tab();
    let can_steer = Derived::new(move || {
        let is_known = training.live.with(|live| {
            live.loaded().is_some_and(|live| {
                live.run.is_some() && live.study.is_some() && (live.is_running() || live.has_ended())
            })
        });
        is_known && !tab.is_reader()
    });
    let hand = Hand {
        training,
        form: State::new(HandForm::default()),
        said: State::new(String::new()),
        problem: State::new(None),
    };
    let right = Derived::new(|| false);
    view! {
        <Show when=move || can_steer.get()>
            <Group title="Steer this study" is_wrong=right>
                <More training />
                <ByHand hand />
            </Group>
        </Show>
    }
}

/// More trials for a study that has ended.
#[component]
fn More(training: Training) -> View {
    let typed = State::new(USUAL_MORE.to_owned());
    let n_more =
        Derived::new(move || typed.with(|typed| typed.trim().parse::<u32>().ok().filter(|n| *n > 0)));
    let problem = Derived::new(move || {
        n_more.with(Option::is_none).then(|| "Type a whole number from 1 on.".to_owned())
    });
    let has_ended =
        Derived::new(move || training.live.with(|live| live.loaded().is_some_and(LiveStudy::has_ended)));
    let add = move |()| {
        if let Some(n_more) = n_more.get_untracked() {
            training.add_trials(n_more);
        }
    };
    view! {
        <Show when=move || has_ended.get()>
            <div class="row row--fields">
                <NumberField
                    id="more-trials"
                    label="More trials per model"
                    value=Derived::from(typed)
                    on_type=move |text: String| typed.set(text)
                    word=Some(Word::Trial)
                    error=problem
                />
                <Button label="Add trials" on_press=add disabled=Derived::new(move || n_more.with(Option::is_none)) />
            </div>
        </Show>
    }
}

/// A setting to try, and values to hold.
#[component]
fn ByHand(hand: Hand) -> View {
    let models = Derived::new(move || {
        hand.training.live.with(|live| {
            let study = live.loaded().and_then(|live| live.study.clone());
            study
                .map(|study| study.searches.iter().map(SearchSpec::model).collect::<Vec<_>>())
                .unwrap_or_default()
        })
    });
    let options = Derived::new(move || {
        let option = |(number, model): (usize, &ModelKind)| {
            (number.to_string(), format::model_name(*model).to_owned())
        };
        models.with(|models| models.iter().enumerate().map(option).collect::<Vec<_>>())
    });
    let choose = move |key: String| hand.form.set(HandForm::of(key.parse().unwrap_or(0)));
    let names = Derived::new(move || {
        let names = |search: &SearchSpec| search.space.iter().map(|(name, _)| *name).collect::<Vec<_>>();
        (hand.form.with(|form| form.search), hand.search(names).unwrap_or_default())
    });
    let rows = move || names.get().1.into_iter().map(|name| view! { <Held hand name /> }).collect::<View>();
    view! {
        <SelectField
            id="steered-model"
            label="Model to steer"
            options
            value=Derived::new(move || hand.form.with(|form| form.search.to_string()))
            on_choose=choose
            word=None
        />
        <p class="note note--small">
            "What is left empty is the sampler's choice. Hold keeps a value from the next trial on."
        </p>
        <div class="stack stack--tight">{rows}</div>
        <div class="row">
            <Button label="Try this setting" on_press=move |()| hand.try_it() />
            <p role="status" aria-label="Steering">{move || hand.said.get()}</p>
        </div>
        {move || hand.problem.get().map(|problem| view! { <p class="field__error" role="alert">{problem}</p> })}
    }
}

/// One parameter: its value to try, and whether it is held.
#[component]
fn Held(hand: Hand, name: ParamName) -> View {
    let range = untrack(|| hand.search(|search| search.range(name).cloned())).flatten();
    let held = Derived::new(move || hand.held(name));
    let problem = Derived::new(move || {
        hand.search(|search| hand.form.with(|form| form.problem(search, name))).flatten()
    });
    let value = Derived::new(move || hand.form.with(|form| form.text(name).to_owned()));
    let on_type = Callback::new(move |typed: String| hand.form.update(|form| form.set_text(name, typed)));
    let id = format!("steer-{}", name.as_str().replace('_', "-"));
    let field = match range {
        Some(Range::Choice { choices }) => {
            let option = |choice: &Value| (shown(choice), word_label(name, &shown(choice)));
            let mut options = vec![(String::new(), "the sampler's choice".to_owned())];
            options.extend(choices.iter().map(option));
            view! {
                <SelectField id label=name.as_str() options value on_choose=on_type word=Word::of_field(name.as_str()) />
            }
        }
        range => {
            let bounds = range.map(|range| format!("{}, {} to {}", name.as_str(), range.low(), range.high()));
            let label = bounds.unwrap_or_default();
            view! {
                <NumberField id label value on_type word=Word::of_field(name.as_str()) error=problem />
            }
        }
    };
    let is_held = Derived::new(move || held.with(Option::is_some));
    let said = move || held.get().map(|value| format!("held at {}", word_label(name, &shown(&value))));
    view! {
        <div class="row row--fields">
            {field}
            <Show
                when=move || is_held.get()
            >
                <span class="note note--small">{said}</span>
                <Button label=format!("Let {} go", name.as_str()) on_press=move |()| hand.let_go(name) />
            </Show>
            <Show when=move || !is_held.get()>
                <Button label=format!("Hold {}", name.as_str()) on_press=move |()| hand.hold(name) />
            </Show>
        </div>
    }
}
