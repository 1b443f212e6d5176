//! What probabilities said and what came true, as the model gives them and as they are calibrated.

use std::rc::Rc;

use engine::metrics::{CALIBRATION_BINS, CalibrationBin};
use jobs::{Calibrated, HeldOutOutput};
use leptos::prelude::*;
use markup::view;

use crate::charts::axis::Axis;
use crate::charts::frame::Chart;
use crate::charts::hover::Tip;
use crate::charts::plot::{Dot, Plot, Series};
use crate::charts::scene::Ink;
use crate::charts::twin::{Column, Twin};
use crate::components::card::Card;
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::format;

/// The card: the plot, and how many reviews each point stands for.
#[component]
pub(super) fn Calibration(output: Rc<HeldOutOutput>) -> View {
    let Calibrated { bins, is_the_fits, is_anew } = &output.after;
    let names = match is_the_fits {
        true => ("Without calibration", "Calibrated"),
        false => ("The model's own", "By Platt's sigmoid"),
    };
    let curves =
        vec![(names.0, Ink::Class(0), output.before.clone()), (names.1, Ink::Class(1), bins.clone())];
    let note = match (is_the_fits, is_anew) {
        (true, true) => {
            "Each tenth of these reviews is calibrated by the other nine, for the calibration was fitted on them."
        }
        (true, false) => "Calibrated as the model does it; it saw none of these reviews.",
        (false, _) => {
            "This model answers by its own probabilities. What a calibration would make of them is fitted on nine tenths of these reviews for the tenth."
        }
    };
    let of = match output.labels.get(1) {
        Some(class) if output.labels.len() == 2 => format!("the probability of {class}"),
        _ => "the probability of the predicted class".to_owned(),
    };
    let says = format!("How often {of} came true, against what was said: on the line it means what it says.");
    let diagonal = Series { lines: vec![vec![(0.0, 0.0), (1.0, 1.0)]], ..Series::new(Ink::Faint) };
    let mut series = vec![diagonal];
    series.extend(curves.iter().enumerate().map(|(place, (_, ink, bins))| of_bins(place, *ink, bins)));
    let plot = Plot { x: Axis::even("Said", (0.0, 1.0)), y: Axis::even("Came true", (0.0, 1.0)), series };
    let legend: Vec<(Ink, String)> = curves.iter().map(|(name, ink, _)| (*ink, (*name).to_owned())).collect();
    let twin = twin(&curves);
    let counts = counts(&curves);
    let tell = move |item: u32| {
        let (curve, bin) = (item as usize / CALIBRATION_BINS, item as usize % CALIBRATION_BINS);
        let told = curves.get(curve).and_then(|(name, _, bins)| Some((name, bins.get(bin)?)));
        Tip::words(told.map_or_else(String::new, |(name, bin)| {
            format!(
                "{name}: said {}, came true {}, {}",
                format::percent(bin.mean_probability),
                format::percent(bin.share_true),
                format::counted(bin.n_rows, "review", "reviews")
            )
        }))
    };
    view! {
        <Card title="What its probabilities are worth" sub=Derived::from(of)>
            <div class="split split--even split--top">
                <Chart
                    name="Calibration"
                    says=Derived::from(says)
                    scene=move |width: f64| plot.scene(width)
                    twin=Derived::from(twin)
                    tell
                    sentence=true
                    legend=Derived::from(legend)
                />
                {counts}
            </div>
            <p class="note note--small">{note}</p>
        </Card>
    }
}

fn of_bins(place: usize, ink: Ink, bins: &[CalibrationBin]) -> Series {
    let known = || bins.iter().enumerate().filter(|(_, bin)| bin.n_rows > 0);
    let dot = |(at, bin): (usize, &CalibrationBin)| Dot {
        x: bin.mean_probability,
        y: bin.share_true,
        item: (place * CALIBRATION_BINS + at) as u32,
    };
    let line = known().map(|(_, bin)| (bin.mean_probability, bin.share_true)).collect();
    Series { lines: vec![line], dots: known().map(dot).collect(), ..Series::new(ink) }
}

type Curves = [(&'static str, Ink, Vec<CalibrationBin>)];

/// From and to of a bin.
fn range(bin: usize) -> String {
    let edge = |bin: usize| bin as f64 / CALIBRATION_BINS as f64;
    format!("{:.1} to {:.1}", edge(bin), edge(bin + 1))
}

fn twin(curves: &Curves) -> Twin {
    let row = |name: &str, at: usize, bin: &CalibrationBin| {
        let number = |number: f64| if bin.n_rows == 0 { String::new() } else { format!("{number:.6}") };
        vec![
            name.to_owned(),
            range(at),
            bin.n_rows.to_string(),
            number(bin.mean_probability),
            number(bin.share_true),
        ]
    };
    let rows = curves
        .iter()
        .flat_map(|(name, _, bins)| bins.iter().enumerate().map(move |(at, bin)| row(name, at, bin)))
        .collect();
    let columns = vec![
        Column::words("Probabilities"),
        Column::words("Between"),
        Column::numbers("Reviews"),
        Column::numbers("Said"),
        Column::numbers("Came true"),
    ];
    Twin { columns, rows }
}

/// How many reviews each point stands for.
fn counts(curves: &Curves) -> View {
    let heads: View =
        curves.iter().map(|(name, _, _)| view! { <th scope="col" class="number">{*name}</th> }).collect();
    let line = |bin: usize| {
        let cells: View = curves
            .iter()
            .map(|(_, _, bins)| {
                let count = bins.get(bin).map_or(0, |bin| bin.n_rows);
                view! { <td class="number">{format::whole(count)}</td> }
            })
            .collect();
        view! { <tr><th scope="row">{range(bin)}</th>{cells}</tr> }
    };
    view! {
        <div class="table-scroll">
            <table class="table" aria-label="Reviews by probability">
                <thead><tr><th scope="col">"Said"</th>{heads}</tr></thead>
                <tbody>{(0..CALIBRATION_BINS).map(line).collect::<View>()}</tbody>
            </table>
        </div>
    }
}
