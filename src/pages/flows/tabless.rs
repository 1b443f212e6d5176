//! While no tab is open nothing runs; where the browser has periodic background sync, the person can be told what is due.

use leptos::prelude::*;
use leptos::task::spawn_local;
use markup::view;

use super::is_fixed;
use crate::components::card::Card;
use crate::components::field::Switch;
use crate::components::states::Problem;
use crate::markup::View;
use crate::reactive::{Callback, Derived, State};
use crate::services::due_notices::{self, Telling};

/// The switch; where the browser lacks what it needs, why there is none.
#[component]
pub fn Tabless() -> View {
    let telling = State::new(None::<Telling>);
    let read = move || spawn_local(async move { telling.set_if_new(Some(due_notices::telling().await)) });
    read();
    View::live(move || match telling.get() {
        None => View::nothing(),
        Some(Telling::Absent(why)) => view! { <p class="note">{why}</p> },
        Some(now) => {
            let is_on = now == Telling::On;
            view! { <Choice is_on on_change=move |()| read() /> }
        }
    })
}

#[component]
fn Choice(is_on: bool, #[prop(into)] on_change: Callback<()>) -> View {
    let problem = State::new(None::<String>);
    let on = State::new(is_on);
    let choose = move |wanted: bool| {
        on.set(wanted);
        spawn_local(async move {
            match if wanted { due_notices::begin().await } else { due_notices::end().await } {
                Ok(()) => on_change.run(()),
                Err(sentence) => {
                    on.set(is_on);
                    problem.set(Some(sentence));
                }
            }
        });
    };
    let problem = View::live(move || problem.get().map(|text| view! { <Problem text /> }));
    view! {
        <Card title="While no tab is open">
            <div class="stack stack--tight">
                <Switch
                    label="Tell me when a run is due"
                    on=Derived::new(move || on.get())
                    on_change=choose
                    disabled=is_fixed()
                />
                <p class="note">
                    "Nothing runs while no tab is open. The browser can look now and then, mostly every half day, and show a notice where a run is due."
                </p>
                {problem}
            </div>
        </Card>
    }
}
