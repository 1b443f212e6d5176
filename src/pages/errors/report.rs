//! What a fit says of reviews it did not see: what is taken for what, curves, and its strongest terms.

use std::rc::Rc;

use engine::dataset::LabelId;
use engine::errors::Pick;
use leptos::prelude::*;
use markup::view;

use crate::charts::axis::Axis;
use crate::charts::frame::Chart;
use crate::charts::hover::Tip;
use crate::charts::plot::{Plot, Series};
use crate::charts::scene::Ink;
use crate::charts::twin::{Column, Twin};
use crate::components::card::Card;
use crate::components::states::{Loading, Problem};
use crate::markup::View;
use crate::reactive::Derived;
use crate::router::use_router;
use crate::state::error_analysis::open_rows;
use crate::state::fit_report::{Curve, FitReport, Part, PartReport};
use crate::state::format;
use crate::state::loadable::Loadable;

/// The report; nothing for runs that left none.
#[component]
pub fn Report(
    /// What the fit says.
    report: Derived<Loadable<Rc<FitReport>>>,
) -> View {
    View::live(move || match report.get() {
        Loadable::Nothing => View::nothing(),
        Loadable::Loading => view! { <Loading what="what it predicts" /> },
        Loadable::Failed(text) => view! { <Problem text /> },
        Loadable::Loaded(report) => {
            view! {
                {report.parts.iter().map(|part| part_of(&report.classes, part)).collect::<View>()}
                <Terms report />
            }
        }
    })
}

/// What the fit says of some rows: which they are stands above.
fn part_of(classes: &[String], part: &PartReport) -> View {
    let rows = format::counted(part.n_rows, "review", "reviews");
    let (name, sub) = match part.part {
        Part::HeldOut => (
            "Confusion matrix",
            format!("{rows} of the training part, each predicted by a fit that did not see it"),
        ),
        Part::Test => {
            ("Confusion matrix, test part", format!("{rows} of the test part, which no fit has seen"))
        }
    };
    view! {
        {confusion((name, &sub), classes, part)}
        {curves(&sub, part)}
    }
}

/// Rows of each class by what is predicted of them.
fn confusion((name, sub): (&'static str, &str), classes: &[String], part: &PartReport) -> View {
    let (router, of) = (use_router(), part.part);
    let heads = classes.iter().map(|class| view! { <th scope="col" class="number">{class.clone()}</th> });
    let heads: View = heads.collect();
    let line = |(truth, counts): (usize, &Vec<u64>)| {
        let n_all: u64 = counts.iter().sum();
        let cell = |(predicted, count): (usize, &u64)| {
            let share = if n_all == 0 { 0.0 } else { *count as f64 / n_all as f64 };
            let class = if predicted == truth { "number matrix__right" } else { "number" };
            let pick = Pick::Cell { truth: LabelId(truth as u8), predicted: LabelId(predicted as u8) };
            // Begins with what is seen, so that who speaks to a page can say that.
            let says = format!(
                "{} {}: {} predicted as {}, list the reviews{}",
                format::whole(*count),
                format::percent(share),
                classes[truth],
                classes[predicted],
                if of == Part::Test { " of the test part" } else { "" }
            );
            view! {
                <td class=class>
                    <button type="button" class="matrix__cell" aria-label=says on:click=move |_| open_rows(router, of, pick)>
                        {format::whole(*count)} " " <span class="metric__spread">{format::percent(share)}</span>
                    </button>
                </td>
            }
        };
        let cells: View = counts.iter().enumerate().map(cell).collect();
        view! { <tr><th scope="row">{classes[truth].clone()}</th>{cells}</tr> }
    };
    let lines: View = part.confusion.iter().enumerate().map(line).collect();
    view! {
        <Card title=name sub=Derived::from(sub.to_owned())>
            <div class="table-scroll" tabindex="0" role="region" aria-label=format!("{name}, all columns")>
                <table class="table" aria-label=name>
                    <thead><tr><th scope="col">"Is ↓ · predicted →"</th>{heads}</tr></thead>
                    <tbody>{lines}</tbody>
                </table>
            </div>
        </Card>
    }
}

fn curves(sub: &str, part: &PartReport) -> View {
    let (title, roc_name, precision_name) = match part.part {
        Part::HeldOut => ("Curves", "ROC curve", "Precision and recall"),
        Part::Test => ("Curves, test part", "ROC curve, test part", "Precision and recall, test part"),
    };
    let roc = curve(
        (roc_name, "Share of the others taken for it", "Share of the class found"),
        part.curves.iter().map(|(class, roc, _)| (class.clone(), roc.clone())).collect(),
        Some(vec![(0.0, 0.0), (1.0, 1.0)]),
    );
    let precision = curve(
        (precision_name, "Share of the class found", "Share right of what is taken for it"),
        part.curves.iter().map(|(class, _, precision)| (class.clone(), precision.clone())).collect(),
        None,
    );
    view! {
        <Card title sub=Derived::from(sub.to_owned())>
            <div class="split split--even">{roc}{precision}</div>
        </Card>
    }
}

fn curve(
    (name, across, up): (&'static str, &'static str, &'static str),
    curves: Vec<(String, Curve)>,
    guessing: Option<Curve>,
) -> View {
    let mut series: Vec<Series> =
        guessing.into_iter().map(|line| Series { lines: vec![line], ..Series::new(Ink::Faint) }).collect();
    let n_curves = curves.len();
    let ink = move |place: usize| if n_curves == 1 { Ink::Class(1) } else { Ink::Class(place) };
    series.extend(
        curves
            .iter()
            .enumerate()
            .map(|(place, (_, line))| Series { lines: vec![line.clone()], ..Series::new(ink(place)) }),
    );
    let plot = Plot { x: Axis::even(across, (0.0, 1.0)), y: Axis::even(up, (0.0, 1.0)), series };
    let legend: Vec<(Ink, String)> =
        curves.iter().enumerate().map(|(place, (class, _))| (ink(place), class.clone())).collect();
    let rows = curves.iter().flat_map(|(class, line)| {
        line.iter().map(|(x, y)| vec![class.clone(), format!("{x:.6}"), format!("{y:.6}")])
    });
    let twin = Twin {
        columns: vec![Column::words("Class"), Column::numbers(across), Column::numbers(up)],
        rows: rows.collect(),
    };
    let says = format!("{name}: {up} against {across}.");
    view! {
        <Chart
            name=name
            says=Derived::from(says)
            scene=move |width: f64| plot.scene(width)
            twin=Derived::from(twin)
            tell=|_: u32| Tip::words(String::new())
            sentence=true
            legend=Derived::from(legend)
        />
    }
}

/// The terms of the greatest weights, a list a class.
#[component]
fn Terms(report: Rc<FitReport>) -> View {
    let Some(terms) = &report.terms else { return View::nothing() };
    let list = |(class, terms): (&String, &Vec<(String, f64)>)| {
        let line = |(term, weight): &(String, f64)| {
            view! {
                <tr>
                    <th scope="row">{term.clone()}</th>
                    <td class="number">{format!("{weight:.3}")}</td>
                </tr>
            }
        };
        let lines: View = terms.iter().map(line).collect();
        view! {
            <div class="stack stack--tight">
                <h3>{format!("For {class}")}</h3>
                <table class="table" aria-label=format!("Top terms for {class}")><tbody>{lines}</tbody></table>
            </div>
        }
    };
    let lists: View = report.classes.iter().zip(terms).map(list).collect();
    view! {
        <Card title="Top terms" sub=Derived::from("what one unit of a term adds to the score")>
            <div class="split split--even split--top">{lists}</div>
        </Card>
    }
}
