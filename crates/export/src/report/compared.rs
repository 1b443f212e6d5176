//! Runs in, what they have side by side, what differs, and which is better by more than luck out.

use engine::metrics::{IntervalSpec, paired_bootstrap_f1_macro};
use engine::pipeline::PairedPredictions;
use engine::stats::{holm, mcnemar_exact};
use track::run::Run;

use super::facts::{kind, metric_words, number, state};
use super::{ComparedRun, MAX_COMPARED};
use crate::chart::{Interval, intervals_svg};
use crate::date::utc_minute;
use crate::document::{Block, Table};

/// What the bootstrap's draws derive from.
const SEED: u64 = 42;
/// A difference is more than luck below this.
const LEVEL: f64 = 0.05;

/// Title and blocks.
pub(super) fn blocks(all: &[ComparedRun<'_>], dataset: Option<&str>) -> (String, Vec<Block>) {
    let runs = &all[..all.len().min(MAX_COMPARED)];
    let title = match runs {
        [first, second] => format!("{} and {}", first.run.name, second.run.name),
        _ => format!("{} runs side by side", runs.len()),
    };
    let mut blocks = vec![Block::Heading(1, title.clone())];
    if all.len() > runs.len() {
        blocks.push(Block::Text(format!("The first {} of {} runs are compared.", runs.len(), all.len())));
    }
    blocks.extend(data(runs, dataset).map(Block::Text));
    let picture = test_picture(runs);
    blocks.push(Block::Heading(2, "What they score".into()));
    blocks.extend(picture.map(Block::Picture));
    blocks.extend(side_by_side(runs, "Scores", "Score", |run| {
        run.metrics.iter().map(|(name, value)| (name.clone(), metric_words(name, *value))).collect()
    }));
    blocks.extend(pairs(runs));
    let settings = |run: &Run| -> Vec<(String, String)> {
        run.params.iter().map(|(name, value)| (name.clone(), value.as_logged())).collect()
    };
    let (differ, same) = parted(lines(runs, settings));
    blocks.push(Block::Heading(2, "In what they differ".into()));
    match differ.is_empty() {
        true => blocks.push(Block::Text("Their settings are the same.".into())),
        false => blocks.push(table(runs, "Settings that differ", "Setting", differ)),
    }
    if !same.is_empty() {
        blocks.push(table(runs, "Settings that are the same", "Setting", same));
    }
    blocks.push(Block::Heading(2, "What they are".into()));
    blocks.extend(side_by_side(runs, "Runs", "Fact", about));
    (title, blocks)
}

fn data(runs: &[ComparedRun<'_>], dataset: Option<&str>) -> Option<String> {
    let first = runs.first()?.run;
    let is_one = runs.iter().all(|compared| compared.run.dataset == first.dataset);
    Some(match is_one {
        true => format!(
            "All of them learned from {} ({}), read in the same way.",
            dataset.unwrap_or("one file"),
            first.dataset.digest()
        ),
        false => "They did not learn from the same reviews: scores of different reviews are no comparison of models.".to_owned(),
    })
}

fn about(run: &Run) -> Vec<(String, String)> {
    let mut facts = vec![
        ("Run".to_owned(), run.id.to_string()),
        ("Kind".to_owned(), kind(run).to_owned()),
        ("State".to_owned(), state(run)),
        ("Begun".to_owned(), utc_minute(run.created.0)),
        ("Data".to_owned(), run.dataset.digest()),
        ("Seed".to_owned(), run.seed.to_string()),
        ("Engine".to_owned(), run.engine_version.clone()),
        ("Note".to_owned(), run.note.clone()),
    ];
    facts.extend(run.tags.iter().map(|(name, value)| (format!("tag {name}"), value.clone())));
    facts
}

/// A line a name that any run has, in the order of the first that has it.
fn lines(runs: &[ComparedRun<'_>], of: impl Fn(&Run) -> Vec<(String, String)>) -> Vec<Vec<String>> {
    let of_runs: Vec<Vec<(String, String)>> = runs.iter().map(|compared| of(compared.run)).collect();
    let mut names: Vec<&String> = Vec::new();
    for (name, _) in of_runs.iter().flatten() {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let cell = |pairs: &Vec<(String, String)>, name: &String| {
        let found = pairs.iter().find(|(other, _)| other == name);
        found.map_or_else(|| "–".to_owned(), |(_, value)| value.clone())
    };
    names
        .iter()
        .map(|name| {
            std::iter::once((*name).clone()).chain(of_runs.iter().map(|pairs| cell(pairs, name))).collect()
        })
        .collect()
}

/// Those of which runs differ, and the others.
fn parted(lines: Vec<Vec<String>>) -> (Vec<Vec<String>>, Vec<Vec<String>>) {
    lines.into_iter().partition(|line| line[1..].windows(2).any(|pair| pair[0] != pair[1]))
}

fn table(runs: &[ComparedRun<'_>], caption: &str, head: &str, rows: Vec<Vec<String>>) -> Block {
    let names: Vec<String> = runs.iter().map(|compared| format!("#{}", compared.run.name)).collect();
    let columns: Vec<&str> = std::iter::once(head).chain(names.iter().map(String::as_str)).collect();
    Block::Table(Table::new(caption, &columns, rows))
}

fn side_by_side(
    runs: &[ComparedRun<'_>],
    caption: &str,
    head: &str,
    of: impl Fn(&Run) -> Vec<(String, String)>,
) -> Option<Block> {
    let lines = lines(runs, of);
    (!lines.is_empty()).then(|| table(runs, caption, head, lines))
}

/// Test scores with intervals where the runs have some, else scores over the folds with their spread.
fn test_picture(runs: &[ComparedRun<'_>]) -> Option<String> {
    let of = |run: &Run, name: &str| run.metrics.get(name).copied();
    let test = |compared: &ComparedRun<'_>| {
        let run = compared.run;
        let ends = of(run, "test_f1_low").zip(of(run, "test_f1_high"));
        Some(Interval { name: run.name.clone(), value: of(run, "test_f1")?, ends })
    };
    let folds = |compared: &ComparedRun<'_>| {
        let run = compared.run;
        let value = of(run, "cv_f1_macro")?;
        let ends = of(run, "cv_f1_std").map(|spread| (value - spread, value + spread));
        Some(Interval { name: run.name.clone(), value, ends })
    };
    let lines: Option<Vec<Interval>> = runs.iter().map(test).collect();
    if let Some(lines) = lines {
        return intervals_svg("Macro F1 on the test part, with 95 % intervals", "macro F1", &lines);
    }
    let lines: Vec<Interval> = runs.iter().filter_map(folds).collect();
    intervals_svg("Macro F1 over the folds, mean and standard deviation", "macro F1", &lines)
}

/// Two by two on the same test reviews.
fn pairs(runs: &[ComparedRun<'_>]) -> Vec<Block> {
    let mut found: Vec<(Vec<String>, f64)> = Vec::new();
    let mut refused: Vec<String> = Vec::new();
    for (place, first) in runs.iter().enumerate() {
        for second in &runs[place + 1..] {
            match pair(first, second) {
                Some(Ok(line)) => found.push(line),
                Some(Err(sentence)) if !refused.contains(&sentence) => refused.push(sentence),
                Some(Err(_)) | None => {}
            }
        }
    }
    if found.is_empty() && refused.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Heading(2, "Which is better".into())];
    if !found.is_empty() {
        let text = "Each pair on the same test reviews, which neither learned from: the difference of macro F1 (second less \
                    first) with its 95 % interval by a paired bootstrap, and McNemar's exact test, corrected for all pairs \
                    (Holm).";
        blocks.push(Block::Text(text.to_owned()));
        let p_values: Vec<f64> = found.iter().map(|(_, p)| *p).collect();
        let rows = found.into_iter().zip(holm(&p_values)).map(|((mut line, _), adjusted)| {
            let is_more = adjusted < LEVEL;
            line.push(number(adjusted));
            line.push(if is_more { "more than luck" } else { "may be luck" }.to_owned());
            line
        });
        let columns = ["First", "Second", "#Difference", "#95 %", "#p", "#p, all pairs", "Verdict"];
        blocks.push(Block::Table(Table::new("Two by two", &columns, rows.collect())));
    }
    blocks.extend(refused.into_iter().map(Block::Text));
    blocks
}

/// A line and its p-value, or why there is none; nothing where a run left no answers.
fn pair(first: &ComparedRun<'_>, second: &ComparedRun<'_>) -> Option<Result<(Vec<String>, f64), String>> {
    let ((one, one_rows), (other, other_rows)) = (first.tested?, second.tested?);
    if one.labels != other.labels || one_rows.n_scores != other_rows.n_scores {
        let (first, second) = (&first.run.name, &second.run.name);
        return Some(Err(format!("{first} and {second} tell other classes apart.")));
    }
    let (of_one, of_other) = (one.held_out_answers(one_rows), other.held_out_answers(other_rows));
    let paired = PairedPredictions::new((one_rows, &of_one.predicted), (other_rows, &of_other.predicted));
    let paired = match paired {
        Ok(paired) => paired,
        Err(error) => return Some(Err(error.to_string())),
    };
    let spec = IntervalSpec::usual(SEED);
    let predicted = (paired.first.as_slice(), paired.second.as_slice());
    let f1 = paired_bootstrap_f1_macro(&paired.truth, predicted, one.labels.len(), &spec)?;
    let counts = paired.right_counts();
    let p_value = mcnemar_exact(counts.first_only, counts.second_only);
    let line = vec![
        first.run.name.clone(),
        second.run.name.clone(),
        number(f1.second - f1.first),
        format!("{:.4} to {:.4}", f1.difference.low, f1.difference.high),
        number(p_value),
    ];
    Some(Ok((line, p_value)))
}
