//! Champion and challenger side by side, and how often they agree.

use leptos::prelude::*;
use markup::view;

use crate::components::card::Card;
use crate::markup::{Show, View};
use crate::reactive::Derived;
use crate::state::format;
use crate::state::kept_predictions::use_kept_predictions;
use crate::state::prediction::{BesideView, Prediction, SourceView};

/// Nothing where there is no other.
#[component]
pub fn Beside(
    /// The model that answers.
    prediction: Prediction,
) -> View {
    let kept = use_kept_predictions();
    let is_there = Derived::new(move || prediction.beside.with(Option::is_some));
    let said = Derived::new(move || if is_there.get() { prediction.answers_beside() } else { (None, None) });
    let agreement = Derived::new(move || {
        let found = kept.log.with(|log| log.loaded().map(|log| log.agreement)).unwrap_or_default();
        found.share().map_or_else(String::new, |share| {
            let texts = format::counted(found.n_texts as u64, "kept text", "kept texts");
            format!("agree on {} of {texts}", format::percent(share))
        })
    });
    let first = move || {
        let source = prediction.source.with(|source| source.loaded().cloned())?;
        Some(row(&source, said.with(|said| said.0.clone())))
    };
    let second = move || Some(row(&prediction.beside.get()?, said.with(|said| said.1.clone())));
    view! {
        <Show when=move || is_there.get()>
            <Card title="Champion and challenger" sub=agreement>
                <table class="table" aria-label="Champion and challenger">
                    <thead>
                        <tr>
                            <th scope="col">"Version"</th>
                            <th scope="col">"Model"</th>
                            <th scope="col" class="number">
                                "Says"
                            </th>
                            <th scope="col" class="number">
                                "Sure"
                            </th>
                        </tr>
                    </thead>
                    <tbody>{first} {second}</tbody>
                </table>
            </Card>
        </Show>
    }
}

fn row(source: &SourceView, says: Option<BesideView>) -> View {
    let version = source.title.rsplit('/').next().unwrap_or_default().to_owned();
    let chip = source.alias.map(|alias| view! { <span class="chip chip--accent table__chip">{alias}</span> });
    let (class, sure) = match says {
        Some(BesideView { class, sure, is_unsure, agrees }) => {
            let class = if agrees { class } else { format!("{class}, another answer") };
            let doubt = if is_unsure { " (too close to call)" } else { "" };
            (format!("{class}{doubt}"), format::percent(sure))
        }
        None => ("–".to_owned(), "–".to_owned()),
    };
    view! {
        <tr>
            <th scope="row">{format!("v{version} ")} {chip}</th>
            <td>{source.model.clone()}</td>
            <td class="number">{class}</td>
            <td class="number">{sure}</td>
        </tr>
    }
}
