//! Parallel coordinates of runs: which axes, in which order, and what is brushed of them.

use engine::num::SortedMap;
use leptos::prelude::*;
use markup::view;
use track::board::ChartSpec;
use track::filter::Key;
use track::id::RunId;

use super::{ChartOf, key_of, named};
use crate::charts::brush::{Brushed, ParallelChart, brushes_of};
use crate::charts::parallel::{Brushes, Parallel};
use crate::charts::surface::shades_legend;
use crate::components::field::{Chip, SelectField};
use crate::components::reason::why_fixed;
use crate::markup::View;
use crate::pages::runs::charts::set::{RunSet, axis_name};
use crate::pages::runs::charts::{parallel, tip_of};
use crate::reactive::{Callback, Derived, State, follow};

/// The picture, and the choice of its axes.
pub(super) fn all_settings(of: ChartOf) -> View {
    let ChartOf { set, spec, on_change, on_brush, is_fixed, .. } = of;
    let brushed: Brushed = State::new(SortedMap::new());
    let axes = Derived::new(move || {
        spec.with(|spec| match spec {
            ChartSpec::Parallel { axes, .. } if !axes.is_empty() => {
                axes.iter().map(|axis| key_of(axis)).collect()
            }
            _ => set.with(parallel::usual_axes),
        })
    });
    // An axis that is there: the one asked for, else the score that most runs have, else the last.
    let colour = Derived::new(move || {
        let asked = spec.with(|spec| match spec {
            ChartSpec::Parallel { colour, .. } => named(colour),
            _ => None,
        });
        let main = set.with(RunSet::main_metric).map(Key::Metric);
        axes.with(|axes| {
            let is_there = |key: &Key| axes.contains(key);
            asked.filter(is_there).or(main.filter(is_there)).or_else(|| axes.last().cloned())
        })
    });
    let colour_key = move || colour.get().unwrap_or_else(|| Key::Metric(String::new()));
    let found =
        Derived::new(move || set.with(|set| axes.with(|axes| parallel::parallel(set, axes, &colour_key()))));
    let says = move |brushes: Brushes| {
        found.with(|found| match found {
            Ok((drawn, n_lacking)) => parallel::says(drawn, *n_lacking, &brushes),
            Err(_) => String::new(),
        })
    };
    let name = move |item: u32| {
        set.with(|set| set.get(item as usize).map(|run| run.name.clone())).unwrap_or_default()
    };
    let words = move |axes: Vec<Key>| ChartSpec::Parallel {
        axes: axes.iter().map(Key::to_string).collect(),
        colour: colour.with_untracked(|colour| colour.as_ref().map(Key::to_string)).unwrap_or_default(),
    };
    let reorder = Callback::new(move |(from, to): (usize, usize)| {
        let mut axes = axes.get_untracked();
        if from < axes.len() && to < axes.len() {
            let axis = axes.remove(from);
            axes.insert(to, axis);
            on_change.run(words(axes));
        }
    });
    // Whatever is brushed becomes the selection; a brush taken away leaves it.
    follow(move || {
        let is_brushed = brushed.with(|brushed| !brushed.is_empty());
        let within = |parallel: &Parallel| -> Vec<RunId> {
            let brushes = brushed.with(|brushed| brushes_of(&parallel.axes, brushed));
            let runs = parallel.within(&brushes);
            set.with_untracked(|set| {
                runs.filter_map(|row| set.get(row.item as usize)).map(|run| run.id.clone()).collect()
            })
        };
        if is_brushed {
            let ids = found
                .with(|found| found.as_ref().map_or_else(|_| Vec::new(), |(parallel, _)| within(parallel)));
            on_brush.run(ids);
        }
    });
    view! {
        <AxisChoice of axes colour words=Callback::new(words) />
        <ParallelChart
            found=Derived::new(move || found.with(|found| found.clone().map(|(drawn, _)| drawn)))
            brushed
            says
            what="Run"
            name_of=name
            tell=move |item: u32| set.with(|set| tip_of(set, item))
            legend=shades_legend("low".to_owned(), "high".to_owned())
            on_move=reorder
            fixed_by=why_fixed(is_fixed)
        />
    }
}

/// Which axes a parallel chart has.
#[component]
fn AxisChoice(
    of: ChartOf,
    axes: Derived<Vec<Key>>,
    colour: Derived<Option<Key>>,
    words: Callback<Vec<Key>, ChartSpec>,
) -> View {
    let ChartOf { id, set, on_change, is_fixed, .. } = of;
    let one = move |key: Key| {
        let known = key.clone();
        let is_on = Derived::new(move || axes.with(|axes| axes.contains(&known)));
        let is_full =
            Derived::new(move || !is_on.get() && axes.with(|axes| axes.len() >= parallel::MAX_AXES));
        let cannot = Derived::new(move || is_fixed.get() || is_full.get());
        let label = axis_name(&key);
        let change = move |wanted: bool| {
            let mut all = axes.get_untracked();
            all.retain(|other| *other != key);
            if wanted {
                all.push(key.clone());
            }
            if !all.is_empty() {
                on_change.run(words.run(all));
            }
        };
        view! {
            <Chip label one_of=None on=is_on on_change=change disabled=cannot />
        }
    };
    let keys = Derived::new(move || set.with(RunSet::keys));
    let options = Derived::new(move || {
        axes.with(|axes| axes.iter().map(|key| (key.to_string(), axis_name(key))).collect::<Vec<_>>())
    });
    let value =
        Derived::new(move || colour.with(|colour| colour.as_ref().map(Key::to_string)).unwrap_or_default());
    let shade = move |key: String| {
        let axes = axes.with_untracked(|axes| axes.iter().map(Key::to_string).collect());
        on_change.run(ChartSpec::Parallel { axes, colour: key });
    };
    view! {
        <details class="chart-choices">
            <summary class="twin__summary">"Axes"</summary>
            <div class="choices chart-choices__axes">{move || keys.get().into_iter().map(one).collect::<View>()}</div>
            <div class="fields chart-choices__axes">
                <SelectField id=format!("chart-{id}-shade") label="Shade by" options value on_choose=shade word=None disabled=is_fixed />
            </div>
        </details>
    }
}
