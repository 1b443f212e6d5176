//! Which columns the table of runs has, in which order, how wide, and what they are called. Pure.

use track::filter::{Attribute, Key, Subject};
use track::run::ParamValue;

use super::Asked;

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// What it shows.
    pub key: Key,
    /// What it is called.
    pub name: String,
    /// It holds numbers.
    pub is_number: bool,
    /// It stays in sight while others are scrolled away.
    pub is_pinned: bool,
    /// In pixels.
    pub width: u32,
}

/// Narrowest and widest a column can be made, in pixels.
pub const WIDTHS: std::ops::RangeInclusive<u32> = 64..=800;
/// Width of a number's column that nobody changed.
const NUMBER_WIDTH: u32 = 104;
/// Width of any other such column.
const TEXT_WIDTH: u32 = 140;

/// The usual columns.
pub fn usual_columns() -> Vec<Key> {
    let metric = |name: &str| Key::Metric(name.to_owned());
    vec![
        Key::Attribute(Attribute::RunName),
        Key::Attribute(Attribute::Kind),
        Key::Attribute(Attribute::Status),
        Key::Param("model".to_owned()),
        metric("cv_f1_macro"),
        metric("train_f1"),
        metric("test_f1"),
        Key::Attribute(Attribute::Duration),
        Key::Attribute(Attribute::StartTime),
    ]
}

/// The columns to show, and the names of those folded away: where columns were chosen, none are, and none of those
/// that were pinned, made wider or ordered by.
pub(super) fn columns(
    meant: &[Subject<'_>],
    asked: &Asked,
    shows_folded: bool,
) -> (Vec<Column>, Vec<String>) {
    let keeps_all = shows_folded || asked.columns.is_some() || meant.len() < 2;
    let is_kept = |key: &Key| {
        let is_asked_for = asked.order.0.iter().any(|sort| sort.key == *key)
            || asked.pinned.contains(key)
            || asked.widths.iter().any(|(wide, _)| wide == key);
        if keeps_all || is_asked_for || *key == Key::Attribute(Attribute::RunName) {
            return true;
        }
        !key.is_same_in(meant)
    };
    let mut shown = Vec::new();
    let mut folded = Vec::new();
    for (key, is_pinned) in in_order(asked) {
        if is_kept(&key) {
            let is_number = is_number(meant, &key);
            let width = asked.widths.iter().find(|(known, _)| *known == key).map(|(_, width)| *width);
            let width = width.unwrap_or_else(|| usual_width(&key, is_number));
            shown.push(Column { name: column_name(&key), key, is_number, is_pinned, width });
        } else {
            folded.push(column_name(&key));
        }
    }
    (shown, folded)
}

/// The columns asked for, the run's name first, then those that are pinned.
fn in_order(asked: &Asked) -> Vec<(Key, bool)> {
    let name = Key::Attribute(Attribute::RunName);
    let keys = asked.shown_columns();
    let others = keys.into_iter().filter(|key| *key != name);
    let (pinned, loose): (Vec<Key>, Vec<Key>) = others.partition(|key| asked.pinned.contains(key));
    let pinned = [name].into_iter().chain(pinned).map(|key| (key, true));
    pinned.chain(loose.into_iter().map(|key| (key, false))).collect()
}

fn usual_width(key: &Key, is_number: bool) -> u32 {
    match key {
        Key::Attribute(Attribute::RunName) => 224,
        Key::Attribute(Attribute::Kind) => 68,
        Key::Attribute(Attribute::Status) => 100,
        Key::Attribute(Attribute::Duration) => 72,
        Key::Attribute(Attribute::StartTime) => 88,
        Key::Metric(name) if name == "cv_f1_macro" => 136,
        Key::Metric(name) if name == "train_f1" || name == "test_f1" => 68,
        _ if is_number => NUMBER_WIDTH,
        _ => TEXT_WIDTH,
    }
}

fn is_number(meant: &[Subject<'_>], key: &Key) -> bool {
    match key {
        Key::Metric(_) => true,
        Key::Attribute(attribute) => {
            matches!(
                attribute,
                Attribute::Duration | Attribute::Seed | Attribute::StartTime | Attribute::EndTime
            )
        }
        Key::Param(name) => {
            let mut values = meant.iter().filter_map(|subject| subject.run.params.get(name)).peekable();
            values.peek().is_some()
                && values.all(|value| matches!(value, ParamValue::Int(_) | ParamValue::Float(_)))
        }
        Key::Tag(_) | Key::Dataset(_) | Key::Any(_) => false,
    }
}

/// What a column is called.
pub fn column_name(key: &Key) -> String {
    let attribute = |attribute: Attribute| match attribute {
        Attribute::RunName => "Run",
        Attribute::RunId => "Run id",
        Attribute::UserId => "User",
        Attribute::Status => "State",
        Attribute::StartTime => "Began",
        Attribute::EndTime => "Ended",
        Attribute::ArtifactUri => "Address",
        Attribute::Kind => "Kind",
        Attribute::Parent => "Study",
        Attribute::ExperimentId => "Experiment",
        Attribute::Duration => "Time",
        Attribute::Seed => "Seed",
        Attribute::EngineVersion => "Engine",
        Attribute::Note => "Note",
    };
    match key {
        Key::Attribute(known) => attribute(*known).to_owned(),
        Key::Metric(name) => match name.as_str() {
            "cv_f1_macro" => "Cross-validated macro F1".to_owned(),
            "train_f1" => "Train".to_owned(),
            "test_f1" => "Test".to_owned(),
            _ => name.clone(),
        },
        Key::Param(name) if name == "model" => "Model".to_owned(),
        Key::Param(name) | Key::Tag(name) | Key::Any(name) => name.clone(),
        Key::Dataset(key) => format!("Dataset {}", key.as_str()),
    }
}
