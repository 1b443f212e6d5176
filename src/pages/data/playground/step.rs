//! One step of the cleaning: switched, moved and filled in, with what it does.

use engine::text::{Piece, StepEffect};
use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use markup::view;

use crate::components::field::{SelectField, Switch, TextField};
use crate::markup::{ElementRef, View};
use crate::reactive::{Derived, Held, State};
use crate::services::files;
use crate::state::format;
use crate::state::playground::form::StageView;
use crate::state::playground::steps::{StepField, StepForm, StepKind, Takes};
use crate::state::playground::{Playground, Survey};

/// A step.
#[component]
pub fn StepRow(
    /// Whose.
    playground: Playground,
    /// Which.
    id: u32,
    /// What each step does to the review looked at.
    stages: Derived<Vec<StageView>>,
    /// The step that is dragged.
    dragged: State<Option<u32>>,
) -> View {
    let form = playground.form;
    let Some(kind) = form.with_untracked(|form| form.step(id).map(|step| step.kind)) else {
        return View::nothing();
    };
    let step = move |read: fn(&StepForm) -> bool| {
        Derived::new(move || form.with(|form| form.step(id).is_some_and(read)))
    };
    let is_on = step(|step| step.is_on);
    let stage =
        Derived::new(move || stages.with(|stages| stages.iter().find(|stage| stage.id == id).cloned()));
    let done = move || stage.get().map(stage_view);
    let dropped = move |event: ev::DragEvent| {
        event.prevent_default();
        if let Some(moved) = dragged.get_untracked() {
            form.update(|form| {
                if let Some(place) = form.place(id) {
                    form.put(moved, place);
                }
            });
        }
        dragged.set(None);
    };
    let effect = move || effect_words(playground, id);
    let fields = kind.fields().iter().enumerate();
    let fields =
        fields.map(|(place, field)| view! { <Field playground id place field=*field /> }).collect::<View>();
    view! {
        <li class="step" aria-label=kind.name() on:dragover=move |event| event.prevent_default() on:drop=dropped>
            <div class="row">
                <span
                    class="step__handle"
                    draggable="true"
                    aria-hidden="true"
                    on:dragstart=move |event| {
                        files::carry(&event, kind.name());
                        dragged.set(Some(id));
                    }
                >
                    "⠿"
                </span>
                <Switch
                    label=kind.name().to_owned()
                    on=is_on
                    on_change=move |is_on| form.update(|form| form.switch(id, is_on))
                />
                <span class="note">{effect}</span>
                <span class="push row">
                    <Moves playground id kind />
                </span>
            </div>
            <div class="fields">{fields}</div>
            {done}
        </li>
    }
}

/// What a step changes over all reviews; nothing where that was not counted of these steps.
fn effect_words(playground: Playground, id: u32) -> Option<String> {
    let (cleaning, ids) = playground.form.with(|form| (form.cleaning(), form.ids_on()));
    playground.survey.with(|survey| {
        let Survey::Done(surveyed) = survey else { return None };
        let place =
            ids.iter().position(|on| *on == id).filter(|_| cleaning.as_ref() == Some(&surveyed.cleaning))?;
        let before = match place.checked_sub(1) {
            Some(before) => surveyed.found.steps.get(before)?.n_words,
            None => surveyed.found.n_first_words,
        };
        let StepEffect { n_texts, n_words_gone, n_words } = *surveyed.found.steps.get(place)?;
        let reviews = format!("changes {}", format::counted(n_texts, "review", "reviews"));
        Some(match (before, n_words_gone, n_words) {
            (Some(before), Some(gone), Some(after)) => format!(
                "{reviews}, {} ({} to {})",
                format::counted(gone, "word", "words"),
                format::whole(before),
                format::whole(after)
            ),
            _ => reviews,
        })
    })
}

/// Up, down, away. The focus stays on the button that was pressed.
#[component]
fn Moves(playground: Playground, id: u32, kind: StepKind) -> View {
    let form = playground.form;
    let place = Derived::new(move || form.with(|form| (form.place(id).unwrap_or(0), form.steps().len())));
    let moved = move |by: isize, pressed: ElementRef| {
        form.update(|form| {
            if let Some(to) = form.place(id).and_then(|place| place.checked_add_signed(by)) {
                form.put(id, to);
            }
        });
        // The row was taken out and put in again.
        spawn_local(async move {
            if let Some(Some(element)) = pressed.try_update(|element| element.clone()) {
                element.focus().ok();
            }
        });
    };
    let button = move |sign: &'static str, verb: &'static str, by: isize, is_end: Derived<bool>| {
        let element = ElementRef::new(None);
        view! {
            <button
                type="button"
                class="btn btn--quiet btn--small"
                aria-label=format!("{verb}: {}", kind.name().to_lowercase())
                aria-disabled=move || is_end.get().to_string()
                node_ref=element
                on:click=move |_| {
                    if !is_end.get_untracked() {
                        moved(by, element);
                    }
                }
            >
                {sign}
            </button>
        }
    };
    view! {
        {button("↑", "Move up", -1, Derived::new(move || place.get().0 == 0))}
        {button("↓", "Move down", 1, Derived::new(move || place.get().0 + 1 >= place.get().1))}
        <button
            type="button"
            class="btn btn--quiet btn--small"
            aria-label=format!("Take away: {}", kind.name().to_lowercase())
            on:click=move |_| form.update(|form| form.remove(id))
        >
            "×"
        </button>
    }
}

/// A field of a step, with what is wrong with it.
#[component]
fn Field(playground: Playground, id: u32, place: usize, field: StepField) -> View {
    let form = playground.form;
    let value = Derived::new(move || {
        form.with(|form| form.step(id).map_or_else(String::new, |step| step.value(place).to_owned()))
    });
    let fill = move |typed: String| form.update(|form| form.fill(id, place, typed));
    let error = Derived::new(move || {
        form.with(|form| {
            let (wrong, sentence) = form.step(id).filter(|step| step.is_on)?.check().err()?;
            (wrong == place).then_some(sentence)
        })
    });
    let id = format!("step-{id}-{place}");
    let label = field.label;
    match field.takes {
        Takes::Text => view! { <TextField id label value on_type=fill word=None error /> },
        Takes::List | Takes::Stemmer => {
            let options = Held::new(field.takes.choices());
            view! {
                <SelectField id label options=Derived::new(move || options.get()) value on_choose=fill word=None />
            }
        }
    }
}

/// The review before a step, with what becomes of it.
fn stage_view(stage: StageView) -> View {
    if !stage.is_changed {
        return view! { <p class="note">"Changes nothing in this review."</p> };
    }
    view! { <p class="step__text">{stage.pieces.into_iter().map(piece_view).collect::<View>()}</p> }
}

fn piece_view(piece: Piece) -> View {
    let gone = |text: String| view! { <del class="mark mark--dropped">{text}</del> };
    let new = |text: String| view! { <ins class="mark mark--pos-1">{text}</ins> };
    match piece {
        Piece::Kept(text) => View::from(text),
        Piece::Dropped(text) => gone(text),
        Piece::Changed { from, to } if from.is_empty() => new(to),
        Piece::Changed { from, to } if to.is_empty() => gone(from),
        Piece::Changed { from, to } => [gone(from), new(to)].into_iter().collect(),
    }
}
