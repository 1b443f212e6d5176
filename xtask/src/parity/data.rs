//! The CSV file in, labelled and cleaned reviews, their split and their counts out, by the engine's own way.
//! In: bytes, column names. Out: `Data`. Never: a number from the reference.

use anyhow::{Context as _, Result, bail};
use engine::dataset::{CleanedDocs, DatasetReader, DatasetRecipe, Fix, LabelId, LabelMapping, LabelRule};
use engine::features::{Corpus, Counting, count};
use engine::split::{SplitPlan, SplitSpec};
use engine::table::{DETECT_BYTES, TableFormat, TableScan, TableSummary, detect_format, parse_number};
use engine::text::{CleanStep, reference_cleaning};

/// Which columns, and what parts them.
pub struct Columns {
    /// Header of the review's column.
    pub text: String,
    /// Header of the rating's column.
    pub rating: String,
    /// What stands between two cells.
    pub delimiter: char,
}

/// Which ratings make which class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// Up to 2 and above.
    UnhappyUpToTwo,
    /// Up to 2, exactly 3, and the rest.
    ThreeIsItsOwn,
}

/// Reviews of one file under one grouping of its ratings.
pub struct Data {
    /// Cleaned as the reference does it.
    pub docs: CleanedDocs,
    /// The same reviews, cleaned but with stop words and endings kept.
    pub unstemmed: CleanedDocs,
    /// How it was read.
    pub recipe: DatasetRecipe,
    /// Class names.
    pub labels: Vec<String>,
    /// 70/30, five folds, seed 42.
    pub plan: SplitPlan,
}

impl Data {
    /// Reads the file.
    ///
    /// # Errors
    /// Where it is no table, lacks a column, or cannot be parted into training, test and folds.
    pub fn read(bytes: &[u8], columns: &Columns, grouping: Grouping) -> Result<Self> {
        let mut data = Self::read_cleaned(bytes, columns, grouping, &reference_cleaning())?;
        let mut recipe = data.recipe.clone();
        recipe
            .cleaning
            .retain(|step| !matches!(step, CleanStep::RemoveStopWords { .. } | CleanStep::Stem { .. }));
        data.unstemmed = read(bytes, &recipe)?;
        Ok(data)
    }

    /// The same with another cleaning; nothing but that is unstemmed.
    ///
    /// # Errors
    /// As `read`.
    pub fn read_cleaned(
        bytes: &[u8],
        columns: &Columns,
        grouping: Grouping,
        cleaning: &[CleanStep],
    ) -> Result<Self> {
        let recipe = recipe(&scan(bytes, columns)?, columns, grouping)?;
        let recipe = DatasetRecipe { cleaning: cleaning.to_vec(), ..recipe };
        let docs = read(bytes, &recipe)?;
        let labels = recipe.mapping.classes.clone();
        let plan = SplitPlan::new(&docs.labels, labels.len(), &SplitSpec::reference())?;
        Ok(Self { unstemmed: docs.clone(), docs, recipe, labels, plan })
    }

    /// Counts of the n-grams asked for.
    ///
    /// # Errors
    /// Where there are more than the engine takes.
    pub fn corpus(&self, counting: &Counting) -> Result<Corpus> {
        let n_classes = u8::try_from(self.labels.len()).context("more classes than a byte counts")?;
        Ok(count(self.docs.clone(), n_classes, counting)?)
    }

    /// The cleaned words of a review.
    pub fn words(&self, doc_idx: usize) -> impl Iterator<Item = &str> {
        self.docs.word_ids_of(doc_idx).iter().map(|&id| self.docs.words[id as usize].as_str())
    }
}

fn scan(bytes: &[u8], columns: &Columns) -> Result<TableSummary> {
    let n_bytes = bytes.len() as u64;
    let detected = detect_format(&bytes[..bytes.len().min(DETECT_BYTES)], n_bytes)?;
    let format = TableFormat { delimiter: columns.delimiter, ..detected };
    let mut scan = TableScan::new(&format, n_bytes)?;
    scan.push(bytes)?;
    Ok(scan.finish()?)
}

fn recipe(table: &TableSummary, columns: &Columns, grouping: Grouping) -> Result<DatasetRecipe> {
    let place = |name: &str| {
        let found = table.columns.iter().position(|column| column.name == name);
        found.with_context(|| {
            let known: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            format!("there is no column '{name}' among '{}'", known.join("', '"))
        })
    };
    let (text, rating) = (place(&columns.text)?, place(&columns.rating)?);
    let mut ratings = Vec::new();
    for (value, _) in &table.columns[rating].values {
        let Some(number) = parse_number(value) else {
            bail!("'{value}' in column '{}' is no rating", columns.rating);
        };
        ratings.push(number);
    }
    Ok(DatasetRecipe {
        schema: 1,
        format: table.format.clone(),
        text_column: u32::try_from(text)?,
        text_name: columns.text.clone(),
        label_column: u32::try_from(rating)?,
        label_name: columns.rating.clone(),
        extra: Default::default(),
        mapping: mapping(&ratings, grouping),
        keep_missing: false,
        cleaning: reference_cleaning(),
        fixes: vec![Fix::DropRepeats],
    })
}

fn mapping(ratings: &[f64], grouping: Grouping) -> LabelMapping {
    match grouping {
        Grouping::UnhappyUpToTwo => LabelMapping::from_threshold(ratings, 2.0),
        Grouping::ThreeIsItsOwn => {
            let mut ratings = ratings.to_vec();
            ratings.sort_by(f64::total_cmp);
            ratings.dedup();
            let class_of = |rating: f64| match rating {
                r if r <= 2.0 => LabelId(0),
                3.0 => LabelId(1),
                _ => LabelId(2),
            };
            LabelMapping {
                classes: ["negative", "neutral", "positive"].map(str::to_owned).to_vec(),
                rule: LabelRule::Ratings { classes: ratings.into_iter().map(|r| (r, class_of(r))).collect() },
            }
        }
    }
}

fn read(bytes: &[u8], recipe: &DatasetRecipe) -> Result<CleanedDocs> {
    let mut reader = DatasetReader::new(recipe)?;
    reader.push(bytes)?;
    Ok(reader.finish()?.docs)
}
