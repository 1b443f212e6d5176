//! Shows any chart: its sentence, the picture at the card's width, what is pointed at in it, the table twin, and two
//! downloads.

use leptos::ev;
use leptos::prelude::*;
use markup::view;

use super::hover::{Pointed, Tip, rings, tip_place};
use super::plot::Legend;
use super::scene::Scene;
use super::twin::{Column, Twin};
use crate::markup::{Children, ElementRef, Show, View};
use crate::reactive::{Callback, Derived, Held, State};
use crate::router::use_router;
use crate::services::{files, layout};

/// Drawn at this width until the card's own is known.
const FIRST_WIDTH: f64 = 480.0;
/// Rows of a table twin that are shown; a download has all.
const MAX_ROWS_SHOWN: usize = 500;

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
    /// Says what an item of the picture is.
    #[prop(into)]
    tell: Callback<u32, Tip>,
    /// Show the sentence above the picture, too.
    #[prop(optional)]
    sentence: bool,
    /// A key to the colours, if it needs one.
    #[prop(optional, into)]
    legend: Derived<Legend>,
    /// What lies over the picture.
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
    let is_wide = Derived::new(move || {
        let width = measured.get();
        width > 0.0 && picture.with(|scene| scene.width > width)
    });
    // A card that gets narrower is not held open by the picture drawn for its former width.
    let min_width = move || {
        if is_wide.get() { picture.with(|scene| format!("{:.0}px", scene.width)) } else { "0".to_owned() }
    };
    view! {
        <figure class="chart">
            <Show when=move || sentence>
                <p class="chart__says">{move || says.get()}</p>
            </Show>
            <div class="chart__box" class:chart__box--wide=is_wide node_ref=card>
                <div class="chart__inner" style:min-width=min_width>
                <Pointing name picture tell>
                    <svg
                        class="chart__svg"
                        role="img"
                        aria-label=label
                        height=move || picture.with(|scene| format!("{:.0}", scene.height))
                        inner_html=move || picture.with(Scene::body)
                    ></svg>
                </Pointing>
                {children.map(|children| children())}
                </div>
            </div>
            <Key legend />
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

/// What is pointed at in the picture: by a pointer, or by arrow keys where it has the focus.
#[component]
fn Pointing(
    name: Held<String>,
    picture: Derived<Scene>,
    tell: Callback<u32, Tip>,
    /// The picture.
    children: Children,
) -> View {
    let router = use_router();
    let whole = ElementRef::new(None);
    let pointed: State<Option<Pointed>> = State::new(None);
    let near = move |event: &ev::MouseEvent| {
        let place = layout::place_of(&whole.get_untracked()?.into());
        let at = (f64::from(event.client_x()) - place.left, f64::from(event.client_y()) - place.top);
        picture.with_untracked(|scene| Pointed::near(scene, at))
    };
    let open = move || {
        let pointed = pointed.get_untracked();
        if let Some(to) = pointed.and_then(|pointed| tell.run(pointed.item).to) {
            router.go(&to);
        }
    };
    let click = move |event: ev::MouseEvent| match (near(&event), pointed.get_untracked()) {
        (Some(now), Some(before)) if now.item == before.item => open(),
        (now, _) => pointed.set_if_new(now),
    };
    let key = move |event: ev::KeyboardEvent| {
        let key = event.key();
        match key.as_str() {
            "Enter" => open(),
            "Escape" => pointed.set_if_new(None),
            _ => {
                let here = pointed.get_untracked();
                match picture.with_untracked(|scene| Pointed::after(here, &key, scene)) {
                    Some(next) => pointed.set_if_new(Some(next)),
                    None => return,
                }
            }
        }
        event.prevent_default();
    };
    let focus = move |_| {
        if pointed.with_untracked(Option::is_none) {
            pointed.set_if_new(picture.with_untracked(Pointed::first));
        }
    };
    let over =
        move || pointed.get().map_or_else(String::new, |at| picture.with(|scene| rings(scene, at.item)));
    let shown = Derived::new(move || {
        let at = pointed.get()?;
        let place = picture.with(|scene| at.spot(scene).map(|spot| tip_place(scene, spot)))?;
        Some((place, tell.run(at.item)))
    });
    let edge = move |side: usize| {
        move || {
            shown.with(|shown| match shown.as_ref().and_then(|(place, _)| place[side]) {
                Some(pixels) => format!("{pixels:.0}px"),
                None => "auto".to_owned(),
            })
        }
    };
    let text =
        move || shown.with(|shown| shown.as_ref().map(|(_, tip)| tip.text.clone()).unwrap_or_default());
    let opens =
        Derived::new(move || shown.with(|shown| shown.as_ref().is_some_and(|(_, tip)| tip.to.is_some())));
    let has_spots = Derived::new(move || picture.with(|scene| !scene.spots.is_empty()));
    view! {
        <div
            class="chart__points"
            class:chart__points--open=opens
            role=move || has_spots.get().then_some("group")
            tabindex=move || has_spots.get().then_some("0")
            aria-label=move || has_spots.get().then(|| format!("{}, point by point with the arrow keys", name.get()))
            node_ref=whole
            on:pointermove=move |event: ev::PointerEvent| pointed.set_if_new(near(&event))
            on:pointerleave=move |_| pointed.set_if_new(None)
            on:click=click
            on:keydown=key
            on:focus=focus
            on:blur=move |_| pointed.set_if_new(None)
        >
            {children()}
            <svg class="chart__over" aria-hidden="true" inner_html=over></svg>
            <p
                class="chart__tip"
                class:chart__tip--shown=move || shown.with(Option::is_some)
                role="status"
                aria-label=move || format!("Pointed at in {}", name.get())
                style:left=edge(0)
                style:right=edge(1)
                style:top=edge(2)
                style:bottom=edge(3)
            >
                {text}
            </p>
        </div>
    }
}

/// The key to the colours.
#[component]
fn Key(legend: Derived<Legend>) -> View {
    let line = |(ink, name): &(super::scene::Ink, String)| {
        view! {
            <li>
                <span class=format!("swatch {}", ink.class()) aria-hidden="true"></span>
                {name.clone()}
            </li>
        }
    };
    let lines = move || legend.with(|legend| legend.iter().map(line).collect::<View>());
    view! {
        <Show when=move || legend.with(|legend| !legend.is_empty())>
            <ul class="chart__legend">{lines}</ul>
        </Show>
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
        let cell =
            |column: &Column| view! { <th scope="col" class=class_of(column)>{column.name.clone()}</th> };
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
            twin.rows.iter().take(MAX_ROWS_SHOWN).map(row).collect::<View>()
        })
    };
    let rest = move || {
        let n_rows = twin.with(|twin| twin.rows.len());
        let words = || format!("The first {MAX_ROWS_SHOWN} of {n_rows} rows; the CSV file has all.");
        (n_rows > MAX_ROWS_SHOWN).then(|| view! { <p class="note note--small">{words()}</p> })
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
        {rest}
    }
}
