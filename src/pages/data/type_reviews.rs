//! Reviews that are typed or pasted under their classes, one on a line: a dataset of its own, or rows for another.

use engine::dataset::{MAX_CLASSES, MIN_CLASSES};
use engine::num::ContentHash;
use leptos::prelude::*;
use markup::view;

use super::class_head::ClassHead;
use crate::components::button::{Button, Emphasis};
use crate::components::field::TextField;
use crate::components::reason::why_not;
use crate::markup::{For, Show, View};
use crate::reactive::{Callback, Derived, State, follow};
use crate::state::format;
use crate::state::lab::Lab;
use crate::state::typed::TypedForm;

/// A dataset of what is typed, with no file at all.
#[component]
pub fn TypeReviews(
    /// Takes it.
    lab: Lab,
    /// Nothing can be used now.
    disabled: Derived<bool>,
) -> View {
    let form = lab.typing.form;
    let name = Derived::new(move || form.with(|form| form.name.clone()));
    let is_full = Derived::new(move || disabled.get() || form.with(|form| form.classes.len() >= MAX_CLASSES));
    let problem = Derived::new(move || form.with(TypedForm::problem));
    let cannot = Derived::new(move || disabled.get() || problem.with(Option::is_some));
    let add = move |()| form.update(TypedForm::add_class);
    view! {
        <details class="card">
            <summary>"Type reviews instead"</summary>
            <div class="stack">
                <p class="note">
                    "Type or paste reviews under their class, one on each line. Twenty of each are enough to try it; hundreds \
                     make a good model."
                </p>
                <TextField
                    id="typed-name"
                    label="Name of these reviews"
                    value=name
                    on_type=move |name: String| form.update(|form| form.name = name)
                    word=None
                    disabled
                />
                <Columns part="typed" form is_fixed=false disabled />
                <div class="row">
                    <Button label="Add a class of reviews" on_press=add disabled=is_full />
                    <Button
                        label="Use these reviews"
                        on_press=move |()| lab.use_typed()
                        emphasis=Emphasis::Primary
                        disabled=cannot
                    />
                    <Said form problem />
                </div>
                <NotKept lab />
            </div>
        </details>
    }
}

/// Rows for a dataset that is kept: a new one is made with them at its end.
#[component]
pub fn AddRows(
    /// Whose dataset.
    lab: Lab,
    /// Hash of its file.
    file: ContentHash,
    /// Its classes.
    classes: Vec<String>,
    /// Closes this.
    on_close: Callback<()>,
    /// Nothing can be changed now.
    disabled: Derived<bool>,
) -> View {
    let added = lab.typing.added;
    let empty = TypedForm::of_classes(classes.clone());
    let form = State::new(added.with_untracked(|added| added.form(file, classes)));
    follow(move || {
        let typed = form.get();
        added.update(|added| added.put(file, typed));
    });
    // Once a dataset was made of them they are forgotten.
    follow(move || {
        let is_gone = added.with(|added| !added.has(file));
        if is_gone && form.with_untracked(|form| form.n_bytes() > 0) {
            form.set(empty.clone());
        }
    });
    let problem = Derived::new(move || form.with(TypedForm::problem_of_added));
    let cannot = Derived::new(move || disabled.get() || problem.with(Option::is_some));
    let add = move |()| lab.add_rows(file, form.get_untracked());
    view! {
        <div class="stack stack--tight" role="group" aria-label="Rows to add">
            <p class="note">
                "One review on each line. A new dataset is made with these rows at its end; this one stays as it is."
            </p>
            <Columns part="added" form is_fixed=true disabled />
            <div class="row">
                <Button label="Add these rows" on_press=add emphasis=Emphasis::Primary disabled=cannot />
                <Button label="Close" on_press=on_close emphasis=Emphasis::Quiet />
                <Said form problem />
            </div>
            <NotKept lab />
        </div>
    }
}

/// How many are typed, or what is wrong with them.
#[component]
fn Said(form: State<TypedForm>, problem: Derived<Option<String>>) -> View {
    let words = move || match (form.with(TypedForm::n_all), problem.get()) {
        (0, _) => "Nothing is typed yet.".to_owned(),
        (_, Some(problem)) => problem,
        (n_all, None) => format!("{} in all.", format::counted(n_all, "review", "reviews")),
    };
    view! { <p class="note" role="status" aria-label="Typed reviews">{words}</p> }
}

/// That what is typed would not be here again.
#[component]
fn NotKept(lab: Lab) -> View {
    view! {
        <Show when=move || !lab.typing.is_kept.get()>
            <p class="field__error" role="alert">
                "This browser has no room to keep so much typed text: use it before you leave, or it is lost with the page."
            </p>
        </Show>
    }
}

#[component]
fn Columns(part: &'static str, form: State<TypedForm>, is_fixed: bool, disabled: Derived<bool>) -> View {
    let places = move || (0..form.with(|form| form.classes.len())).collect();
    view! {
        <div class="sorter sorter--wide">
            <For
                each=places
                key=|place: &usize| place.to_string()
                children=move |place: usize| view! { <Column part place form is_fixed disabled /> }
            />
        </div>
    }
}

#[component]
fn Column(
    part: &'static str,
    place: usize,
    form: State<TypedForm>,
    is_fixed: bool,
    disabled: Derived<bool>,
) -> View {
    let names = Derived::new(move || form.with(TypedForm::names));
    let name = move || names.with(|names| names.get(place).cloned().unwrap_or_default());
    let cannot_remove =
        Derived::new(move || disabled.get() || names.with(|names| names.len() <= MIN_CLASSES));
    let head = match is_fixed {
        true => view! { <p class="sorter__title">{name}</p> },
        false => view! {
            <ClassHead
                part
                place
                names
                on_rename=Callback::new(move |name| form.update(|form| form.rename_class(place, name)))
                on_remove=Callback::new(move |()| form.update(|form| form.remove_class(place)))
                disabled
                cannot_remove
            />
        },
    };
    let count = move || {
        let n_reviews = form.with(|form| form.n_reviews(place));
        format::counted(n_reviews, "review", "reviews")
    };
    view! {
        <div class="sorter__column">
            {head}
            <textarea
                class="review__text sorter__text"
                aria-label=move || format!("{} of class {}", if is_fixed { "New reviews" } else { "Reviews" }, name())
                prop:value=move || form.with(|form| form.text(place))
                title=why_not(disabled)
                prop:disabled=move || disabled.get()
                on:input:target=move |event| form.update(|form| form.set_text(place, event.target().value()))
            ></textarea>
            <p class="note">{count}</p>
        </div>
    }
}
