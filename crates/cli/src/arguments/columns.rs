//! Columns a person names, and how rows are parted by them.
//! In: the words after an option. Out: headers, and a checked split. Never: a column that is looked for here.

use engine::split::{MAX_FOLDS, MAX_REPEATS, SplitKind, SplitSpec};
use lexopt::{Parser, ValueExt as _};

use super::bounded;

/// Draws of the folds where `--split repeated` is asked for and not how many.
const DEFAULT_REPEATS: u32 = 5;

/// Headers of the columns that are not to be guessed.
#[derive(Debug, Default, PartialEq)]
pub struct ColumnNames {
    /// The reviews.
    pub text: Option<String>,
    /// Ratings or labels.
    pub rating: Option<String>,
    /// Titles, joined before the reviews; never guessed.
    pub title: Option<String>,
    /// Dates.
    pub date: Option<String>,
    /// What reviews belong to; never guessed.
    pub group: Option<String>,
}

/// What was said of the split, in any order.
#[derive(Debug, Default)]
pub struct SplitWords {
    kind: Option<SplitWord>,
    n_repeats: Option<u32>,
    n_folds: Option<u32>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum SplitWord {
    Stratified,
    Repeated,
    Plain,
    Grouped,
    Time,
}

impl ColumnNames {
    /// Takes an option, if it names a column.
    pub fn take(&mut self, option: &str, parser: &mut Parser) -> Result<bool, lexopt::Error> {
        let named = match option {
            "text" => &mut self.text,
            "rating" => &mut self.rating,
            "title-column" => &mut self.title,
            "date-column" => &mut self.date,
            "group-column" => &mut self.group,
            _ => return Ok(false),
        };
        *named = Some(parser.value()?.string()?);
        Ok(true)
    }
}

impl SplitWords {
    /// Takes an option, if it is about the split.
    pub fn take(&mut self, option: &str, parser: &mut Parser) -> Result<bool, lexopt::Error> {
        match option {
            "split" => self.kind = Some(split_word(&parser.value()?.string()?)?),
            "repeats" => self.n_repeats = Some(bounded(parser, "--repeats", MAX_REPEATS as usize)? as u32),
            "folds" => self.n_folds = Some(bounded(parser, "--folds", MAX_FOLDS as usize)? as u32),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// The split that all the words together ask for: the reference's where they say nothing.
    pub fn split(self, columns: &ColumnNames) -> Result<SplitSpec, lexopt::Error> {
        let kind = match self.kind.unwrap_or(SplitWord::Stratified) {
            SplitWord::Grouped if columns.group.is_some() => SplitKind::ByGroup,
            SplitWord::Grouped => SplitKind::Grouped,
            _ if columns.group.is_some() => {
                return Err("--group-column parts rows by it: say --split grouped, too".into());
            }
            SplitWord::Stratified | SplitWord::Repeated => SplitKind::Stratified,
            SplitWord::Plain => SplitKind::Plain,
            SplitWord::Time => SplitKind::ByTime,
        };
        let unsaid = if self.kind == Some(SplitWord::Repeated) { DEFAULT_REPEATS } else { 1 };
        let reference = SplitSpec::reference();
        let split = SplitSpec {
            kind,
            n_repeats: self.n_repeats.unwrap_or(unsaid),
            n_folds: self.n_folds.unwrap_or(reference.n_folds),
            ..reference
        };
        split.check().map_err(|error| error.to_string())?;
        Ok(split)
    }
}

fn split_word(word: &str) -> Result<SplitWord, lexopt::Error> {
    Ok(match word {
        "stratified" => SplitWord::Stratified,
        "repeated" => SplitWord::Repeated,
        "plain" => SplitWord::Plain,
        "grouped" => SplitWord::Grouped,
        "time" => SplitWord::Time,
        _ => {
            let known = "--split knows stratified, repeated, plain, grouped and time";
            return Err(format!("{known}, not '{word}'").into());
        }
    })
}
