//! What was answered, counted. In: requests as they end. Out: Prometheus' text format. Never: a text, a sender, or a
//! series for whatever a request may name.

use api::Predicted;
use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::bounds::MAX_SERIES;
use super::follow::State;

/// The media type of the text.
pub const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";
/// Upper bounds of the histogram's parts, in seconds.
const BOUNDS: [f64; 11] = [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.05, 0.25, 1.0, 5.0];

/// Counts since the start.
#[derive(Default)]
pub struct Metrics {
    counts: Mutex<Counts>,
    connections: AtomicU64,
}

#[derive(Default)]
struct Counts {
    /// By what was asked for and the status.
    requests: BTreeMap<(&'static str, u16), u64>,
    /// Of predictions; the last is beyond all bounds.
    seconds: [u64; BOUNDS.len() + 1],
    sum: f64,
    /// By model and class.
    predictions: BTreeMap<(String, String), u64>,
    n_abstained: u64,
}

impl Metrics {
    /// A request was answered. `what`: one of a few words.
    pub fn answered(&self, what: &'static str, status: u16, took: Duration) {
        let mut counts = self.counts();
        *counts.requests.entry((what, status)).or_default() += 1;
        if what == "predict" {
            let seconds = took.as_secs_f64();
            let part = BOUNDS.iter().position(|bound| seconds <= *bound).unwrap_or(BOUNDS.len());
            counts.seconds[part] += 1;
            counts.sum += seconds;
        }
    }

    /// Texts were predicted.
    pub fn predicted(&self, predicted: &Predicted) {
        let mut counts = self.counts();
        for prediction in &predicted.predictions {
            counts.n_abstained += u64::from(prediction.abstains);
            let mut series = (predicted.model.address.clone(), prediction.label.clone());
            if counts.predictions.len() >= MAX_SERIES && !counts.predictions.contains_key(&series) {
                series = ("other".to_owned(), "other".to_owned());
            }
            *counts.predictions.entry(series).or_default() += 1;
        }
    }

    /// A connection began.
    pub fn connected(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    /// A connection ended.
    pub fn disconnected(&self) {
        self.connections.fetch_sub(1, Ordering::Relaxed);
    }

    /// How many connections there are.
    pub fn n_connections(&self) -> u64 {
        self.connections.load(Ordering::Relaxed)
    }

    /// The text that Prometheus reads.
    pub fn text(&self, state: &State) -> String {
        let counts = self.counts();
        let mut page = Page::default();
        page.family(
            "reviewlab_requests_total",
            "counter",
            "Requests answered, by what was asked for and status.",
        );
        for ((what, status), count) in &counts.requests {
            page.line(&format!("reviewlab_requests_total{{what=\"{what}\",status=\"{status}\"}}"), count);
        }
        page.family("reviewlab_predict_seconds", "histogram", "How long requests for predictions took.");
        let mut n_below = 0;
        for (bound, count) in BOUNDS.iter().zip(&counts.seconds) {
            n_below += count;
            page.line(&format!("reviewlab_predict_seconds_bucket{{le=\"{bound}\"}}"), n_below);
        }
        let n_all: u64 = counts.seconds.iter().sum();
        page.line("reviewlab_predict_seconds_bucket{le=\"+Inf\"}", n_all);
        page.line("reviewlab_predict_seconds_sum", counts.sum);
        page.line("reviewlab_predict_seconds_count", n_all);
        page.family("reviewlab_predictions_total", "counter", "Texts predicted, by model and class.");
        for ((model, label), count) in &counts.predictions {
            let (model, label) = (escaped(model), escaped(label));
            page.line(&format!("reviewlab_predictions_total{{model=\"{model}\",label=\"{label}\"}}"), count);
        }
        page.one("reviewlab_abstentions_total", "counter", "Texts too close to call.", counts.n_abstained);
        page.one("reviewlab_connections", "gauge", "Open connections.", self.n_connections());
        project_lines(&mut page, state);
        page.text
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn project_lines(page: &mut Page, state: &State) {
    let model = state.home.as_ref().and_then(|home| home.answering());
    page.one("reviewlab_ready", "gauge", "1 where a model answers.", u64::from(model.is_some()));
    if let Some(model) = model {
        page.family("reviewlab_model", "gauge", "The model that answers where a request names none.");
        page.line(&format!("reviewlab_model{{address=\"{}\"}}", escaped(&model)), 1);
    }
    let current = u64::from(state.fault.is_none());
    page.one("reviewlab_project_current", "gauge", "0 while the project file cannot be read.", current);
    page.one("reviewlab_project_loads_total", "counter", "Times the project file was read.", state.n_loads);
    page.one("reviewlab_project_faults_total", "counter", "Times it could not be read.", state.n_faults);
    if let Some(loaded) = state.loaded {
        let seconds = loaded.0 as f64 / 1000.0;
        page.one("reviewlab_project_loaded_timestamp_seconds", "gauge", "When it was last read.", seconds);
    }
}

#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        // Writing to a string cannot fail.
        let _ = write!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
    }

    fn line(&mut self, series: &str, value: impl Display) {
        let _ = writeln!(self.text, "{series} {value}");
    }

    fn one(&mut self, name: &str, kind: &str, help: &str, value: impl Display) {
        self.family(name, kind, help);
        self.line(name, value);
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_lines_that_prometheus_reads() {
        let metrics = Metrics::default();
        metrics.answered("predict", 200, Duration::from_micros(200));
        metrics.answered("predict", 422, Duration::from_secs(60));
        metrics.connected();
        let text = metrics.text(&State::default());
        for line in [
            "# TYPE reviewlab_requests_total counter",
            "reviewlab_requests_total{what=\"predict\",status=\"200\"} 1",
            "reviewlab_predict_seconds_bucket{le=\"0.0001\"} 0",
            "reviewlab_predict_seconds_bucket{le=\"0.00025\"} 1",
            "reviewlab_predict_seconds_bucket{le=\"5\"} 1",
            "reviewlab_predict_seconds_bucket{le=\"+Inf\"} 2",
            "reviewlab_predict_seconds_count 2",
            "reviewlab_connections 1",
            "reviewlab_ready 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
        assert_eq!(escaped("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
    }
}
