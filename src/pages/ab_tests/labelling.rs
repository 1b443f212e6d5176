//! The blind queue: a review on which the two differ, and a button for each class. Who said what is not told.

use std::rc::Rc;

use leptos::prelude::*;
use markup::view;
use track::ab_test::AbTest;
use watch::ab_test::{queue, standing};

use crate::components::button::Button;
use crate::components::card::Card;
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::ab_tests::AbTests;
use crate::state::format;
use crate::state::tab::use_tab;

/// The card.
#[component]
pub fn Labelling(
    /// All tests.
    tests: AbTests,
    /// The one that runs.
    test: Rc<AbTest>,
) -> View {
    let tab = use_tab();
    let disabled = Derived::new(move || tab.is_reader());
    let is_decided = standing(&test).winner.is_some();
    let n_waiting = queue(&test).count() as u64;
    let next = queue(&test).next().filter(|_| !is_decided);
    let body = match next {
        None if is_decided => {
            view! { <p class="note">"The evidence is there: no more labels are needed."</p> }
        }
        None => view! {
            <p class="note">"No review waits for a label. Type reviews under Predict: those on which the two differ come here."</p>
        },
        Some(item) => {
            let labels = &test.champion.model.labels;
            let name = |class: u8| labels.get(usize::from(class)).cloned().unwrap_or_default();
            let (low, high) = item.classes;
            let others = (0..labels.len() as u8).filter(|class| *class != low && *class != high);
            let place = item.place;
            let buttons = [low, high].into_iter().chain(others).map(|class| {
                let id = test.id.clone();
                let label = move |()| tests.label(id.clone(), place, class);
                view! { <Button label=name(class) on_press=label disabled /> }
            });
            let buttons: View = buttons.collect();
            let text = item.text.to_owned();
            view! {
                <p>{format::counted(n_waiting, "review waits for a label.", "reviews wait for a label.")}</p>
                <blockquote aria-label="Review to label">{text}</blockquote>
                <div class="row" role="group" aria-label="Right class">
                    {buttons}
                </div>
            }
        }
    };
    view! {
        <Card title="Who is right?" sub="only reviews on which the two differ; who said what is not told">
            <div class="stack stack--tight">{body}</div>
        </Card>
    }
}
