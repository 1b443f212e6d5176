//! One report of drift: as JSON and as one HTML file, both made of the same object.

use json::{Document, FromJson, ToJson};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use track::id::Millis;

use crate::WATCH_SCHEMA;
use crate::drift::{ColumnDrift, Drift, Method, Verdict};
use crate::estimate::Estimate;
use crate::terms::TermShift;

/// Rows to be labelled that a report names.
pub const LABEL_THESE: usize = 20;
/// Longest text that a report shows, in characters.
pub const MAX_SHOWN_CHARS: usize = 300;

/// A row whose label would say most.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct RowToLabel {
    /// Row number in the file, as pandas counts.
    pub row: u64,
    /// Its text, cut to `MAX_SHOWN_CHARS`.
    pub text: String,
    /// What the model says.
    pub predicted: String,
    /// How sure it is.
    pub probability: f64,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct DriftReport {
    /// Schema number.
    pub schema: u32,
    /// When it was made.
    pub created: Millis,
    /// The model's name or address.
    pub model: String,
    /// What the batch was held against.
    pub reference: String,
    /// The batch.
    pub batch: String,
    /// What changed.
    pub drift: Drift,
    /// How good the answers are, as far as their probabilities tell.
    pub estimate: Option<Estimate>,
    /// How good they are by their labels, where they have some.
    pub realised_f1_macro: Option<f64>,
    /// Reviews of the reference that the batch has least like.
    pub typical_of_reference: Vec<String>,
    /// Reviews of the batch that the reference has least like.
    pub typical_of_batch: Vec<String>,
    /// Rows whose labels would say most, the first first.
    pub label_these: Vec<RowToLabel>,
}

/// Why a text is no report.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReportError {
    /// It is none.
    #[error("this is no report of drift ({reason}): choose one that Reviewlab saved")]
    NotAReport {
        /// What does not fit.
        reason: String,
    },
    /// Written by a newer version.
    #[error(
        "this report was saved by a newer Reviewlab (format {found}, this one reads up to {WATCH_SCHEMA}): update and try again"
    )]
    Newer {
        /// Its schema number.
        found: u32,
    },
}

#[derive(Serialize, Deserialize, ToJson, FromJson)]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "one lives at a time, while it is written")]
enum Tagged {
    DriftReport(DriftReport),
}

#[derive(Deserialize, FromJson)]
struct Head {
    #[serde(rename = "type")]
    kind: String,
    schema: u32,
}

/// A text cut to what a report shows.
pub fn shown(text: &str) -> String {
    match text.char_indices().nth(MAX_SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl DriftReport {
    /// Its one stored form.
    pub fn to_json(&self) -> String {
        json::to_string(&Tagged::DriftReport(self.clone()))
    }

    /// Reads what `to_json` wrote.
    ///
    /// # Errors
    /// Where it is no report, or one of a newer build.
    pub fn from_json(text: &str) -> Result<Self, ReportError> {
        let wrong = |reason: String| ReportError::NotAReport { reason };
        let document = Document::parse(text).map_err(|error| wrong(error.to_string()))?;
        let head: Head = document.read().map_err(|error| wrong(error.to_string()))?;
        if head.kind != "drift_report" || head.schema == 0 {
            return Err(wrong("its type is another".to_owned()));
        }
        if head.schema > WATCH_SCHEMA {
            return Err(ReportError::Newer { found: head.schema });
        }
        let Tagged::DriftReport(report) = document.read().map_err(|error| wrong(error.to_string()))?;
        Ok(report)
    }

    /// What came out, in a sentence.
    pub fn sentence(&self) -> String {
        let Drift { n_batch, n_reference, columns, verdict, .. } = &self.drift;
        let of = |wanted: &[Verdict]| {
            let names = columns.iter().filter(|column| wanted.contains(&column.verdict));
            let mut names: Vec<String> = names.map(|column| column.name.replace('_', " ")).collect();
            let said = |p: f64| p <= crate::drift::ALARM_LEVEL && wanted.contains(&Verdict::Drift);
            names.extend(
                (self.drift.terms.is_some() && said(self.drift.terms_adjusted_p))
                    .then(|| "which words stand in them".into()),
            );
            names.extend(
                (self.drift.texts.is_some() && said(self.drift.texts_adjusted_p))
                    .then(|| "texts as a whole".into()),
            );
            names.join(", ")
        };
        let rows = format!("{n_batch} reviews, held against {n_reference}");
        match verdict {
            Verdict::Drift => {
                format!("{rows}, are of another kind: {}.", of(&[Verdict::Drift, Verdict::SmallShift]))
            }
            Verdict::SmallShift => {
                format!(
                    "{rows}, differ for sure and by little: {}.",
                    of(&[Verdict::Drift, Verdict::SmallShift])
                )
            }
            Verdict::Stable => format!("{rows}, are of the same kind, as far as can be seen."),
            Verdict::NotEnoughData => format!("{rows}, are not enough data to tell."),
        }
    }

    /// One HTML file that needs no other.
    pub fn to_html(&self) -> String {
        let mut html = String::from(HEAD);
        html.push_str(&format!("<h1>{}</h1><p>{}</p>", escaped(&self.batch), escaped(&self.sentence())));
        html.push_str(&format!(
            "<p>Model: {}. Reference: {}.</p>",
            escaped(&self.model),
            escaped(&self.reference)
        ));
        self.push_performance(&mut html);
        html.push_str("<h2>Columns</h2><table><thead><tr>");
        for name in [
            "Column",
            "Verdict",
            "Before",
            "Now",
            "Size",
            "p",
            "p with all others",
            "Test",
            "Rows",
            "Would see",
        ] {
            html.push_str(&format!("<th>{name}</th>"));
        }
        html.push_str("</tr></thead><tbody>");
        self.drift.columns.iter().for_each(|column| push_column(&mut html, column));
        html.push_str("</tbody></table>");
        self.push_words(&mut html);
        for (title, texts) in [
            ("Reviews the reference alone has", &self.typical_of_reference),
            ("Reviews the batch alone has", &self.typical_of_batch),
        ] {
            push_list(&mut html, title, texts.iter().map(|text| escaped(text)));
        }
        let to_label = self.label_these.iter().map(|row| {
            let RowToLabel { row: number, text, predicted, probability } = row;
            format!("Row {number}, {} at {:.0} %: {}", escaped(predicted), 100.0 * probability, escaped(text))
        });
        push_list(&mut html, "Label these to confirm", to_label);
        html.push_str("</main></body></html>\n");
        html
    }

    fn push_performance(&self, html: &mut String) {
        let Some(found) = &self.estimate else { return };
        let (low, high) = (found.interval.low, found.interval.high);
        html.push_str(&format!(
            "<h2>How good the answers are</h2><p>Macro F1 is expected to be {:.3}, from {low:.3} to {high:.3} in 95 of 100 cases, \
             if answers of one probability are right as often as they were. Where reviews mean something else than they did, \
             this cannot know.</p>",
            found.f1_macro
        ));
        if let Some(realised) = self.realised_f1_macro {
            html.push_str(&format!("<p>By the labels it is {realised:.3}.</p>"));
        }
    }

    fn push_words(&self, html: &mut String) {
        if let Some(terms) = &self.drift.terms {
            let item = |shift: &TermShift| {
                let (before, now) = (100.0 * shift.share_before, 100.0 * shift.share_now);
                format!("{}: {before:.1} % to {now:.1} % of reviews", escaped(&shift.term))
            };
            push_list(html, "Rising words", terms.rising.iter().map(item));
            push_list(html, "Falling words", terms.falling.iter().map(item));
        }
        if let Some(texts) = &self.drift.texts {
            html.push_str(&format!(
                "<h2>Texts</h2><p>A model that guesses from a text which side it is of has an area of {:.3} under its ROC curve; \
                 luck alone stays below {:.3} in 19 of 20 cases.</p>",
                texts.auc, texts.by_luck
            ));
        }
    }
}

const HEAD: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Drift report</title><style>\
body{font:16px/1.5 system-ui,sans-serif;color-scheme:light dark;margin:0}main{max-width:70rem;margin:2rem auto;padding:0 1rem}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #8886}\
</style></head><body><main>";

fn push_list(html: &mut String, title: &str, items: impl Iterator<Item = String>) {
    let items: String = items.map(|item| format!("<li>{item}</li>")).collect();
    if !items.is_empty() {
        html.push_str(&format!("<h2>{title}</h2><ul>{items}</ul>"));
    }
}

fn push_column(html: &mut String, column: &ColumnDrift) {
    let [before, now] = before_and_now(column).map(|value| escaped(&value));
    let cells = [
        escaped(&column.name.replace('_', " ")),
        column.verdict.as_str().to_owned(),
        before,
        now,
        format!("{:.3}", column.size),
        format!("{:.4}", column.p_value),
        format!("{:.4}", column.adjusted_p),
        method_name(column.method).to_owned(),
        format!("{} / {}", column.n_reference, column.n_batch),
        format!("{:.3}", column.would_see),
    ];
    html.push_str("<tr>");
    cells.iter().for_each(|cell| html.push_str(&format!("<td>{cell}</td>")));
    html.push_str("</tr>");
}

/// A column's mean or share on both sides, with the class that the share is of.
pub fn before_and_now(column: &ColumnDrift) -> [String; 2] {
    [column.before, column.now].map(|value| match (value, &column.class) {
        (None, _) => "–".to_owned(),
        (Some(value), None) => format!("{value:.3}"),
        (Some(value), Some(class)) => format!("{class} {:.1} %", 100.0 * value),
    })
}

/// The name of a test.
pub fn method_name(method: Method) -> &'static str {
    match method {
        Method::KolmogorovSmirnov => "Kolmogorov–Smirnov",
        Method::ChiSquare => "χ²",
        Method::TwoShares => "z of two shares",
        Method::Exact => "Fisher, mid-p",
        Method::None => "none",
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drift::drift;
    use crate::profile::{ProfileBuilder, Value};

    fn report() -> DriftReport {
        let profile = |n: u32, word: &str, length: f64| {
            let mut builder = ProfileBuilder::new(&["negative".into(), "positive".into()]);
            for row in 0..n {
                builder.push("words", Value::Count(length + f64::from(row % 5)));
                builder.push_terms(["good", word]);
            }
            builder.finish_whole().unwrap()
        };
        DriftReport {
            schema: WATCH_SCHEMA,
            created: Millis(1_790_000_000_000),
            model: "models:/reviews/2".into(),
            reference: "the reviews it was tested on".into(),
            batch: "<new> reviews.csv".into(),
            drift: drift(&profile(400, "cork", 3.0), &profile(200, "phone", 6.0), None),
            estimate: None,
            realised_f1_macro: None,
            typical_of_reference: vec!["Corks <b>break</b>".into()],
            typical_of_batch: vec!["My phone's screen".into()],
            label_these: vec![RowToLabel {
                row: 7,
                text: "Hm.".into(),
                predicted: "positive".into(),
                probability: 0.52,
            }],
        }
    }

    #[test]
    fn json_comes_back_as_it_went_and_nothing_else_is_read() {
        assert_eq!(DriftReport::from_json(&report().to_json()), Ok(report()));
        assert!(matches!(
            DriftReport::from_json("{\"type\":\"drift_report\",\"schema\":9}"),
            Err(ReportError::Newer { found: 9 })
        ));
        assert!(DriftReport::from_json("[1]").is_err());
    }

    #[test]
    fn html_says_what_the_object_says_and_runs_nothing() {
        let html = report().to_html();
        for part in [
            "&lt;new&gt; reviews.csv",
            "Kolmogorov–Smirnov",
            "phone: 0.0 % to 100.0 %",
            "cork: 100.0 % to 0.0 %",
            "Row 7, positive at 52 %",
            "Corks &lt;b&gt;",
        ] {
            assert!(html.contains(part), "{part} is not in {html}");
        }
        assert!(!html.contains("<script") && !html.contains("<b>"));
    }

    #[test]
    fn the_verdict_is_a_sentence() {
        assert_eq!(
            report().sentence(),
            "200 reviews, held against 400, are of another kind: words, which words stand in them."
        );
    }

    #[test]
    fn long_texts_are_cut_between_letters() {
        assert_eq!(shown(&"é".repeat(400)).chars().count(), MAX_SHOWN_CHARS + 1);
        assert_eq!(shown("short"), "short");
    }
}
