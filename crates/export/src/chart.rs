//! Numbers in, a picture that stands alone and prints out: SVG without style or script, the same bytes for the same numbers.

use std::fmt::Write as _;

use engine::quote::Quoted;
use engine::stats::quantile;

use crate::escaped::escaped_html;

/// Width of a picture in pixels; it is scaled to where it stands.
const WIDTH: f64 = 720.0;
/// Room for names on the left, and at the other sides.
const LEFT: f64 = 190.0;
const LEFT_OF_AXIS: f64 = 56.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 34.0;
const BOTTOM: f64 = 44.0;
/// Height of a line of a picture of intervals.
const LINE: f64 = 28.0;
/// Height of a picture of a history.
const HEIGHT: f64 = 300.0;
/// Most points of one series that are drawn; of more every so many is.
const MAX_POINTS: usize = 2_000;
/// Ticks of an axis, about.
const N_TICKS: f64 = 8.0;
/// Scores below this share of all are drawn at the edge, so that a few bad ones do not press the others together.
const EDGE: f64 = 0.05;
/// Colours that are told apart by most eyes (Okabe and Ito 2008).
const COLOURS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/// A value with where it might lie.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Interval {
    /// Whose.
    pub(crate) name: String,
    /// It.
    pub(crate) value: f64,
    /// From where to where; nothing where that is not known.
    pub(crate) ends: Option<(f64, f64)>,
}

/// Values one after another, such as the scores of trials.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    /// Whose.
    pub(crate) name: String,
    /// They; nothing for those that have none.
    pub(crate) values: Vec<Option<f64>>,
}

/// A line a value: a dot, and its interval through it. Nothing where there is no value to draw.
pub(crate) fn intervals_svg(title: &str, axis: &str, lines: &[Interval]) -> Option<String> {
    let all = lines.iter().flat_map(|line| {
        let (low, high) = line.ends.unwrap_or((line.value, line.value));
        [line.value, low, high]
    });
    let scale = Scale::of(all, (LEFT, WIDTH - RIGHT))?;
    let height = TOP + LINE * lines.len() as f64 + BOTTOM;
    let mut svg = begin(title, height);
    let foot = height - BOTTOM;
    for tick in scale.ticks() {
        let x = scale.at(tick);
        line(&mut svg, (x, TOP), (x, foot), "#dddddd");
        text(&mut svg, (x, foot + 16.0), "middle", &scale.written(tick));
    }
    text(&mut svg, ((LEFT + WIDTH - RIGHT) / 2.0, height - 8.0), "middle", axis);
    for (place, shown) in lines.iter().enumerate() {
        let y = TOP + LINE * (place as f64 + 0.5);
        text(&mut svg, (LEFT - 10.0, y + 4.0), "end", &short(&shown.name));
        if let Some((low, high)) = shown.ends {
            // Writing to a text cannot fail.
            writeln!(
                svg,
                "<line x1=\"{:.1}\" y1=\"{y:.1}\" x2=\"{:.1}\" y2=\"{y:.1}\" stroke=\"{}\" stroke-width=\"3\"/>",
                scale.at(low),
                scale.at(high),
                COLOURS[0]
            )
            .ok();
        }
        dot(&mut svg, (scale.at(shown.value), y), 5.0, COLOURS[0]);
    }
    svg.push_str("</svg>\n");
    Some(svg)
}

/// Dots from left to right, a colour a series, and the best so far of each as a line. Nothing where there is no value.
pub(crate) fn history_svg(title: &str, axis: &str, series: &[Series], is_loss: bool) -> Option<String> {
    let mut known: Vec<f64> =
        series.iter().flat_map(|series| series.values.iter().flatten().copied()).collect();
    known.sort_by(f64::total_cmp);
    let edge = quantile(&known, if is_loss { 1.0 - EDGE } else { EDGE })?;
    let ends = if is_loss { (*known.first()?, edge) } else { (edge, *known.last()?) };
    let height = HEIGHT + 20.0 * series.len() as f64;
    let foot = HEIGHT - BOTTOM;
    let y = Scale::of([ends.0, ends.1], (foot, TOP))?;
    let n_most = series.iter().map(|series| series.values.len()).max().unwrap_or(1).max(2);
    let x = |place: usize| {
        LEFT_OF_AXIS + 10.0 + (WIDTH - RIGHT - LEFT_OF_AXIS - 20.0) * place as f64 / (n_most - 1) as f64
    };
    let mut svg = begin(title, height);
    for tick in y.ticks() {
        let at = y.at(tick);
        line(&mut svg, (LEFT_OF_AXIS, at), (WIDTH - RIGHT, at), "#dddddd");
        text(&mut svg, (LEFT_OF_AXIS - 6.0, at + 4.0), "end", &y.written(tick));
    }
    for place in [0, n_most - 1] {
        text(&mut svg, (x(place), foot + 18.0), "middle", &(place + 1).to_string());
    }
    text(
        &mut svg,
        ((LEFT_OF_AXIS + WIDTH - RIGHT) / 2.0, foot + 34.0),
        "middle",
        &format!("trial; up: {axis}"),
    );
    for (number, shown) in series.iter().enumerate() {
        let colour = COLOURS[number % COLOURS.len()];
        let step = shown.values.len().div_ceil(MAX_POINTS).max(1);
        let mut best: Option<f64> = None;
        let mut path = String::new();
        for (place, value) in shown.values.iter().enumerate() {
            let Some(value) = *value else { continue };
            let is_better = best.is_none_or(|best| if is_loss { value < best } else { value > best });
            if place % step == 0 {
                dot(&mut svg, (x(place), y.at(value)), 2.5, colour);
            }
            if is_better {
                match best {
                    None => write!(path, "M{:.1} {:.1}", x(place), y.at(value)).ok(),
                    Some(_) => write!(path, "H{:.1}V{:.1}", x(place), y.at(value)).ok(),
                };
                best = Some(value);
            }
        }
        if best.is_some() {
            let end = x(shown.values.len().max(1) - 1);
            writeln!(
                svg,
                "<path d=\"{path}H{end:.1}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>"
            )
            .ok();
        }
        let at = HEIGHT + 20.0 * number as f64 + 8.0;
        dot(&mut svg, (LEFT_OF_AXIS + 6.0, at - 4.0), 5.0, colour);
        text(
            &mut svg,
            (LEFT_OF_AXIS + 18.0, at),
            "start",
            &format!("{}: dots are trials, the line is the best so far", short(&shown.name)),
        );
    }
    svg.push_str("</svg>\n");
    Some(svg)
}

/// From numbers to pixels.
struct Scale {
    low: f64,
    high: f64,
    pixels: (f64, f64),
    step: f64,
}

impl Scale {
    fn of(values: impl IntoIterator<Item = f64>, pixels: (f64, f64)) -> Option<Self> {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values.into_iter().filter(|value| value.is_finite()) {
            (low, high) = (low.min(value), high.max(value));
        }
        if low > high {
            return None;
        }
        let room = ((high - low) * 0.08).max(high.abs().max(1e-6) * 0.005);
        (low, high) = (low - room, high + room);
        let mut step = 1e-9;
        // 1, 2, 5, 10, …: the first that gives few enough ticks.
        for factor in [2.0, 2.5, 2.0].into_iter().cycle() {
            if (high - low) / step <= N_TICKS {
                break;
            }
            step *= factor;
        }
        Some(Self { low, high, pixels, step })
    }

    fn at(&self, value: f64) -> f64 {
        let share = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        self.pixels.0 + share * (self.pixels.1 - self.pixels.0)
    }

    fn ticks(&self) -> impl Iterator<Item = f64> + '_ {
        let first = (self.low / self.step).ceil();
        (0..).map(move |number| (first + f64::from(number)) * self.step).take_while(|tick| *tick <= self.high)
    }

    /// With as many digits as its step has.
    fn written(&self, tick: f64) -> String {
        let mut digits = 0;
        let mut step = self.step;
        while step < 0.999 && digits < 9 {
            step *= 10.0;
            digits += 1;
        }
        // 0.25 needs one digit more than its first.
        let digits = if (step - step.round()).abs() > 1e-6 { digits + 1 } else { digits };
        format!("{tick:.digits$}")
    }
}

fn begin(title: &str, height: f64) -> String {
    let title = escaped_html(title);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n<title>{title}</title>\n<rect width=\"{WIDTH}\" \
         height=\"{height}\" fill=\"#ffffff\"/>\n<text x=\"8\" y=\"20\" font-weight=\"bold\" fill=\"#222222\">{title}</text>\n"
    )
}

fn text(svg: &mut String, (x, y): (f64, f64), anchor: &str, words: &str) {
    let words = escaped_html(words);
    writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"#333333\">{words}</text>")
        .ok();
}

fn line(svg: &mut String, from: (f64, f64), to: (f64, f64), colour: &str) {
    let ((x1, y1), (x2, y2)) = (from, to);
    writeln!(svg, "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{colour}\"/>")
        .ok();
}

fn dot(svg: &mut String, (x, y): (f64, f64), radius: f64, colour: &str) {
    writeln!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{colour}\"/>").ok();
}

/// Most letters of a name that have room.
const MAX_NAME: usize = 26;

fn short(name: &str) -> String {
    let name = Quoted(name).to_string();
    match name.char_indices().nth(MAX_NAME) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_numbers() {
        for (values, expected) in [
            ([0.71, 0.83], "0.72 0.74 0.76 0.78 0.80 0.82"),
            ([0.0, 1.0], "0.0 0.2 0.4 0.6 0.8 1.0"),
            ([0.5, 0.5], "0.498 0.499 0.500 0.501 0.502"),
            ([12.0, 4_000.0], "0 1000 2000 3000 4000"),
        ] {
            let scale = Scale::of(values, (0.0, 100.0)).expect("they are numbers");
            let ticks: Vec<String> = scale.ticks().map(|tick| scale.written(tick)).collect();
            assert_eq!(ticks.join(" "), expected);
        }
        assert!(Scale::of([f64::NAN], (0.0, 1.0)).is_none());
    }

    #[test]
    fn pictures_hold_what_they_show_and_no_markup_of_others() {
        let line = Interval { name: "<b>owl</b>".into(), value: 0.8, ends: Some((0.7, 0.9)) };
        let svg = intervals_svg("Test & more", "macro F1", &[line]).expect("there is a value");
        assert!(
            svg.contains("&lt;b&gt;owl")
                && svg.contains("<title>Test &amp; more</title>")
                && svg.ends_with("</svg>\n")
        );
        assert_eq!(intervals_svg("", "", &[]), None);
        let series = Series { name: "nb".into(), values: vec![Some(0.5), None, Some(0.7), Some(0.6)] };
        let svg = history_svg("Trials", "macro F1", std::slice::from_ref(&series), false).expect("values");
        assert_eq!(svg.matches("<circle").count(), 4, "three trials and the legend");
        assert_eq!(svg.matches("V").count(), 1, "one is better than the first");
        let none = Series { values: vec![None], ..series };
        assert_eq!(history_svg("", "", &[none], true), None);
    }
}
