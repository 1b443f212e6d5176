//! How good each version of a model is, as a line over their numbers.

use leptos::prelude::*;
use markup::view;

use super::{of_book, version_path};
use crate::charts::axis::Axis;
use crate::charts::frame::Chart;
use crate::charts::hover::Tip;
use crate::charts::plot::{Dot, Legend, Plot, Series};
use crate::charts::scene::Ink;
use crate::charts::twin::{Column, Twin};
use crate::components::card::Card;
use crate::markup::View;
use crate::reactive::Derived;
use crate::state::format;
use crate::state::registry::Registry;
use crate::state::views::VersionRow;

/// An axis of scores never spans less.
const LEAST_SPAN: f64 = 0.02;
/// The inks of the two lines.
const CV_INK: Ink = Ink::Class(2);
const TEST_INK: Ink = Ink::Class(3);

/// The card; nothing while fewer than two versions have a score.
#[component]
pub fn OverVersions(
    /// Whose.
    registry: Registry,
    /// The model.
    name: String,
) -> View {
    let rows = of_book(registry, move |book| {
        let mut rows = book.versions_of(&name);
        rows.reverse();
        Some(rows)
    });
    let rows = Derived::new(move || rows.get().unwrap_or_default());
    let has_scores =
        Derived::new(move || rows.with(|rows| rows.iter().filter(|row| row.cv.is_some()).count() > 1));
    let tell = move |item: u32| rows.with_untracked(|rows| tip(rows, item));
    let legend: Legend =
        vec![(CV_INK, "cross-validated".to_owned()), (TEST_INK, "on the test part".to_owned())];
    View::live(move || {
        has_scores.get().then(|| {
            let legend = legend.clone();
            view! {
                <Card title="Score over versions" sub="macro F1">
                    <Chart
                        name="Score over versions"
                        says=Derived::new(move || rows.with(|rows| says(rows)))
                        scene=move |width: f64| rows.with(|rows| plot(rows).scene(width))
                        twin=Derived::new(move || rows.with(|rows| twin(rows)))
                        tell
                        sentence=true
                        legend=Derived::from(legend)
                    />
                </Card>
            }
        })
    })
}

fn says(rows: &[VersionRow]) -> String {
    let scored = rows.iter().filter_map(|row| Some((row, row.cv?)));
    let best = scored.reduce(|best, next| if next.1 > best.1 { next } else { best });
    match best {
        Some((row, cv)) => format!("Best of its versions: {}, at {}.", row.version, format::score(cv)),
        None => "No version has a score.".to_owned(),
    }
}

fn plot(rows: &[VersionRow]) -> Plot {
    let line = |ink: Ink, score: fn(&VersionRow) -> Option<f64>| {
        let scored = rows.iter().filter_map(|row| Some((row, score(row)?)));
        let dots: Vec<Dot> =
            scored.map(|(row, y)| Dot { x: f64::from(row.version), y, item: row.version }).collect();
        let line = dots.iter().map(|dot| (dot.x, dot.y)).collect();
        Series { lines: vec![line], ..Series::of_dots(ink, dots) }
    };
    let numbers = rows.iter().map(|row| f64::from(row.version));
    let (first, last) = (numbers.clone().fold(f64::INFINITY, f64::min), numbers.fold(0.0, f64::max));
    let scores = rows.iter().flat_map(|row| [row.cv, row.test]).flatten();
    Plot {
        x: Axis::whole("version", (first.min(last), last.max(first + 1.0))),
        y: Axis::around("macro F1", scores, LEAST_SPAN),
        series: vec![line(CV_INK, |row| row.cv), line(TEST_INK, |row| row.test)],
    }
}

fn tip(rows: &[VersionRow], item: u32) -> Tip {
    let Some(row) = rows.iter().find(|row| row.version == item) else { return Tip::default() };
    let figure = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), format::score);
    let text =
        format!("Version {item}: cross-validated {}, on the test part {}", figure(row.cv), figure(row.test));
    Tip { text, to: Some(version_path(&row.model, item)) }
}

fn twin(rows: &[VersionRow]) -> Twin {
    let figure = |value: Option<f64>| value.map(|value| format!("{value:.4}")).unwrap_or_default();
    let columns =
        vec![Column::numbers("Version"), Column::numbers("Cross-validated"), Column::numbers("Test part")];
    let rows = rows.iter().map(|row| vec![row.version.to_string(), figure(row.cv), figure(row.test)]);
    Twin { columns, rows: rows.collect() }
}
