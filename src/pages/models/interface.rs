//! How pages of this site and programs ask a model: examples to copy, and what cannot be answered here.

use leptos::prelude::*;
use leptos::task::spawn_local;
use markup::view;

use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::components::link::PageLink;
use crate::markup::View;
use crate::reactive::State;
use crate::services::{device, files};
use crate::state::site_version::{Keeping, use_site_version};

/// The review of the examples.
const REVIEW: &str = "Great value, quick delivery.";

/// The card.
#[component]
pub fn Interface(
    /// The model's name.
    name: String,
) -> View {
    let version = use_site_version();
    let base = format!("{}/", files::base_path());
    let scope = base.clone();
    let here = move || match version.keeping.get() {
        Keeping::Failed(reason) => view! {
            <p class="note">{format!("The service worker, which would answer pages of this site, is not there: {reason}")}</p>
        },
        Keeping::Never => view! {
            <p class="note">
                "Here the browser runs no service worker, which would answer pages of this site. It does so at addresses that begin with https."
            </p>
        },
        Keeping::Unknown | Keeping::Fetching | Keeping::Kept => {
            let words = format!(
                "Any page of this site below {scope} can ask, without a network and while this tab is closed: the browser answers in its place. "
            );
            view! {
                <p class="note">
                    {words} "Each answer is kept with the hash of its text, and is moved into the log when Reviewlab is opened next."
                </p>
            }
        }
    };
    view! {
        <Card title="Ask from a page or a program">
            <div class="stack">
                {here}
                <Example title="From a page of this site" what="the call of a page" text=page_call(&base, &name) />
                <p class="note">
                    "A call from outside, of another site or a terminal, cannot reach this browser. For those let the program "
                    <code>"reviewlab serve"</code> " answer: it takes the project file from " <PageLink to="/settings">"Settings"</PageLink>
                    ", and the same calls. Where it serves this page, too, it is asked first, and this browser while it is away."
                </p>
                <Example title="From a terminal" what="the call of a terminal" text=terminal_call(&name) />
            </div>
        </Card>
    }
}

/// A text to copy.
#[component]
fn Example(title: &'static str, what: &'static str, text: String) -> View {
    let copied = State::new("");
    let of = text.clone();
    let copy = move |()| {
        let text = of.clone();
        spawn_local(async move {
            copied.set(if device::copy(&text).await {
                "Copied"
            } else {
                "The browser did not let it be copied"
            });
        });
    };
    view! {
        <div class="stack stack--tight">
            <div class="example__head">
                <h3 class="example__title">{title}</h3>
                <p class="note note--small" role="status" aria-label=format!("Copying {what}")>{move || copied.get()}</p>
                <Button label=format!("Copy {what}") on_press=copy emphasis=Emphasis::Quiet />
            </div>
            <pre class="example" tabindex="0">{text}</pre>
        </div>
    }
}

fn body(name: &str) -> String {
    format!("{{\"text\": {}, \"model\": {}}}", json::to_string(REVIEW), json::to_string(name))
}

fn page_call(base: &str, name: &str) -> String {
    format!(
        "await navigator.serviceWorker.ready;\nif (!navigator.serviceWorker.controller) {{\n  await new Promise((begun) => {{ \
         navigator.serviceWorker.oncontrollerchange = begun; }});\n}}\nconst answer = await fetch(\"{base}api/predict\", {{\n  method: \"POST\",\n  \
         headers: {{ \"content-type\": \"application/json\" }},\n  body: JSON.stringify({}),\n}});\n\
         console.log(await answer.json());",
        body(name)
    )
}

/// A single quote ends a text of the shell, stands alone behind a backslash, and begins it again.
fn terminal_call(name: &str) -> String {
    format!(
        "reviewlab serve --project my.reviewlab\ncurl http://127.0.0.1:8000/api/predict \\\n  -H 'content-type: application/json' \\\n  -d '{}'",
        body(name).replace('\'', "'\\''")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_hold_the_models_name_as_their_language_writes_it() {
        let name = "Anna's \"best\"";
        assert!(page_call("/lab/", name).contains("fetch(\"/lab/api/predict\""));
        assert!(page_call("/", name).contains("\"model\": \"Anna's \\\"best\\\"\""));
        assert!(terminal_call(name).contains("Anna'\\''s"));
    }
}
