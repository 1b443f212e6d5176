//! A chart of runs with what can be chosen about it: drawn alike on the board and where runs are compared.

mod across;
mod of_fits;

use leptos::prelude::*;
use markup::view;
use track::board::ChartSpec;
use track::filter::Key;
use track::id::RunId;

use super::set::{RunSet, axis_name};
use super::shown::DrawnChart;
use super::{Drawn, amounts, scatter, tip_of};
use crate::charts::hover::Tip;
use crate::charts::twin::Twin;
use crate::components::field::SelectField;
use crate::markup::View;
use crate::reactive::{Callback, Derived};

/// What a chart draws, and who is told of what is done with it. `Copy`.
#[derive(Clone, Copy)]
pub struct ChartOf {
    /// Tells it from the other charts of its page.
    pub id: u32,
    /// The runs.
    pub set: Derived<RunSet>,
    /// What is drawn.
    pub spec: Derived<ChartSpec>,
    /// Takes what else is to be drawn.
    pub on_change: Callback<ChartSpec>,
    /// Nothing else can be drawn now.
    pub is_fixed: Derived<bool>,
    /// Takes the runs that are brushed, once that changes.
    pub on_brush: Callback<Vec<RunId>>,
}

/// What a chart is called.
pub fn title(spec: &ChartSpec, set: &RunSet) -> String {
    let name = |key: &str| named(key).as_ref().map_or_else(|| key.to_owned(), axis_name);
    match spec {
        ChartSpec::Bars { metric } => {
            let metric = metric_of(metric, set);
            format!("{} by run", axis_name(&Key::Metric(metric)))
        }
        ChartSpec::Folds => "Fold scores".to_owned(),
        ChartSpec::Scatter { x, y, .. } => format!("{} against {}", name(y), name(x)),
        ChartSpec::Boxes { value, by } => format!("{} by {}", name(value), name(by)),
        ChartSpec::Contour { x, y, value } => format!("{} over {} and {}", name(value), name(x), name(y)),
        ChartSpec::Parallel { .. } => "Parallel coordinates".to_owned(),
        ChartSpec::Confusion => "Confusion matrices".to_owned(),
        ChartSpec::Roc { .. } => "ROC curves".to_owned(),
        ChartSpec::Overfitting => "Train against test".to_owned(),
    }
}

fn named(key: &str) -> Option<Key> {
    Key::parse(key).ok()
}

/// A key, or one that no run has where it cannot be understood.
fn key_of(text: &str) -> Key {
    named(text).unwrap_or_else(|| Key::Metric(text.to_owned()))
}

fn metric_of(metric: &str, set: &RunSet) -> String {
    if metric.is_empty() {
        set.main_metric().unwrap_or_else(|| "test_f1".to_owned())
    } else {
        metric.to_owned()
    }
}

/// The chart.
pub fn body(of: ChartOf) -> View {
    // Another kind is another picture; another key is drawn in the same.
    let kind = Derived::new(move || of.spec.with(std::mem::discriminant));
    View::live(move || {
        kind.track();
        of.spec.with_untracked(|spec| match spec {
            ChartSpec::Parallel { .. } => across::all_settings(of),
            ChartSpec::Confusion => of_fits::confusion(of),
            ChartSpec::Roc { .. } => of_fits::roc(of),
            _ => of_records(of),
        })
    })
}

/// A picture of the runs' records.
fn drawn(set: &RunSet, spec: &ChartSpec) -> Drawn {
    match spec {
        ChartSpec::Bars { metric } => amounts::bars(set, &metric_of(metric, set)).0,
        ChartSpec::Folds => amounts::folds(set),
        ChartSpec::Scatter { x, y, colour } => scatter::scatter(set, &key_of(x), &key_of(y), &key_of(colour)),
        ChartSpec::Boxes { value, by } => amounts::boxes(set, &key_of(value), &key_of(by)),
        ChartSpec::Contour { x, y, value } => scatter::contour(set, &key_of(x), &key_of(y), &key_of(value)),
        ChartSpec::Overfitting => scatter::overfitting(set),
        ChartSpec::Parallel { .. } | ChartSpec::Confusion | ChartSpec::Roc { .. } => {
            Err("This picture is not drawn from records.".to_owned())
        }
    }
}

fn twin(set: &RunSet, spec: &ChartSpec) -> Twin {
    match spec {
        ChartSpec::Bars { metric } => amounts::bars_twin(set, &metric_of(metric, set)),
        ChartSpec::Folds => amounts::folds_twin(set),
        ChartSpec::Scatter { x, y, colour } => scatter::twin(set, &[&key_of(x), &key_of(y), &key_of(colour)]),
        ChartSpec::Boxes { value, by } => amounts::boxes_twin(set, &key_of(value), &key_of(by)),
        ChartSpec::Contour { x, y, value } => scatter::twin(set, &[&key_of(x), &key_of(y), &key_of(value)]),
        ChartSpec::Overfitting => {
            let metric = |name: &str| Key::Metric(name.to_owned());
            scatter::twin(set, &[&metric("train_f1"), &metric("test_f1")])
        }
        ChartSpec::Parallel { .. } | ChartSpec::Confusion | ChartSpec::Roc { .. } => Twin::default(),
    }
}

fn of_records(of: ChartOf) -> View {
    let ChartOf { set, spec, .. } = of;
    let tell = move |item: u32| -> Tip {
        set.with(|set| {
            spec.with(|spec| match spec {
                ChartSpec::Bars { metric } => {
                    let ranked = amounts::ranked(set, &metric_of(metric, set));
                    ranked.get(item as usize).map(|(place, _)| tip_of(set, *place as u32)).unwrap_or_default()
                }
                ChartSpec::Boxes { value, by } => amounts::box_tip(set, &key_of(value), &key_of(by), item),
                _ => tip_of(set, item),
            })
        })
    };
    let name = Derived::new(move || spec.with(|spec| set.with(|set| title(spec, set))));
    let picture = View::live(move || {
        view! {
            <DrawnChart
                name=name.get()
                drawn=Derived::new(move || set.with(|set| spec.with(|spec| drawn(set, spec))))
                twin=Derived::new(move || set.with(|set| spec.with(|spec| twin(set, spec))))
                tell
            />
        }
    });
    view! {
        <Choices of />
        {picture}
    }
}

/// The keys a chart is made of: what each is called, its value, and the chart with another.
fn choices_of(spec: &ChartSpec, set: &RunSet) -> Vec<(&'static str, String)> {
    let metric = |metric: &String| Key::Metric(metric_of(metric, set)).to_string();
    match spec {
        ChartSpec::Bars { metric: name } => vec![("Metric", metric(name))],
        ChartSpec::Scatter { x, y, colour } => {
            vec![("Across", x.clone()), ("Up", y.clone()), ("Colour", colour.clone())]
        }
        ChartSpec::Boxes { value, by } => vec![("Values", value.clone()), ("Group by", by.clone())],
        ChartSpec::Contour { x, y, value } => {
            vec![("Across", x.clone()), ("Up", y.clone()), ("Values", value.clone())]
        }
        _ => Vec::new(),
    }
}

/// The chart with another key in one place.
fn with_choice(spec: &ChartSpec, label: &str, key: String) -> ChartSpec {
    let mut spec = spec.clone();
    match (&mut spec, label) {
        (ChartSpec::Bars { metric }, _) => {
            *metric = match named(&key) {
                Some(Key::Metric(name)) => name,
                _ => key,
            }
        }
        (ChartSpec::Scatter { x, .. } | ChartSpec::Contour { x, .. }, "Across") => *x = key,
        (ChartSpec::Scatter { y, .. } | ChartSpec::Contour { y, .. }, "Up") => *y = key,
        (ChartSpec::Scatter { colour, .. }, _) => *colour = key,
        (ChartSpec::Boxes { value, .. } | ChartSpec::Contour { value, .. }, "Values") => *value = key,
        (ChartSpec::Boxes { by, .. }, _) => *by = key,
        _ => {}
    }
    spec
}

/// The choices of a chart, a select each.
#[component]
fn Choices(of: ChartOf) -> View {
    let ChartOf { id, set, spec, on_change, is_fixed, .. } = of;
    let labels: Vec<&'static str> = spec
        .with_untracked(|spec| set.with_untracked(|set| choices_of(spec, set)))
        .into_iter()
        .map(|(label, _)| label)
        .collect();
    let is_bars = spec.with_untracked(|spec| matches!(spec, ChartSpec::Bars { .. }));
    let field = move |label: &'static str| {
        let value = Derived::new(move || {
            let all = spec.with(|spec| set.with(|set| choices_of(spec, set)));
            all.into_iter().find(|(known, _)| *known == label).map(|(_, key)| key).unwrap_or_default()
        });
        let options = Derived::new(move || {
            let keys = set.with(|set| if is_bars { set.metrics() } else { set.keys() });
            let mut options: Vec<(String, String)> =
                keys.iter().map(|key| (key.to_string(), axis_name(key))).collect();
            let chosen = value.get();
            if !options.iter().any(|(key, _)| *key == chosen) {
                let name = named(&chosen).as_ref().map_or_else(|| chosen.clone(), axis_name);
                options.push((chosen, name));
            }
            options
        });
        let choose = move |key: String| {
            on_change.run(spec.with_untracked(|spec| with_choice(spec, label, key)));
        };
        let field = format!("chart-{id}-{}", label.to_lowercase().replace(' ', "-"));
        view! { <SelectField id=field label options value on_choose=choose word=None disabled=is_fixed /> }
    };
    let fields: View = labels.iter().map(|label| field(label)).collect();
    View::from((!labels.is_empty()).then(|| view! { <div class="fields chart-choices">{fields}</div> }))
}

#[cfg(test)]
mod tests {
    use super::super::set::samples::four;
    use super::*;

    fn scatter_of(x: &str) -> ChartSpec {
        ChartSpec::Scatter { x: x.into(), y: "metrics.test_f1".into(), colour: "params.model".into() }
    }

    #[test]
    fn charts_are_called_by_what_they_draw() {
        for (spec, expected) in [
            (ChartSpec::Bars { metric: String::new() }, "test F1 by run"),
            (scatter_of("params.C"), "test F1 against C"),
            (scatter_of("not a key"), "test F1 against not a key"),
            (ChartSpec::Confusion, "Confusion matrices"),
        ] {
            assert_eq!(title(&spec, &four()), expected);
        }
    }

    #[test]
    fn a_choice_changes_its_own_key_alone() {
        let changed = with_choice(&scatter_of("params.C"), "Across", "params.min_df".into());
        assert_eq!(changed, scatter_of("params.min_df"));
        let bars = ChartSpec::Bars { metric: String::new() };
        let changed = with_choice(&bars, "Metric", "metrics.accuracy".into());
        assert_eq!(changed, ChartSpec::Bars { metric: "accuracy".into() });
        assert_eq!(choices_of(&changed, &four()), [("Metric", "metrics.accuracy".to_owned())]);
    }

    #[test]
    fn every_chart_of_records_is_drawn_or_says_why_not() {
        assert!(drawn(&four(), &scatter_of("params.C")).is_ok());
        assert!(drawn(&four(), &scatter_of("not a key")).is_err());
        assert!(drawn(&four(), &ChartSpec::Folds).is_ok());
        assert_eq!(twin(&four(), &ChartSpec::Overfitting).rows.len(), 4);
    }
}
