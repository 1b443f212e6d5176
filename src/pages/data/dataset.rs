//! The dataset that training learns from: its classes, and the rows that are not in it.

use leptos::prelude::*;
use markup::view;

use super::tables::Issues;
use crate::charts::balance;
use crate::charts::frame::Chart;
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::figures::Stat;
use crate::components::states::{Loading, Problem};
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::{Show, View};
use crate::reactive::{Callback, Derived, Held};
use crate::state::format;
use crate::state::lab::{Import, Lab};
use crate::state::loadable::Loadable;
use crate::state::tab::use_tab;
use crate::state::views::DatasetView;

/// The dataset in use, in its state; nothing where there is none.
#[component]
pub fn DatasetInUse(
    /// Whose dataset.
    lab: Lab,
) -> View {
    View::live(move || match lab.dataset.get() {
        Loadable::Nothing => View::nothing(),
        Loadable::Loading => view! { <Loading what="the data" /> },
        Loadable::Failed(reason) => {
            view! { <Problem text=reason on_retry=move |()| lab.retry() /> }
        }
        Loadable::Loaded(dataset) => view! { <DatasetCard lab dataset /> },
    })
}

/// What reading the dataset set aside; nothing where it kept every row.
#[component]
pub fn SetAside(
    /// Whose dataset.
    lab: Lab,
) -> View {
    let has_any = Derived::new(move || lab.set_aside.with(|set_aside| set_aside.n_issues > Some(0)));
    View::live(move || has_any.get().then(|| view! { <Issues issues=lab.set_aside /> }))
}

#[component]
fn DatasetCard(lab: Lab, dataset: DatasetView) -> View {
    let classes = Held::new(dataset.classes.clone());
    // A record of an older build does not know how many there are: that is not none.
    let left_out = dataset.n_set_aside.map_or_else(|| "–".to_owned(), format::whole);
    let tab = use_tab();
    let can_reopen = Derived::new(move || !tab.is_reader() && !lab.import.with(Import::is_busy));
    view! {
        <div class="split">
            <Card title="Balance of classes">
                <Chart
                    name="Balance of classes"
                    says=Derived::new(move || classes.with(|classes| balance::says(classes)))
                    scene=Callback::new(move |width: f64| classes.with(|classes| balance::scene(classes, width)))
                    twin=Derived::new(move || classes.with(|classes| balance::twin(classes)))
                    tell=Callback::new(move |class: u32| classes.with(|classes| balance::tip(classes, class)))
                    sentence=true
                />
            </Card>
            <Card title="In use">
                <div class="stack">
                    <div class="stats">
                        <Stat value=format::whole(dataset.n_rows)>"reviews to learn from"</Stat>
                        <Stat value=left_out>"rows set aside"</Stat>
                        <Stat value=dataset.classes.len().to_string()>"classes"</Stat>
                    </div>
                    <p class="note">
                        {format!("'{}' ({}) is kept on this device. Every ", dataset.name, format::bytes(dataset.n_bytes))}
                        <Term word=Word::Repeat /> " is counted once, and texts go through " <Term word=Word::Cleaning />
                        " before they are counted."
                    </p>
                    <Show when=move || can_reopen.get()>
                        <div>
                            <Button label="Choose columns again" on_press=move |()| lab.reopen() />
                        </div>
                    </Show>
                </div>
            </Card>
        </div>
    }
}
