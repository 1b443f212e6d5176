//! `/experiments`: A/B tests between versions: begin one, watch it fill, label blind what the two differ on, end it.

mod begin;
mod one;
mod labelling;

use std::rc::Rc;

use leptos::prelude::*;
use markup::view;
use track::ab_test::{AbEnd, AbMode, AbTest};
use watch::ab_test::standing;

use self::begin::Begin;
use self::one::One;
use crate::components::card::Card;
use crate::components::page_head::PageHead;
use crate::components::states::{Loading, Problem};
use crate::markup::View;
use crate::reactive::Derived;
use crate::router::use_router;
use crate::services::clock;
use crate::state::ab_tests::{AbTests, use_ab_tests};
use crate::state::format;
use crate::state::loadable::Loadable;
use crate::state::prediction::use_prediction;

/// The word of the address that says which test is looked at.
const TEST_PARAMETER: &str = "test";

/// The page.
#[component]
pub fn AbTestsPage() -> View {
    let tests = use_ab_tests();
    let router = use_router();
    tests.want();
    use_prediction().want();
    let asked = Derived::new(move || router.asked(TEST_PARAMETER).unwrap_or_default());
    let body = View::live(move || match tests.list.get() {
        Loadable::Nothing | Loadable::Loading => view! { <Loading what="the A/B tests" /> },
        Loadable::Failed(text) => view! { <Problem text on_retry=move |()| tests.retry() /> },
        Loadable::Loaded(all) => table(&all),
    });
    let chosen = Derived::new(move || {
        let asked = asked.get();
        tests.list.with(|list| {
            let all = list.loaded()?;
            let named = all.iter().find(|test| test.id.as_str() == asked);
            named.or_else(|| all.iter().find(|test| test.ended.is_none())).or(all.first()).cloned()
        })
    });
    let one = View::live(move || chosen.get().map(|test| one(tests, test)));
    let fault = move || tests.fault.get().map(|text| view! { <Problem text /> });
    view! {
        <PageHead title="Experiments" sub="A/B tests between versions" />
        <div class="stack">
            {fault}
            {one}
            {body}
            <Begin />
        </div>
    }
}

fn one(tests: AbTests, test: AbTest) -> View {
    let test = Rc::new(test);
    view! { <One tests test /> }
}

/// How answers are given, in words.
fn mode(of: AbMode) -> String {
    match of {
        AbMode::Split { challenger_of_10000 } => {
            format!("split, {} % to the challenger", f64::from(challenger_of_10000) / 100.0)
        }
        AbMode::Thompson => "Thompson sampling".to_owned(),
        AbMode::Shadow => "shadow".to_owned(),
    }
}

/// How a test stands, in words.
fn outcome(test: &AbTest) -> String {
    match &test.ended {
        None => "running".to_owned(),
        Some((_, AbEnd::Promoted { challenger: true, .. })) => "challenger promoted".to_owned(),
        Some((_, AbEnd::Promoted { challenger: false, .. })) => "champion stays".to_owned(),
        Some((_, AbEnd::NoDifference { .. })) => "no difference".to_owned(),
        Some((_, AbEnd::Stopped { .. })) => "stopped".to_owned(),
    }
}

fn table(all: &Rc<Vec<AbTest>>) -> View {
    if all.is_empty() {
        return view! {
            <Card title="A/B tests">
                <p class="note">
                    "None yet. With two registered versions, begin one below: it counts what you type under Predict, and asks you \
                     about the reviews on which the two differ."
                </p>
            </Card>
        };
    }
    let rows = all.iter().map(|test| {
        let now = standing(test);
        let href = crate::services::address::of_path(&format!("/experiments?test={}", test.id));
        let sides = format!("{} against {}", test.challenger.model.address, test.champion.model.address);
        let right = format!("{} to {}", now.n_challenger_right, now.n_champion_right);
        view! {
            <tr>
                <th scope="row">
                    <a href=href>{test.name.clone()}</a>
                </th>
                <td>{sides}</td>
                <td>{mode(test.mode)}</td>
                <td>{outcome(test)}</td>
                <td class="number">{format::whole(now.n_apart)}</td>
                <td class="number">{right}</td>
                <td>{format::date_time(test.created, clock::offset_minutes())}</td>
            </tr>
        }
    });
    let rows: View = rows.collect();
    view! {
        <Card title="A/B tests">
            <div class="table-scroll" tabindex="0" role="region" aria-label="A/B tests, all columns">
                <table class="table" aria-label="A/B tests">
                    <thead>
                        <tr>
                            <th scope="col">"Test"</th>
                            <th scope="col">"Challenger against champion"</th>
                            <th scope="col">"How"</th>
                            <th scope="col">"State"</th>
                            <th scope="col" class="number">
                                "Differ on"
                            </th>
                            <th scope="col" class="number">
                                "Right alone"
                            </th>
                            <th scope="col">"Begun"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Card>
    }
}
