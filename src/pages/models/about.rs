//! What a person says of a model or a version: description and tags; its name, its rule, its end.

use leptos::prelude::*;
use markup::view;
use track::registry::{ModelVersion, Reference, RegisteredModel};

use super::{model_path, of_book};
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::field::{NumberField, TextField};
use crate::components::name_form::NameForm;
use crate::components::reason::why_not;
use crate::markup::{Show, View};
use crate::reactive::{Derived, State};
use crate::router::use_router;
use crate::state::registry::{Changing, Registry};
use crate::state::tab::use_tab;

/// Margin offered for the rule.
const USUAL_MARGIN: &str = "0.01";

/// Whether nothing can be changed now.
fn locked(registry: Registry) -> Derived<bool> {
    let tab = use_tab();
    Derived::new(move || tab.is_reader() || registry.changing.with(|changing| *changing == Changing::Busy))
}

/// Everything that is said of a model, and what ends it.
#[component]
pub fn About(
    /// Whose.
    registry: Registry,
    /// The model.
    name: String,
) -> View {
    view! {
        <div class="stack">
            <Words registry name=name.clone() version=None />
            <Rename registry name=name.clone() />
            <Delete registry name version=None />
        </div>
    }
}

/// Description and tags of a model, or of one of its versions.
#[component]
pub fn Words(
    /// Whose.
    registry: Registry,
    /// The model.
    name: String,
    /// The version.
    #[prop(optional_no_strip)]
    version: Option<u32>,
) -> View {
    let disabled = locked(registry);
    let of = name.clone();
    let description = of_book(registry, move |book| {
        let model: &RegisteredModel = book.now.model(&of)?;
        Some(match version {
            None => model.description.clone(),
            Some(number) => model.version(number)?.description.clone(),
        })
    });
    let typed = State::new(None::<String>);
    let shown = Derived::new(move || typed.get().unwrap_or_else(|| description.get().unwrap_or_default()));
    let is_as_stored =
        Derived::new(move || disabled.get() || shown.get() == description.get().unwrap_or_default());
    let of = name.clone();
    let save = move |()| {
        let (model, text) = (of.clone(), shown.get_untracked());
        let wish =
            Box::new(move |_: &[_], now: &track::registry::Registry| now.describe(&model, version, &text));
        registry.change(wish, move || typed.set(None));
    };
    view! {
        <Card title="About" sub=Derived::from(if version.is_some() { "this version" } else { "this model" }.to_owned())>
            <div class="stack">
                <div class="field">
                    <label class="field__label" for="description">"Description"</label>
                    <textarea
                        id="description"
                        class="input"
                        rows="2"
                        title=why_not(disabled)
                        prop:value=move || shown.get()
                        prop:disabled=move || disabled.get()
                        on:input:target=move |event| typed.set(Some(event.target().value()))
                    ></textarea>
                </div>
                <div>
                    <Button label="Save description" on_press=save disabled=is_as_stored />
                </div>
                <Tags registry name version disabled />
            </div>
        </Card>
    }
}

#[component]
fn Tags(registry: Registry, name: String, version: Option<u32>, disabled: Derived<bool>) -> View {
    let of = name.clone();
    let tags = of_book(registry, move |book| {
        let model = book.now.model(&of)?;
        let tags = match version {
            None => &model.tags,
            Some(number) => &model.version(number)?.tags,
        };
        Some(tags.iter().map(|(key, value)| (key.clone(), value.clone())).collect::<Vec<_>>())
    });
    let (key, value) = (State::new(String::new()), State::new(String::new()));
    let of = name.clone();
    let set = move |()| {
        let (model, tag, says) = (of.clone(), key.get_untracked(), value.get_untracked());
        let clear = move || {
            key.set(String::new());
            value.set(String::new());
        };
        registry.change(Box::new(move |_, now| now.tag(&model, version, &tag, &says)), clear);
    };
    let row = move |(tag, says): (String, String)| {
        let (model, removed) = (name.clone(), tag.clone());
        let remove = move |()| {
            let (model, tag) = (model.clone(), removed.clone());
            registry.change(Box::new(move |_, now| now.untag(&model, version, &tag)), || ());
        };
        view! {
            <li class="row">
                <span class="chip">{format!("{tag}: {says}")}</span>
                <Button label=format!("Remove tag {tag}") on_press=remove emphasis=Emphasis::Quiet disabled />
            </li>
        }
    };
    let listed = View::live(move || {
        let tags = tags.get().unwrap_or_default();
        (!tags.is_empty()).then(|| {
            view! {
                <ul class="reasons" aria-label="Tags">
                    {tags.into_iter().map(row.clone()).collect::<View>()}
                </ul>
            }
        })
    });
    let cannot_set = Derived::new(move || disabled.get() || key.with(|key| key.trim().is_empty()));
    view! {
        {listed}
        <div class="register">
            <div class="register__name">
                <TextField
                    id="tag-key"
                    label="Tag"
                    value=key
                    on_type=move |typed: String| key.set(typed)
                    word=None
                    disabled
                />
            </div>
            <div class="register__name">
                <TextField
                    id="tag-value"
                    label="Says"
                    value=value
                    on_type=move |typed: String| value.set(typed)
                    word=None
                    disabled
                />
            </div>
            <Button label="Set tag" on_press=set disabled=cannot_set />
        </div>
        <p class="note note--small">"Such as algorithm, feature type, owner or use case."</p>
    }
}

/// Whether studies register their best by themselves.
#[component]
pub fn Automatic(
    /// Whose.
    registry: Registry,
    /// The model.
    name: String,
) -> View {
    let disabled = locked(registry);
    let of = name.clone();
    let rule = of_book(registry, move |book| Some(book.now.model(&of)?.rule.map(|rule| rule.better_by)));
    let typed = State::new(USUAL_MARGIN.to_owned());
    let words = move || match rule.get().flatten() {
        Some(margin) => format!(
            "A study of the same experiment registers its best, as the challenger, where its macro F1 is better than the champion's by {margin}."
        ),
        None => "Off: a version is made by hand only.".to_owned(),
    };
    let set = move |better_by: Option<f64>| {
        let model = name.clone();
        registry.change(Box::new(move |_, now| now.set_rule(&model, better_by)), || ());
    };
    let off = set.clone();
    // What is no number is no margin either: the registry says what one is.
    let margin = move || typed.with_untracked(|typed| typed.trim().parse().unwrap_or(f64::NAN));
    let has_rule = Derived::new(move || rule.get().flatten().is_some());
    view! {
        <Card title="Register by itself">
            <div class="stack stack--tight">
                <p class="note">{words}</p>
                <div class="register">
                    <div class="register__name">
                        <NumberField
                            id="better-by"
                            label="Better by"
                            value=typed
                            on_type=move |margin: String| typed.set(margin)
                            word=None
                            disabled
                        />
                    </div>
                    <Button label="Keep this rule" on_press=move |()| set(Some(margin())) disabled />
                    <Show when=move || has_rule.get()>
                        <Button
                            label="End the rule"
                            on_press={
                                let off = off.clone();
                                move |()| off(None)
                            }
                            disabled
                        />
                    </Show>
                </div>
            </div>
        </Card>
    }
}

#[component]
fn Rename(registry: Registry, name: String) -> View {
    let disabled = locked(registry);
    let router = use_router();
    let typed = State::new(name.clone());
    let rename = move |()| {
        let (model, to) = (name.clone(), typed.get_untracked());
        let path = model_path(to.trim());
        registry.change(Box::new(move |_, now| now.rename(&model, &to)), move || router.go(&path));
    };
    view! {
        <Card title="Rename">
            <NameForm
                id="new-name"
                label="New name of the model"
                value=typed
                on_type=move |to: String| typed.set(to)
                word=None
                fixed=disabled
                action="Rename"
                on_press=rename
                disabled
            />
        </Card>
    }
}

/// What uses a version, or any version of a model, as one sentence; empty where nothing does.
fn in_use(model: &RegisteredModel, version: Option<u32>) -> String {
    let versions: Vec<&ModelVersion> =
        model.versions.iter().filter(|known| version.is_none_or(|number| known.version == number)).collect();
    let used = versions.iter().filter_map(|known| {
        let references = model.references_to(known.version);
        let by: Vec<String> = references.iter().map(Reference::to_string).collect();
        (!by.is_empty()).then(|| format!("Version {} is in use by {}.", known.version, by.join(" and ")))
    });
    used.collect::<Vec<_>>().join(" ")
}

/// Deletes a version, or a model with all its versions, once its name is typed and nothing uses it.
#[component]
pub fn Delete(
    /// Whose.
    registry: Registry,
    /// The model.
    name: String,
    /// The version.
    #[prop(optional_no_strip)]
    version: Option<u32>,
) -> View {
    let disabled = locked(registry);
    let router = use_router();
    let typed = State::new(String::new());
    let of = name.clone();
    let used = of_book(registry, move |book| Some(in_use(book.now.model(&of)?, version)));
    let is_used = Derived::new(move || used.with(|used| used.as_ref().is_some_and(|used| !used.is_empty())));
    let expected = name.clone();
    let cannot =
        Derived::new(move || disabled.get() || is_used.get() || typed.with(|typed| typed.trim() != expected));
    let label = format!("Type {name} to confirm");
    let delete = move |()| {
        let (model, typed) = (name.clone(), typed.get_untracked());
        let path = if version.is_some() { model_path(&model) } else { "/models".to_owned() };
        let wish = move |_: &[_], now: &track::registry::Registry| match version {
            None => now.delete_model(&model, &typed),
            Some(number) => now.delete_version(&model, number, &typed),
        };
        registry.change(Box::new(wish), move || router.go(&path));
    };
    let (title, button, note) = match version {
        None => ("Delete model", "Delete model", "Its versions go with it; the runs they came from stay."),
        Some(_) => {
            ("Delete version", "Delete version", "The run it came from stays; its number is not given again.")
        }
    };
    let why_not = move || {
        let sentence = used.get().filter(|used| !used.is_empty())?;
        Some(view! { <p class="note">{format!("{sentence} Take that away first.")}</p> })
    };
    view! {
        <Card title>
            <div class="stack stack--tight">
                <p class="note">{note}</p>
                {why_not}
                <NameForm
                    id="delete-name"
                    label
                    value=typed
                    on_type=move |name: String| typed.set(name)
                    word=None
                    fixed=Derived::new(move || disabled.get() || is_used.get())
                    action=button
                    on_press=delete
                    emphasis=Emphasis::Danger
                    disabled=cannot
                />
            </div>
        </Card>
    }
}
