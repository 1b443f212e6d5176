//! Macro F1 over time: expected without labels, with its interval, and by labels; where another champion took over, a line.

use std::rc::Rc;

use leptos::prelude::*;
use markup::view;
use track::id::Millis;
use track::registry::{CHAMPION, RegistryChange};
use track::report::KeptReport;

use crate::charts::axis::Axis;
use crate::charts::frame::Chart;
use crate::charts::hover::Tip;
use crate::charts::plot::{Dot, Legend, Plot, Series};
use crate::charts::scene::Ink;
use crate::charts::twin::{Column, Twin};
use crate::components::card::Card;
use crate::markup::View;
use crate::reactive::Derived;
use crate::services::clock;
use crate::state::format;
use crate::state::monitor::use_monitor;
use crate::state::registry::use_registry;

const EXPECTED: Ink = Ink::Class(2);
const REALISED: Ink = Ink::Class(3);
const LEAST_SPAN: f64 = 0.1;
const MS_A_DAY: f64 = 86_400_000.0;
/// A time axis spans at least this many days: a minute.
const LEAST_DAYS: f64 = 1.0 / 1_440.0;

/// What is drawn.
#[derive(Clone, Default, PartialEq)]
struct Course {
    /// Reports with a macro F1, the oldest first.
    reports: Rc<Vec<KeptReport>>,
    /// When a champion was named.
    deployed: Vec<Millis>,
}

/// The card; nothing while no report says what macro F1 is.
#[component]
pub fn OverTime() -> View {
    let (monitor, registry) = (use_monitor(), use_registry());
    let course = Derived::new(move || {
        let reports = monitor.list.with(|list| list.loaded().cloned()).unwrap_or_default();
        let worth = |kept: &&KeptReport| kept.expected.is_some() || kept.realised_f1_macro.is_some();
        let reports: Vec<KeptReport> = reports.iter().rev().filter(worth).cloned().collect();
        let deployed = registry.book.with(|book| {
            let events = book.loaded().map(|book| book.events.as_slice()).unwrap_or_default();
            let is_champion = |change: &RegistryChange| {
                matches!(change, RegistryChange::SetAlias { alias, .. } if alias == CHAMPION)
            };
            events.iter().filter(|event| is_champion(&event.change)).map(|event| event.at).collect()
        });
        Course { reports: Rc::new(reports), deployed }
    });
    let has_any = Derived::new(move || course.with(|course| !course.reports.is_empty()));
    let tell = move |item: u32| course.with_untracked(|course| tip(course, item));
    let legend: Legend = vec![
        (EXPECTED, "expected without labels, 95 %".to_owned()),
        (REALISED, "by labels".to_owned()),
        (Ink::Axis, "a champion was named".to_owned()),
    ];
    View::live(move || {
        has_any.get().then(|| {
            let legend = legend.clone();
            view! {
                <Card title="How good the answers are, over time" sub="macro F1">
                    <Chart
                        name="Macro F1 over time"
                        says=Derived::new(move || course.with(says))
                        scene=move |width: f64| course.with(|course| plot(course).scene(width))
                        twin=Derived::new(move || course.with(twin))
                        tell
                        sentence=true
                        legend=Derived::from(legend)
                    />
                </Card>
            }
        })
    })
}

fn says(course: &Course) -> String {
    let last = course.reports.last();
    let expected =
        last.and_then(|last| last.expected).map(|of| format!("expected at {}", format::score(of.f1_macro)));
    let realised =
        last.and_then(|last| last.realised_f1_macro).map(|of| format!("at {} by labels", format::score(of)));
    let both: Vec<String> = expected.into_iter().chain(realised).collect();
    format!("Of the last reviews checked, macro F1 is {}.", both.join(", "))
}

fn plot(course: &Course) -> Plot {
    let times = course.reports.iter().map(|kept| kept.at).chain(course.deployed.iter().copied());
    let first = times.clone().min().unwrap_or_default();
    let days = |at: Millis| at.0.saturating_sub(first.0) as f64 / MS_A_DAY;
    let last = times.map(days).fold(LEAST_DAYS, f64::max);
    let bounds = course.reports.iter().flat_map(|kept| {
        let of = kept.expected.iter().flat_map(|of| [of.low, of.high]);
        of.chain(kept.realised_f1_macro).collect::<Vec<_>>()
    });
    let y = Axis::around("macro F1", bounds.clone(), LEAST_SPAN);
    let (low, high) = (y.value(0.0), y.value(1.0));
    let deployed = course.deployed.iter().map(|at| vec![(days(*at), low), (days(*at), high)]).collect();
    let numbered = || course.reports.iter().zip(0_u32..);
    let line = |ink: Ink, score: fn(&KeptReport) -> Option<f64>| {
        let dots =
            numbered().filter_map(|(kept, item)| Some(Dot { x: days(kept.at), y: score(kept)?, item }));
        let dots: Vec<Dot> = dots.collect();
        let line = dots.iter().map(|dot| (dot.x, dot.y)).collect();
        Series { lines: vec![line], ..Series::of_dots(ink, dots) }
    };
    let band = course.reports.iter().filter_map(|kept| Some((days(kept.at), kept.expected?)));
    let band = band.map(|(x, of)| (x, of.low, of.high)).collect();
    Plot {
        x: Axis::even("days since the first", (0.0, last)),
        y,
        series: vec![
            Series { lines: deployed, ..Series::new(Ink::Axis) },
            Series { band, ..line(EXPECTED, |kept| kept.expected.map(|of| of.f1_macro)) },
            line(REALISED, |kept| kept.realised_f1_macro),
        ],
    }
}

fn tip(course: &Course, item: u32) -> Tip {
    let Some(kept) = course.reports.get(item as usize) else { return Tip::default() };
    let expected = kept.expected.map(|of| {
        format!(
            "expected {} ({} to {})",
            format::score(of.f1_macro),
            format::score(of.low),
            format::score(of.high)
        )
    });
    let realised = kept.realised_f1_macro.map(|of| format!("by labels {}", format::score(of)));
    let both: Vec<String> = expected.into_iter().chain(realised).collect();
    Tip::words(format!("{}: {}", kept.batch, both.join(", ")))
}

fn twin(course: &Course) -> Twin {
    let figure = |value: Option<f64>| value.map(|value| format!("{value:.4}")).unwrap_or_default();
    let columns = vec![
        Column::words("Reviews"),
        Column::words("When"),
        Column::words("Model"),
        Column::numbers("Expected"),
        Column::numbers("From"),
        Column::numbers("To"),
        Column::numbers("By labels"),
    ];
    let rows = course.reports.iter().map(|kept| {
        vec![
            kept.batch.clone(),
            format::date_time(kept.at, clock::offset_minutes()),
            kept.model.address.clone(),
            figure(kept.expected.map(|of| of.f1_macro)),
            figure(kept.expected.map(|of| of.low)),
            figure(kept.expected.map(|of| of.high)),
            figure(kept.realised_f1_macro),
        ]
    });
    Twin { columns, rows: rows.collect() }
}
