//! What a study came to, as a table and in plain words.
//! In: the drivers' summary. Out: text for a terminal. Never: a number the JSON does not have.

use drivers::{FitSummary, StudySummary};
use engine::dataset::DatasetSummary;
use engine::metrics::{F1Interval, Metric, Metrics};

/// The table, the words, and how much better than guessing the best is.
pub fn study(summary: &StudySummary) -> String {
    let mut text = String::new();
    let fits: Vec<&FitSummary> = summary.models.iter().filter_map(|model| model.fit.as_ref()).collect();
    if !fits.is_empty() {
        text.push_str(&table(&fits, summary.study.metric));
        text.push('\n');
    }
    for model in &summary.models {
        let star = if Some(model.model) == summary.best_model { "best: " } else { "" };
        let said = model.words.as_deref().or(model.error.as_deref());
        let said = said.unwrap_or("Stopped before its best setting was fitted.");
        text.push_str(&format!("{star}{}: {said}\n", model.model.as_str()));
        if let Some(ended) = &model.ended {
            let n_trials = model.trials.len();
            text.push_str(&format!("{}: ended after {n_trials} trials. {ended}\n", model.model.as_str()));
        }
    }
    for fit in fits.iter().filter(|fit| fit.test_coverage.n_answered < fit.test_coverage.n_rows) {
        let unanswered = ((1.0 - fit.test_coverage.share()) * 100.0).round();
        let right = fit.test_coverage.accuracy().map_or(0.0, |share| (share * 100.0).round());
        let model = fit.model.as_str();
        text.push_str(&format!(
            "{model}: leaves {unanswered} of 100 unanswered and gets {right} of 100 of the others right.\n"
        ));
    }
    if let Some(fit) = fits.first() {
        let metric = summary.study.metric;
        let guess = summary.guess.as_ref().filter(|guess| guess.is_measured(metric));
        let over_folds = guess.map(|guess| metric.signed(guess.score()));
        let test = if metric.is_usual() {
            Some(fit.dummy_f1)
        } else {
            summary.guess.as_ref().and_then(|guess| guess.test)
        };
        let said = [(over_folds, "over the folds"), (test, "on the test part")];
        let said: Vec<String> =
            said.iter().filter_map(|(score, of)| score.map(|score| format!("{score:.3} {of}"))).collect();
        text.push_str(&format!(
            "Always guessing the commonest class: {} {}.\n",
            metric.name(),
            said.join(", ")
        ));
    }
    text
}

/// What was read, and what was left out.
pub fn rows(summary: &DatasetSummary, classes: &[(String, u64)]) -> String {
    let of_class: Vec<String> = classes.iter().map(|(name, n)| format!("{n} {name}")).collect();
    let left_out: Vec<String> = [
        (summary.n_missing, "without text or label"),
        (summary.n_repeats, "repeats"),
        (summary.n_unknown_labels, "with an unknown label"),
        (summary.n_left_out, "by a fix"),
        (summary.n_unreadable, "unreadable"),
    ]
    .iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, what)| format!("{n} {what}"))
    .collect();
    let mut text =
        format!("{} of {} rows used: {}.", summary.n_rows_kept, summary.n_rows, of_class.join(", "));
    if !left_out.is_empty() {
        text.push_str(&format!(" Left out: {} ({}).", summary.issues.n, left_out.join(", ")));
    }
    if summary.n_undated > 0 {
        text.push_str(&format!(" {} of them have no date that can be read.", summary.n_undated));
    }
    text.push('\n');
    text
}

fn table(fits: &[&FitSummary], metric: Metric) -> String {
    let titles = ["model", "CV macro F1", "train", "test (95 %)", "fit_time", "study_time", "size"];
    let mut rows = vec![titles.map(str::to_owned)];
    if !metric.is_usual() {
        let name = metric.name();
        [rows[0][1], rows[0][2], rows[0][3]] =
            [format!("CV {name}"), format!("train {name}"), format!("test {name}")];
    }
    rows.extend(fits.iter().map(|fit| {
        [
            fit.model.as_str().to_owned(),
            match &fit.cv_metric {
                Some(own) => format!("{:.4} ± {:.4}", own.mean, own.std),
                None => format!("{:.4} ± {:.4}", fit.cv_f1_macro, fit.cv_f1_std),
            },
            measured(metric, &fit.train),
            match fit.test_interval {
                Some(F1Interval { low, high }) if metric.is_usual() => {
                    format!("{:.4} ({low:.3} to {high:.3})", fit.test.f1_macro)
                }
                _ => measured(metric, &fit.test),
            },
            format!("{:.3} s", fit.fit_time),
            format!("{:.3} s", fit.study_time),
            size(fit.model_size_bytes),
        ]
    }));
    let widths: Vec<usize> = (0..titles.len())
        .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in rows {
        for (column, (cell, &width)) in row.iter().zip(&widths).enumerate() {
            // Numbers stand under each other, the model's name begins the line.
            text.push_str(&if column == 0 { format!("{cell:width$}") } else { format!("  {cell:>width$}") });
        }
        text.push('\n');
    }
    text
}

fn measured(metric: Metric, metrics: &Metrics) -> String {
    metric.of(metrics).map_or_else(|| "-".to_owned(), |value| format!("{value:.4}"))
}

fn size(n_bytes: u64) -> String {
    format!("{:.1} KB", n_bytes as f64 / 1000.0)
}
