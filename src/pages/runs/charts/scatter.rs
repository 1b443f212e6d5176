//! Runs as dots over two keys, coloured by a third; train against test score and accuracy against F1 are two of them.

use engine::models::ModelKind;
use track::filter::Key;

use super::set::{Measured, RunSet};
use super::{Drawn, no_run_has};
use crate::charts::axis::{Axis, AxisKind};
use crate::charts::picture::{Figure, Picture};
use crate::charts::plot::{Dot, Legend, Plot, Series};
use crate::charts::scene::{Ink, N_SHADES};
use crate::charts::surface::{Surface, shaded, shades_legend};
use crate::charts::twin::{Column, Twin};
use crate::state::format;
use crate::state::record_views::model_of;

/// Most words that have a colour each.
const MAX_COLOURS: usize = 10;

/// Dots over two keys, coloured by `colour`: by its models where that is the model, which is the usual.
pub fn scatter(set: &RunSet, x: &Key, y: &Key, colour: &Key) -> Drawn {
    let (across, up) = (set.measured(x), set.measured(y));
    let coloured = Coloured::of(set, colour);
    let series = coloured.series(&dots(&across, &up));
    drawn(set, (across, up), series, coloured.legend, |n_dots| {
        format!("{} by {} and {}.", format::counted(n_dots as u64, "run", "runs"), x_name(x), x_name(y))
    })
}

/// Train against test score: how far a run lies below the line of equal scores is what it learned by heart.
pub fn overfitting(set: &RunSet) -> Drawn {
    let metric = |name: &str| set.measured(&Key::Metric(name.to_owned()));
    let (mut across, mut up) = (metric("train_f1"), metric("test_f1"));
    let (low, high) = match (&across.axis.kind, &up.axis.kind) {
        (AxisKind::Even(a, b), AxisKind::Even(c, d)) => (a.min(*c), b.max(*d)),
        _ => (0.0, 1.0),
    };
    across.axis = Axis::even("train F1", (low, high));
    up.axis = Axis::even("test F1", (low, high));
    let coloured = Coloured::of(set, &Key::Param("model".to_owned()));
    let equal = Series { lines: vec![vec![(low, low), (high, high)]], ..Series::new(Ink::Axis) };
    let gaps = || across.values.iter().zip(&up.values).filter_map(|(train, test)| Some((*train)? - (*test)?));
    let widest = gaps().fold(f64::NEG_INFINITY, f64::max);
    let mut series = vec![equal];
    series.extend(coloured.series(&dots(&across, &up)));
    drawn(set, (across, up), series, coloured.legend, |_| {
        format!(
            "The further a run lies below the line, the more it learned by heart what does not hold for new reviews; \
             the widest gap is {}.",
            format::score(widest)
        )
    })
}

/// The mean of a key around each pair of two others.
pub fn contour(set: &RunSet, x: &Key, y: &Key, value: &Key) -> Drawn {
    let (across, up, score) = (set.measured(x), set.measured(y), set.measured(value));
    let both = across.values.iter().zip(&up.values).zip(&score.values);
    let points: Vec<(f64, f64, f64)> =
        both.filter_map(|((x, y), score)| Some(((*x)?, (*y)?, (*score)?))).collect();
    if points.is_empty() {
        return Err(no_run_has(&[x, y, value]));
    }
    let Surface { mut series, ends: (low, high) } = shaded(&across.axis, &up.axis, &points);
    let placed: Vec<Dot> = dots(&across, &up)
        .into_iter()
        .filter(|dot| score.values.get(dot.item as usize).is_some_and(Option::is_some))
        .collect();
    series.push(Series::of_dots(Ink::Neutral, placed));
    let legend = shades_legend(format::short(low), format::short(high));
    let name = score.axis.name;
    drawn(set, (across, up), series, legend, |_| {
        format!("The mean {name} around each pair of values: stronger is higher, empty is untried.")
    })
}

fn x_name(key: &Key) -> String {
    super::set::axis_name(key)
}

fn drawn(
    set: &RunSet,
    (across, up): (Measured, Measured),
    series: Vec<Series>,
    legend: Legend,
    says: impl FnOnce(usize) -> String,
) -> Drawn {
    let n_dots: usize = series.iter().map(|series| series.dots.len()).sum();
    if n_dots == 0 {
        let name = |axis: &Axis| axis.name.clone();
        return Err(format!("No run shown has both {} and {}.", name(&across.axis), name(&up.axis)));
    }
    let left_out = match set.len() - n_dots {
        0 => String::new(),
        n_left => format!(
            " {} one of the values and {} left out.",
            format::counted(n_left as u64, "run lacks", "runs lack"),
            if n_left == 1 { "is" } else { "are" }
        ),
    };
    let plot = Plot { x: across.axis, y: up.axis, series };
    let says = format!("{}{left_out}{}", says(n_dots), plot.thinned());
    Ok(Figure { says, picture: Picture::One(plot), legend })
}

fn dots(across: &Measured, up: &Measured) -> Vec<Dot> {
    let both = across.values.iter().zip(&up.values).enumerate();
    both.filter_map(|(item, (x, y))| Some(Dot { x: (*x)?, y: (*y)?, item: item as u32 })).collect()
}

/// Runs by colour.
struct Coloured {
    inks: Vec<Ink>,
    legend: Legend,
}

impl Coloured {
    /// Models have their own colours; other words one each as far as they go; numbers a shade.
    fn of(set: &RunSet, key: &Key) -> Self {
        if matches!(key, Key::Param(name) if name == "model") {
            return Self::by_model(set);
        }
        let Measured { axis, values } = set.measured(key);
        let (inks, legend): (Vec<Ink>, Legend) = match &axis.kind {
            AxisKind::Choices(words) => {
                let ink = |place: usize| if place < MAX_COLOURS { Ink::Class(place) } else { Ink::Neutral };
                let inks = values.iter().map(|value| value.map_or(Ink::Faint, |place| ink(place as usize)));
                let named = words.iter().take(MAX_COLOURS).enumerate();
                let mut legend: Legend = named.map(|(place, word)| (ink(place), word.clone())).collect();
                if words.len() > MAX_COLOURS {
                    legend.push((Ink::Neutral, "others".to_owned()));
                }
                (inks.collect(), legend)
            }
            _ => {
                let shade =
                    |value: &Option<f64>| value.map_or(Ink::Faint, |value| Ink::of_share(axis.share(value)));
                let ends = axis.ticks(usize::MAX);
                let word = |end: Option<&(f64, String)>| {
                    format!("{} {}", axis.name, end.map_or("", |(_, text)| text.as_str()))
                };
                (values.iter().map(shade).collect(), shades_legend(word(ends.first()), word(ends.last())))
            }
        };
        Self { inks, legend }
    }

    fn by_model(set: &RunSet) -> Self {
        let inks = set.iter().map(|run| Ink::Model(model_of(run))).collect();
        Self { inks, legend: models_legend(&set.models()) }
    }

    /// A series a colour, in the order of shades where they are.
    fn series(&self, dots: &[Dot]) -> Vec<Series> {
        let mut series: Vec<Series> = Vec::with_capacity(N_SHADES);
        for dot in dots {
            let ink = self.inks.get(dot.item as usize).copied().unwrap_or(Ink::Neutral);
            match series.iter_mut().find(|known| known.ink == ink) {
                Some(known) => known.dots.push(*dot),
                None => series.push(Series::of_dots(ink, vec![*dot])),
            }
        }
        series
    }
}

/// The models, with their colours.
pub fn models_legend(models: &[ModelKind]) -> Legend {
    models.iter().map(|model| (Ink::Model(Some(*model)), format::model_name(*model).to_owned())).collect()
}

/// The runs of a picture over these keys, as a table.
pub fn twin(set: &RunSet, keys: &[&Key]) -> Twin {
    let measured: Vec<Measured> = keys.iter().map(|key| set.measured(key)).collect();
    let column = |measured: &Measured| match measured.axis.kind {
        AxisKind::Choices(_) => Column::words(measured.axis.name.clone()),
        _ => Column::numbers(measured.axis.name.clone()),
    };
    let columns = [Column::words("Run")].into_iter().chain(measured.iter().map(column)).collect();
    let row = |(place, run): (usize, &track::run::Run)| {
        let cell = |measured: &Measured| match (&measured.axis.kind, measured.values[place]) {
            (_, None) => String::new(),
            (AxisKind::Choices(_), Some(value)) => measured.axis.words(value),
            (_, Some(value)) => value.to_string(),
        };
        [run.name.clone()].into_iter().chain(measured.iter().map(cell)).collect()
    };
    Twin { columns, rows: set.iter().enumerate().map(row).collect() }
}

#[cfg(test)]
mod tests {
    use super::super::set::samples::{four, set};
    use super::*;

    fn metric(name: &str) -> Key {
        Key::Metric(name.to_owned())
    }

    fn param(name: &str) -> Key {
        Key::Param(name.to_owned())
    }

    fn plot(drawn: Drawn) -> (Plot, String) {
        match drawn {
            Ok(Figure { picture: Picture::One(plot), says, .. }) => (plot, says),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn dots_have_the_colours_of_their_models() {
        let (drawn, says) = plot(scatter(&four(), &param("C"), &metric("test_f1"), &param("model")));
        let inks: Vec<(Ink, usize)> = drawn.series.iter().map(|one| (one.ink, one.dots.len())).collect();
        let of = |model| Ink::Model(Some(model));
        assert_eq!(inks, [(of(ModelKind::LogisticRegression), 2), (of(ModelKind::LinearSvc), 1)]);
        assert_eq!(says, "3 runs by C and test F1. 1 run lacks one of the values and is left out.");
    }

    #[test]
    fn numbers_are_shaded_and_other_words_have_a_colour_each() {
        let (drawn, _) = plot(scatter(&four(), &metric("accuracy"), &metric("test_f1"), &metric("test_f1")));
        assert!(drawn.series.iter().all(|series| matches!(series.ink, Ink::Shade(_))));
        let by_name = Key::parse("run_name").unwrap();
        let (drawn, _) = plot(scatter(&four(), &metric("accuracy"), &metric("test_f1"), &by_name));
        assert!(drawn.series.iter().all(|series| matches!(series.ink, Ink::Class(_))));
    }

    #[test]
    fn train_and_test_are_measured_alike() {
        let (drawn, says) = plot(overfitting(&four()));
        assert_eq!(drawn.x.kind, drawn.y.kind);
        assert!(says.ends_with("the widest gap is 0.050."), "{says}");
        assert_eq!(drawn.series[0].ink, Ink::Axis);
    }

    #[test]
    fn a_contour_needs_all_three() {
        let (drawn, _) = plot(contour(&four(), &param("C"), &metric("accuracy"), &metric("test_f1")));
        assert_eq!(drawn.series.last().map(|series| series.dots.len()), Some(3));
        assert!(contour(&four(), &param("alpha"), &param("C"), &metric("test_f1")).is_err());
        assert!(overfitting(&set(Vec::new())).is_err());
    }

    #[test]
    fn a_table_has_every_run() {
        let twin = twin(&four(), &[&param("C"), &param("model")]);
        assert_eq!(twin.rows[0], ["run-1", "0.1", "Logistic regression"]);
        assert_eq!(twin.rows[3], ["run-4", "", "Naive Bayes"]);
    }
}
