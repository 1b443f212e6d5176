//! What a model was fitted to in; the card's part about data out.

use engine::dataset::{DatasetRecipe, Fix, LabelRule};
use engine::quote::{Grouped, Quoted};
use engine::split::{SplitKind, SplitSpec};
use track::dataset::{Dataset, Origin};

use super::{CardFacts, steps};
use crate::document::{Block, Table};

/// The part.
pub(super) fn blocks(facts: &CardFacts<'_>) -> Vec<Block> {
    let mut points = Vec::new();
    if let Some(dataset) = &facts.dataset {
        points.extend(of_dataset(dataset));
    }
    if let Some(recipe) = &facts.recipe {
        points.extend(of_recipe(recipe));
    }
    points.extend(facts.study.as_ref().map(|study| parted(&study.split)));
    if facts.dataset.is_none() {
        points.insert(
            0,
            "What it was trained on is not known here: only the model itself was given.".to_owned(),
        );
    }
    let cleaned: Vec<String> = facts.pipeline.cleaning.iter().map(steps::words).collect();
    points.push(match cleaned.is_empty() {
        true => "Texts are taken as they are.".to_owned(),
        false => format!("Before it reads a text, it cleans it, in this order: {}.", cleaned.join("; ")),
    });
    let mut blocks = vec![Block::List(points)];
    if let Some(dataset) = &facts.dataset {
        let n_rows = dataset.n_rows.max(1) as f64;
        let row = |(class, n): &(String, u64)| {
            let share = format!("{:.1} %", 100.0 * *n as f64 / n_rows);
            vec![class.clone(), Grouped(*n).to_string(), share]
        };
        let rows = dataset.classes.iter().map(row).collect();
        blocks.push(Block::Table(Table::new(
            "Reviews of each class",
            &["Class", "#Reviews", "#Share"],
            rows,
        )));
    }
    blocks
}

fn of_dataset(dataset: &Dataset) -> Vec<String> {
    let name = Quoted(&dataset.name).to_string();
    let origin = match &dataset.origin {
        Origin::File { .. } => format!("The file '{name}'"),
        Origin::Sample => "The sample reviews that come with Reviewlab, which a program made up".to_owned(),
        Origin::Typed => format!("Reviews that were typed by hand ('{name}')"),
        Origin::Extended { name: before, n_rows, .. } => {
            format!("'{name}': the file '{}' with {} rows added", Quoted(before), Grouped(*n_rows))
        }
    };
    let aside =
        dataset.n_set_aside.filter(|n| *n > 0).map(|n| format!("; {} rows were set aside", Grouped(n)));
    vec![
        format!("{origin}: {} reviews were used{}.", Grouped(dataset.n_rows), aside.unwrap_or_default()),
        format!("SHA-256 of its {} bytes: {}.", Grouped(dataset.file_bytes), dataset.data.file),
    ]
}

fn of_recipe(recipe: &DatasetRecipe) -> Vec<String> {
    let classes = &recipe.mapping.classes;
    let of = |class: usize| -> String {
        let cells: Vec<String> = match &recipe.mapping.rule {
            LabelRule::Ratings { classes } => classes
                .iter()
                .filter(|(_, id)| usize::from(id.0) == class)
                .map(|(cell, _)| cell.to_string())
                .collect(),
            LabelRule::Words { classes } => classes
                .iter()
                .filter(|(_, id)| usize::from(id.0) == class)
                .map(|(cell, _)| Quoted(cell).to_string())
                .collect(),
        };
        cells.join(", ")
    };
    let mapped: Vec<String> =
        (0..).zip(classes).map(|(class, name)| format!("{} is '{}'", of(class), Quoted(name))).collect();
    let title = recipe
        .extra
        .title
        .as_ref()
        .map(|title| format!(", with the column '{}' before it", Quoted(&title.name)));
    let mut points = vec![format!(
        "The texts are its column '{}'{}; the labels its column '{}': {}.",
        Quoted(&recipe.text_name),
        title.unwrap_or_default(),
        Quoted(&recipe.label_name),
        mapped.join("; ")
    )];
    points.extend(recipe.fixes.iter().filter_map(fixed));
    points
}

fn fixed(fix: &Fix) -> Option<String> {
    Some(match fix {
        Fix::DropRepeats => "Rows that repeat an earlier row's text and rating were dropped.".to_owned(),
        Fix::DropEmpty => "Rows of which cleaning leaves no word were dropped.".to_owned(),
        Fix::DropRows { records } => format!("{} rows were dropped by hand.", Grouped(records.len() as u64)),
        Fix::Relabel { labels } => {
            format!("{} rows were given another class by hand.", Grouped(labels.len() as u64))
        }
        Fix::KeepTogether => "Reviews of one cleaned text were kept on one side of every split.".to_owned(),
        Fix::Ignore { .. } => return None,
    })
}

fn parted(split: &SplitSpec) -> String {
    let how = match split.kind {
        SplitKind::Stratified => "by chance, each class alike",
        SplitKind::Plain => "by chance",
        SplitKind::Grouped => "by chance, reviews of one cleaned text on one side",
        SplitKind::ByGroup => "by chance, reviews of one group on one side",
        SplitKind::ByTime => "by time: the latest test",
    };
    format!(
        "{:.0} % of the reviews were set apart for the test ({how}); settings were chosen by {}-fold cross-validation of the \
         rest, and the test reviews were looked at last.",
        100.0 * split.test_share,
        split.n_folds
    )
}
