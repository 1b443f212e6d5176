//! Runs over time, coloured by how they ended; and by day.

use std::fmt::Write as _;

use leptos::prelude::*;
use markup::view;
use track::flow::StateType;

use super::{ink, of_book, slug};
use crate::components::card::Card;
use crate::components::field::SelectField;
use crate::markup::View;
use crate::reactive::Derived;
use crate::router::use_router;
use crate::services::clock;
use crate::services::zones::Named;
use crate::state::flows::Flows;
use crate::state::flows::figures::{Counts, Day, N_BARS, Span, Strip, days, strip};
use crate::state::format;

/// Height of the strip, and width of a bar with the space after it, in units of the picture.
const HEIGHT: f64 = 72.0;
const STEP: f64 = 10.0;
const BAR: f64 = 8.0;
/// Side of a day, with the space after it.
const DAY: f64 = 14.0;
/// Steps of the days' shades.
const N_SHADES: u32 = 8;
/// Where the address says how far back is looked.
const PARAMETER: &str = "span";

/// Runs over time, with counts.
#[component]
pub fn RunsOverTime(
    /// Of these flows.
    flows: Flows,
) -> View {
    let router = use_router();
    let span =
        Derived::new(move || router.asked(PARAMETER).and_then(|word| Span::named(&word)).unwrap_or_default());
    let bars = Derived::new(move || {
        let span = span.get();
        flows
            .book
            .with(|book| book.loaded().map(|book| strip(&book.runs, span, clock::now())).unwrap_or_default())
    });
    let tasks = flows.task_counts(move || track::id::Millis(clock::now().0.saturating_sub(span.get().ms())));
    let runs = Derived::new(move || bars.with(|strip| strip.counts.clone()));
    let tasks = Derived::new(move || tasks.get());
    let picture = View::live(move || bars.with(drawn));
    let options = Span::ALL.map(|span| (span.words().0.to_owned(), span.words().1.to_owned())).to_vec();
    let choose = move |word: String| router.amend(&[(PARAMETER, Some(word))]);
    view! {
        <Card title="Runs over time">
            <div class="stack stack--tight">
                <div class="flow-span">
                    <SelectField
                        id="flow-span"
                        label="Shown"
                        options=Derived::from(options)
                        value=Derived::new(move || span.get().words().0.to_owned())
                        on_choose=choose
                    />
                </div>
                {picture}
                <div class="split split--even">
                    {counts_list("Flow runs by state", Derived::new(move || Some(runs.get())))}
                    {counts_list("Task runs by state", tasks)}
                </div>
                <ByDay flows />
            </div>
        </Card>
    }
}

fn drawn(strip: &Strip) -> View {
    let label = format!(
        "Flow runs over time in {N_BARS} bars, at most {} in one; how many of each state is listed below",
        strip.most
    );
    let path = |(state, d): (StateType, String)| view! { <path class=ink(state) d=d /> };
    let paths: View = bar_paths(strip).into_iter().map(path).collect();
    let size = format!("0 0 {} {HEIGHT}", N_BARS as f64 * STEP);
    view! {
        <svg class="flow-strip" viewBox=size preserveAspectRatio="none" role="img" aria-label=label>
            {paths}
        </svg>
    }
}

/// One path for all boxes of a state, stacked from the bottom.
fn bar_paths(strip: &Strip) -> Vec<(StateType, String)> {
    let mut paths = Vec::new();
    let unit = (HEIGHT - 2.0) / f64::from(strip.most.max(1));
    for state in StateType::ALL {
        let mut d = String::new();
        for (place, bar) in strip.bars.iter().enumerate() {
            let Some(n) = bar.get(&state) else { continue };
            let below: u32 = bar.iter().filter(|(other, _)| **other < state).map(|(_, n)| n).sum();
            let (height, left) = (f64::from(*n) * unit, place as f64 * STEP + 1.0);
            let top = HEIGHT - f64::from(below) * unit - height;
            // Writing to a string cannot fail.
            write!(d, "M{left} {top:.1}h{BAR}v{height:.1}h-{BAR}z").ok();
        }
        if !d.is_empty() {
            paths.push((state, d));
        }
    }
    // Where there is nothing a base line shows that time went by.
    if paths.is_empty() {
        let width = N_BARS as f64 * STEP;
        paths.push((StateType::Pending, format!("M0 {}h{width}v1h-{width}z", HEIGHT - 1.0)));
    }
    paths
}

/// Counts of each state, as a list.
fn counts_list(name: &'static str, counts: Derived<Option<Counts>>) -> View {
    let lines = move || match counts.get() {
        None => view! { <p class="note">"Counting …"</p> },
        Some(counts) if counts.is_empty() => view! { <p class="note">"None in this time."</p> },
        Some(counts) => {
            let line = |(state, n): (&StateType, &u32)| {
                let class = format!("state-key state-key--{}", slug(*state));
                let text = format!("{} {}", format::whole(u64::from(*n)), slug(*state));
                view! {
                    <li class="flow-counts__one">
                        <span class=class aria-hidden="true"></span>
                        {text}
                    </li>
                }
            };
            let lines: View = counts.iter().map(line).collect();
            view! {
                <ul class="flow-counts" aria-label=name>
                    {lines}
                </ul>
            }
        }
    };
    view! {
        <div class="stack stack--tight">
            <p class="note note--small">{name}</p>
            {lines}
        </div>
    }
}

/// A square a day.
#[component]
fn ByDay(flows: Flows) -> View {
    let days = of_book(flows, |book| {
        Named::new(&Named::here()).map(|zone| days(&book.runs, &zone, clock::now())).unwrap_or_default()
    });
    View::live(move || {
        let days = days.get();
        let most = days.iter().map(|day| day.n_runs).max().unwrap_or(0);
        let failed: Vec<&Day> = days.iter().filter(|day| day.n_failed > 0).collect();
        let busiest = days.iter().rev().find(|day| day.n_runs == most && most > 0);
        let busiest = busiest.map_or_else(String::new, |day| format!(", most on {} ({most})", day.date));
        let label = format!(
            "Runs by day, {} days{busiest}; {} with failures",
            days.len(),
            format::whole(failed.len() as u64)
        );
        let width = days.len() as f64 * DAY;
        let square = |(place, day): (usize, &Day)| {
            let shade = if day.n_runs == 0 { 0 } else { 1 + (day.n_runs - 1) * (N_SHADES - 2) / most.max(1) };
            let class = match (day.n_runs, day.n_failed) {
                (_, 1..) => ink(StateType::Failed),
                (0, _) => "flow-day flow-day--none".to_owned(),
                _ => format!("flow-day ink-shade-{}", shade.min(N_SHADES - 1)),
            };
            let left = place as f64 * DAY;
            let d = format!("M{left} 0h{side}v{side}h-{side}z", side = DAY - 2.0);
            let says = format!(
                "{}: {}, {} failed",
                day.date,
                format::counted(u64::from(day.n_runs), "run", "runs"),
                day.n_failed
            );
            view! {
                <g>
                    <title>{says}</title>
                    <path class=class d=d />
                </g>
            }
        };
        let squares: View = days.iter().enumerate().map(square).collect();
        let size = format!("0 0 {width} {}", DAY);
        view! {
            <div class="stack stack--tight">
                <p class="note note--small">"By day, the last five weeks: the darker the more; a day with failures is red"</p>
                <svg class="flow-days" viewBox=size role="img" aria-label=label>
                    {squares}
                </svg>
            </div>
        }
    })
}
