//! One run in, its report's blocks out.

use track::run::Run;

use super::facts::{glance, kind, number, said, scores, settings};
use crate::card::ModelCard;
use crate::chart::{Interval, intervals_svg};
use crate::document::{Block, Table};

/// Title and blocks.
pub(super) fn blocks(run: &Run, card: Option<&ModelCard>, dataset: Option<&str>) -> (String, Vec<Block>) {
    let title = format!("{} ({})", run.name, kind(run));
    let mut blocks = vec![Block::Heading(1, title.clone()), glance(run, dataset)];
    blocks.extend(said(run));
    blocks.extend(folds(run));
    match card {
        // Settings and test scores are in the card.
        Some(card) => blocks.extend(card.blocks().iter().map(one_deeper)),
        None => {
            blocks.push(Block::Heading(2, "Scores and settings".into()));
            blocks.extend(scores(run));
            blocks.extend(settings(run));
        }
    }
    (title, blocks)
}

/// A card's block within a report: its headings are the report's parts.
pub(super) fn one_deeper(block: &Block) -> Block {
    match block {
        Block::Heading(level, text) => Block::Heading(level + 1, text.clone()),
        other => other.clone(),
    }
}

/// Of a trial, each fold.
fn folds(run: &Run) -> Vec<Block> {
    if run.folds.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![Block::Heading(2, "Folds".into())];
    let numbered = || (1..).zip(&run.folds);
    let dots: Vec<Interval> = numbered()
        .map(|(fold, score): (usize, _)| Interval {
            name: format!("fold {fold}"),
            value: score.f1_macro,
            ends: None,
        })
        .collect();
    blocks.extend(intervals_svg("Macro F1 of each fold", "macro F1", &dots).map(Block::Picture));
    let row = |(fold, score): (usize, &track::run::FoldScore)| {
        vec![format!("{fold}"), number(score.f1_macro), format!("{:.1}", score.fit_ms)]
    };
    let rows = numbered().map(row).collect();
    let columns = ["Fold", "#macro F1", "#milliseconds"];
    blocks.push(Block::Table(Table::new("Folds", &columns, rows)));
    blocks
}
