//! The one-line form that keeps a fit as a version of a named model, and how that went.

use leptos::prelude::*;
use markup::view;
use track::id::RunId;

use super::button::Emphasis;
use super::field::TextField;
use super::link::PageLink;
use super::name_form::NameForm;
use super::states::Problem;
use crate::glossary::Word;
use crate::markup::View;
use crate::reactive::{Derived, State};
use crate::state::lab::use_lab;
use crate::state::registry::{Registering, Registry, use_registry};
use crate::state::tab::use_tab;

/// The name offered where there is no data to name it after.
const DEFAULT_MODEL: &str = "reviews";

/// A name and the button `Register model`.
#[component]
pub fn RegisterForm(
    /// The fit to register; none yet.
    #[prop(into)]
    run: Derived<Option<RunId>>,
) -> View {
    let registry = use_registry();
    let lab = use_lab();
    let tab = use_tab();
    // What the person typed; the data's name until then.
    let typed = State::new(None::<String>);
    let why = State::new(String::new());
    let offered = move || {
        let name = lab.dataset.with(|dataset| dataset.loaded().map(|dataset| model_name(&dataset.name)));
        name.unwrap_or_else(|| DEFAULT_MODEL.to_owned())
    };
    let name = Derived::new(move || typed.get().unwrap_or_else(offered));
    let busy = move || registry.registering.with(|state| *state == Registering::Busy);
    let disabled = Derived::new(move || tab.is_reader() || busy() || run.with(Option::is_none));
    let register = move |()| {
        if let Some(run) = run.get_untracked() {
            registry.register(run, name.get_untracked(), why.get_untracked().trim().to_owned());
            why.set(String::new());
        }
    };
    view! {
        <div class="stack stack--tight">
            <NameForm
                id="model-name"
                label="Model name"
                value=name
                on_type=move |name: String| typed.set(Some(name))
                word=Some(Word::Registered)
                fixed=Derived::new(move || tab.is_reader())
                action="Register model"
                on_press=register
                emphasis=Emphasis::Primary
                disabled
            />
            <TextField
                id="registered-why"
                label="Why, for its history (may stay empty)"
                value=Derived::from(why)
                on_type=move |typed: String| why.set(typed)
                word=None
                disabled=Derived::new(move || tab.is_reader())
            />
            <Outcome registry />
        </div>
    }
}

/// How the registration went.
#[component]
fn Outcome(registry: Registry) -> View {
    let shown = move || match registry.registering.get() {
        Registering::Nothing | Registering::Busy => View::nothing(),
        Registering::Done { model, version } => {
            view! {
                <p class="success">
                    {format!("Version {version} of '{model}' is registered.")} <PageLink to="/predict">"Try it on a review"</PageLink>
                </p>
            }
        }
        Registering::Failed(reason) => view! { <Problem text=reason /> },
    };
    view! {
        <div role="status" aria-label="Registration">
            {shown}
        </div>
    }
}

/// A file's name without its ending, without what a model's name cannot hold.
fn model_name(file: &str) -> String {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let kept: String =
        stem.chars().map(|c| if matches!(c, '/' | ':' | '@') || c.is_control() { '-' } else { c }).collect();
    if kept.trim().is_empty() { DEFAULT_MODEL.to_owned() } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_is_named_after_its_file() {
        assert_eq!(model_name("sample_reviews.csv"), "sample_reviews");
        assert_eq!(model_name("a:b@c.v2.csv"), "a-b-c.v2");
        assert_eq!(model_name(".csv"), DEFAULT_MODEL);
    }
}
