//! Shows any chart: its sentence, the picture at the card's width, the table twin, and two downloads.

use leptos::prelude::*;
use markup::view;

use super::scene::Scene;
use super::twin::{Column, Twin};
use crate::markup::{Children, ElementRef, Show, View};
use crate::reactive::{Callback, Derived, Held, State};
use crate::services::{files, layout};

/// Drawn at this width until the card's own is known.
const FIRST_WIDTH: f64 = 480.0;

/// A chart in its frame.
#[component]
pub fn Chart(
    /// What it is called; also the name of saved files.
    #[prop(into)]
    name: String,
    /// What it means, in one sentence; read out in place of the picture.
    #[prop(into)]
    says: Derived<String>,
    /// Draws it at a width.
    #[prop(into)]
    scene: Callback<f64, Scene>,
    /// The same as a table.
    #[prop(into)]
    twin: Derived<Twin>,
    /// Show the sentence above the picture, too.
    #[prop(optional)]
    sentence: bool,
    /// A key to the colours, if it needs one.
    #[prop(optional)]
    children: Option<Children>,
) -> View {
    let card = ElementRef::new(None);
    let measured = layout::width_of(card);
    let name = Held::new(name);
    let picture = Derived::new(move || {
        let width = measured.get();
        scene.run(if width > 0.0 { width } else { FIRST_WIDTH })
    });
    // A closed table is not kept up to date: a running study would pay for it on every frame.
    let open = State::new(false);
    let label = move || format!("{}: {}", name.get(), says.get());
    view! {
        <figure class="chart">
            <Show when=move || sentence>
                <p class="chart__says">{move || says.get()}</p>
            </Show>
            <div class="chart__box" node_ref=card>
                <svg
                    class="chart__svg"
                    role="img"
                    aria-label=label
                    height=move || picture.with(|scene| format!("{:.0}", scene.height))
                    inner_html=move || picture.with(Scene::body)
                ></svg>
            </div>
            {children.map(|children| children())}
            <details class="twin" on:toggle=move |_| open.update(|open| *open = !*open)>
                <summary class="twin__summary">"Table and downloads"</summary>
                <Show when=move || open.get()>
                    <Downloads name picture twin />
                    <TwinTable name twin />
                </Show>
            </details>
        </figure>
    }
}

/// Saves the picture or the table.
#[component]
fn Downloads(name: Held<String>, picture: Derived<Scene>, twin: Derived<Twin>) -> View {
    let file = move |ending: &str| format!("{}.{ending}", name.get().to_ascii_lowercase().replace(' ', "-"));
    let save_svg = move |_| {
        let svg = picture.with(|scene| scene.to_file(&name.get()));
        files::download(&file("svg"), "image/svg+xml", svg.as_bytes());
    };
    let save_csv = move |_| files::download(&file("csv"), "text/csv", twin.with(Twin::to_csv).as_bytes());
    let label = move |what: &str| format!("Download {} as {what}", name.get());
    view! {
        <div class="twin__tools">
            <button type="button" class="btn btn--plain btn--small" aria-label=label("SVG") on:click=save_svg>
                "SVG"
            </button>
            <button type="button" class="btn btn--plain btn--small" aria-label=label("CSV") on:click=save_csv>
                "CSV"
            </button>
        </div>
    }
}

/// The twin's table.
#[component]
fn TwinTable(name: Held<String>, twin: Derived<Twin>) -> View {
    let class_of = |column: &Column| if column.is_number { "number" } else { "" };
    let head = move || {
        let cell = |column: &Column| view! { <th scope="col" class=class_of(column)>{column.name}</th> };
        twin.with(|twin| twin.columns.iter().map(cell).collect::<View>())
    };
    let body = move || {
        twin.with(|twin| {
            let row = |cells: &Vec<String>| {
                let cell = |(column, text): (&Column, &String)| {
                    view! { <td class=class_of(column)>{text.clone()}</td> }
                };
                view! { <tr>{twin.columns.iter().zip(cells).map(cell).collect::<View>()}</tr> }
            };
            twin.rows.iter().map(row).collect::<View>()
        })
    };
    let label = format!("{} as a table", name.get());
    let region = label.clone();
    view! {
        <div class="table-scroll table-scroll--tall" tabindex="0" role="region" aria-label=region>
            <table class="table" aria-label=label>
                <thead>
                    <tr>{head}</tr>
                </thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}
