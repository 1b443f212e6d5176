//! Shows a picture of runs, or why there is none.

use leptos::prelude::*;
use markup::view;

use super::Drawn;
use crate::charts::frame::Chart;
use crate::charts::hover::Tip;
use crate::charts::scene::Scene;
use crate::charts::twin::Twin;
use crate::markup::View;
use crate::reactive::{Callback, Derived, Held};

/// A picture in its frame.
#[component]
pub fn DrawnChart(
    /// What it is called.
    #[prop(into)]
    name: String,
    /// The picture, or why there is none.
    drawn: Derived<Drawn>,
    /// The same as a table.
    #[prop(into)]
    twin: Derived<Twin>,
    /// Says what an item is.
    #[prop(into)]
    tell: Callback<u32, Tip>,
) -> View {
    let scene = Callback::new(move |width: f64| {
        drawn.with(|drawn| drawn.as_ref().map_or_else(|_| Scene::default(), |one| one.picture.scene(width)))
    });
    let says = Derived::new(move || {
        drawn.with(|drawn| drawn.as_ref().map_or_else(|_| String::new(), |one| one.says.clone()))
    });
    let legend = Derived::new(move || {
        drawn.with(|drawn| drawn.as_ref().map_or_else(|_| Vec::new(), |one| one.legend.clone()))
    });
    let missing = Derived::new(move || drawn.with(|drawn| drawn.as_ref().err().cloned()));
    let name = Held::new(name);
    View::live(move || match missing.get() {
        Some(why) => view! { <p class="lead" role="status" aria-label=name.get()>{why}</p> },
        None => view! { <Chart name=name.get() says scene twin tell legend sentence=true /> },
    })
}
