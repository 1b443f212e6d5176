//! What the program's second part draws, once it is there.

use leptos::prelude::*;
use leptos::task::spawn_local;
use markup::view;

use crate::components::states::{Loading, Problem};
use crate::markup::View;
use crate::reactive::{Callback, State};
use crate::services::later;
use crate::state::loadable::Loadable;

/// Draws with `draw` when the second part is there; until then says that `what` is on its way.
pub fn drawn_later(what: &'static str, draw: fn() -> View) -> View {
    if later::is_here() {
        return draw();
    }
    let state = State::new(Loadable::Loading);
    let fetch = move || {
        state.set(Loadable::Loading);
        spawn_local(async move {
            state.set(later::arrival().await.map_or_else(Loadable::Failed, Loadable::Loaded));
        });
    };
    fetch();
    View::live(move || match state.get() {
        Loadable::Loaded(()) => untrack(draw),
        Loadable::Failed(sentence) => {
            let text = crate::reactive::Derived::new(move || sentence.clone());
            view! { <Problem text on_retry=Callback::new(move |()| fetch()) /> }
        }
        Loadable::Nothing | Loadable::Loading => view! { <Loading what /> },
    })
}
