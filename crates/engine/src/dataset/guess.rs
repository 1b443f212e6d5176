//! What a table's columns hold in, which one is the review, which the label, and what its values mean out.

use super::{LabelId, LabelMapping, LabelRule, MAX_CLASSES, MIN_CLASSES};
use crate::table::{ColumnSummary, FileError, MAX_LISTED_VALUES, TableSummary, parse_number};
use crate::text::lowercase;

/// Header words of a rating, whose values are on a scale.
const RATING_NAMES: [&str; 8] = ["rating", "ratings", "star", "stars", "score", "scores", "overall", "rate"];
/// Header words of a label.
const LABEL_NAMES: [&str; 9] =
    ["label", "labels", "sentiment", "sentiments", "polarity", "class", "target", "category", "feeling"];
/// Header words of a review's text.
const TEXT_NAMES: [&str; 14] = [
    "text",
    "review",
    "reviews",
    "comment",
    "comments",
    "content",
    "body",
    "feedback",
    "message",
    "tweet",
    "opinion",
    "description",
    "sentence",
    "verbatim",
];
/// Header words of what is long but no text.
const OTHER_NAMES: [&str; 10] =
    ["id", "url", "link", "image", "date", "time", "name", "author", "user", "email"];
/// On a scale from 1 to 5 these are negative.
const LAST_NEGATIVE_OF_FIVE: f64 = 2.0;
/// On another scale the lowest part of its range is negative.
const NEGATIVE_SHARE_OF_RANGE: f64 = 0.4;
/// A column of ratings may hold other cells: one in five at most.
pub(super) const MIN_NUMERIC_SHARE: f64 = 0.8;

/// Well-known label words from the unhappiest to the happiest, by rank.
const WORD_RANKS: [&[&str]; 5] = [
    &["very negative", "extremely negative", "strongly negative", "terrible", "awful", "worst", "very bad"],
    &[
        "negative",
        "neg",
        "bad",
        "unhappy",
        "poor",
        "dissatisfied",
        "unsatisfied",
        "sad",
        "angry",
        "dislike",
        "hate",
        "no",
        "n",
        "false",
        "not recommended",
        "detractor",
    ],
    &["neutral", "neu", "mixed", "average", "ok", "okay", "passive"],
    &[
        "positive",
        "pos",
        "good",
        "happy",
        "satisfied",
        "like",
        "love",
        "joy",
        "yes",
        "y",
        "true",
        "recommended",
        "promoter",
    ],
    &["very positive", "extremely positive", "strongly positive", "excellent", "great", "best", "very good"],
];
const NEUTRAL_RANK: usize = 2;

/// Which column is what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnRoles {
    /// Column that holds the review, from 0.
    pub text_column: u32,
    /// Column that holds the rating or label, from 0.
    pub label_column: u32,
}

/// Finds the columns of review and label by their headers and their cells.
///
/// # Errors
/// `NoLabelColumn`, `NoTextColumn`.
pub fn guess_roles(table: &TableSummary) -> Result<ColumnRoles, FileError> {
    let n_good_rows = table.n_rows - table.issues.n.min(table.n_rows);
    let label_column =
        best(table, |column| label_score(column, n_good_rows)).ok_or(FileError::NoLabelColumn)?;
    let text_column = best(table, |column| {
        let is_label = std::ptr::eq(column, &table.columns[label_column]);
        if is_label { None } else { text_score(column, n_good_rows) }
    })
    .ok_or(FileError::NoTextColumn)?;
    Ok(ColumnRoles { text_column: text_column as u32, label_column: label_column as u32 })
}

/// The first of the columns with the highest score.
fn best(table: &TableSummary, score: impl Fn(&ColumnSummary) -> Option<f64>) -> Option<usize> {
    let scored = table.columns.iter().enumerate().filter_map(|(idx, column)| Some((idx, score(column)?)));
    scored.max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0))).map(|(idx, _)| idx)
}

/// Whether one of `words` stands in a column's header.
pub(super) fn name_has(column: &ColumnSummary, words: &[&str]) -> bool {
    let name = lowercase(&column.name);
    name.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word))
}

fn label_score(column: &ColumnSummary, n_rows: u64) -> Option<f64> {
    let n_filled = n_rows.saturating_sub(column.n_missing);
    let mapping = guess_mapping(column).ok()?;
    if n_filled * 2 < n_rows || n_filled == 0 {
        return None;
    }
    let is_few = column.n_distinct <= MAX_CLASSES as u64;
    let by_name = if name_has(column, &RATING_NAMES) || name_has(column, &LABEL_NAMES) { 10.0 } else { 0.0 };
    let by_cells = match &mapping.rule {
        LabelRule::Ratings { classes } if is_one_to_five(classes.iter().map(|&(rating, _)| rating)) => 4.0,
        LabelRule::Ratings { .. } => 1.0,
        LabelRule::Words { classes } if classes.iter().all(|(word, _)| rank_of(word).is_some()) => 6.0,
        LabelRule::Words { .. } => 0.0,
    };
    // Labels are short; a text column of a tiny file has few distinct values too.
    Some(by_name + by_cells + f64::from(u8::from(is_few)) - column.mean_chars / 10.0)
}

fn text_score(column: &ColumnSummary, n_rows: u64) -> Option<f64> {
    let n_filled = n_rows.saturating_sub(column.n_missing);
    if n_filled == 0 || column.n_numeric * 2 > n_filled {
        return None;
    }
    let by_name = if name_has(column, &OTHER_NAMES) {
        0.2
    } else if name_has(column, &TEXT_NAMES) {
        3.0
    } else {
        1.0
    };
    Some(by_name * column.mean_chars * n_filled as f64 / n_rows as f64)
}

/// Says which class each value of a label column means.
///
/// Ratings from 1 to 5: up to 2 negative, above positive. Other scales: the lowest 40 % of the range is
/// negative. Two to ten different words: each its own class, the unhappiest first.
///
/// # Errors
/// `NoLabelColumn` where all cells are missing, `OneClass`, `TooManyClasses`.
pub fn guess_mapping(column: &ColumnSummary) -> Result<LabelMapping, FileError> {
    let too_many = || FileError::TooManyClasses { found: column.n_distinct, most: MAX_CLASSES as u64 };
    if column.n_distinct > MAX_LISTED_VALUES as u64 || (column.n_distinct > 0 && column.values.is_empty()) {
        return Err(too_many());
    }
    let n_filled: u64 = column.values.iter().map(|(_, n)| n).sum();
    if n_filled == 0 {
        return Err(FileError::NoLabelColumn);
    }
    if column.n_numeric as f64 >= MIN_NUMERIC_SHARE * n_filled as f64 {
        map_ratings(column, n_filled)
    } else {
        map_words(column, n_filled)
    }
}

fn map_ratings(column: &ColumnSummary, n_filled: u64) -> Result<LabelMapping, FileError> {
    let mut ratings: Vec<f64> = column.values.iter().filter_map(|(value, _)| parse_number(value)).collect();
    ratings.sort_by(f64::total_cmp);
    ratings.dedup();
    let is_named = name_has(column, &RATING_NAMES);
    if ratings.len() > MAX_CLASSES && !is_named {
        return Err(FileError::TooManyClasses { found: ratings.len() as u64, most: MAX_CLASSES as u64 });
    }
    let (lowest, highest) = (ratings[0], ratings[ratings.len() - 1]);
    // 0 and 1, 1 and 2 or 1 to 3 are scales of their own, unless the header speaks of ratings.
    let is_five = is_one_to_five(ratings.iter().copied()) && (is_named || highest > 3.0);
    let last_negative =
        if is_five { LAST_NEGATIVE_OF_FIVE } else { lowest + NEGATIVE_SHARE_OF_RANGE * (highest - lowest) };
    let mapping = LabelMapping::from_threshold(&ratings, last_negative);
    let one_class = if lowest > last_negative {
        Some(1)
    } else if highest <= last_negative {
        Some(0)
    } else {
        None
    };
    match one_class {
        Some(class) => {
            let class =
                if lowest == highest { column.values[0].0.clone() } else { mapping.classes[class].clone() };
            Err(FileError::OneClass { n_rows: n_filled, class })
        }
        None => Ok(mapping),
    }
}

fn is_one_to_five(mut ratings: impl Iterator<Item = f64>) -> bool {
    ratings.all(|rating| (1.0..=5.0).contains(&rating))
}

fn rank_of(word: &str) -> Option<usize> {
    let word = lowercase(word);
    WORD_RANKS.iter().position(|words| words.contains(&word.as_str()))
}

fn map_words(column: &ColumnSummary, n_filled: u64) -> Result<LabelMapping, FileError> {
    // `Positive` and `positive` are one class; it is called as it first appears.
    let mut classes: Vec<(usize, String, String)> = Vec::new();
    for (value, _) in &column.values {
        let lower = lowercase(value);
        if !classes.iter().any(|class| class.1 == lower) {
            classes.push((rank_of(value).unwrap_or(NEUTRAL_RANK), lower, value.clone()));
        }
    }
    classes.sort();
    if classes.len() < MIN_CLASSES {
        let class = classes.pop().map_or_else(String::new, |class| class.2);
        return Err(FileError::OneClass { n_rows: n_filled, class });
    }
    if classes.len() > MAX_CLASSES {
        return Err(FileError::TooManyClasses { found: classes.len() as u64, most: MAX_CLASSES as u64 });
    }
    let class_of = |value: &str| {
        let lower = lowercase(value);
        classes.iter().position(|class| class.1 == lower).map(|class| LabelId(class as u8))
    };
    let mut words: Vec<(String, LabelId)> =
        column.values.iter().filter_map(|(value, _)| Some((value.clone(), class_of(value)?))).collect();
    words.sort();
    Ok(LabelMapping {
        classes: classes.iter().map(|class| class.2.clone()).collect(),
        rule: LabelRule::Words { classes: words },
    })
}
