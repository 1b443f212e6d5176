//! A file of reviews, read as the peers read it.
//! In: a CSV file whose columns `Review text` and `Ratings` hold review and stars. Out: cleaned reviews, their matrix.
//! Never: another order of rows than the file's.

use anyhow::{Context as _, Result};
use engine::dataset::{CleanedDocs, DatasetReader, DatasetRecipe, Fix, LabelMapping, RECIPE_SCHEMA};
use engine::features::{Corpus, Counting, DocumentFrequency, Selection, VectorizerSpec, count};
use engine::num::Csr;
use engine::table::{DETECT_BYTES, TableFormat, TableReader, detect_format};
use engine::text::reference_cleaning;

const TEXT: &str = "Review text";
const RATING: &str = "Ratings";
/// Up to this many stars a review is an unhappy one.
const LAST_NEGATIVE: f64 = 2.0;
const STARS: [f64; 5] = [1.0, 2.0, 3.0, 4.0, 5.0];

/// How a file with those two columns is read: the reference's cleaning, and no row left out but those that lack
/// text or rating.
pub fn recipe(bytes: &[u8]) -> Result<DatasetRecipe> {
    let head = &bytes[..bytes.len().min(DETECT_BYTES)];
    let format = detect_format(head, bytes.len() as u64)?;
    let (text_column, label_column) = (column(&format, head, TEXT)?, column(&format, head, RATING)?);
    Ok(DatasetRecipe {
        schema: RECIPE_SCHEMA,
        format,
        text_column,
        text_name: TEXT.to_owned(),
        label_column,
        label_name: RATING.to_owned(),
        extra: Default::default(),
        mapping: LabelMapping::from_threshold(&STARS, LAST_NEGATIVE),
        keep_missing: false,
        cleaning: reference_cleaning(),
        fixes: Vec::new(),
    })
}

/// As `recipe`, repeated rows left out, as the reference job does.
pub fn reference_recipe(bytes: &[u8]) -> Result<DatasetRecipe> {
    Ok(DatasetRecipe { fixes: vec![Fix::DropRepeats], ..recipe(bytes)? })
}

fn column(format: &TableFormat, head: &[u8], name: &str) -> Result<u32> {
    let mut reader = TableReader::new(format);
    reader.push(head, &mut |_| {})?;
    let place = reader.header().and_then(|header| header.iter().position(|cell| cell == name));
    Ok(u32::try_from(place.with_context(|| format!("the file has no column '{name}'"))?)?)
}

/// Its reviews, cleaned.
pub fn read(bytes: &[u8], recipe: &DatasetRecipe) -> Result<CleanedDocs> {
    let mut reader = DatasetReader::new(recipe)?;
    reader.push(bytes)?;
    Ok(reader.finish()?.docs)
}

/// Words and pairs of words in three reviews or more.
pub fn counting() -> Counting {
    Counting::words((1, 2), 3)
}

/// The reviews, counted.
pub fn counted(docs: CleanedDocs) -> Result<Corpus> {
    Ok(count(docs, 2, &counting())?)
}

/// The reference's TF-IDF of words and pairs of words.
pub fn vectorizer(max_features: Option<u32>) -> VectorizerSpec {
    VectorizerSpec {
        sublinear_tf: true,
        min_df: DocumentFrequency::Count(3),
        max_df: DocumentFrequency::Share(0.9),
        max_features,
        ..VectorizerSpec::tf_idf((1, 2))
    }
}

/// The weighted rows of these documents, by a vocabulary learned from them.
pub fn matrix(corpus: &Corpus, rows: &[u32], spec: &VectorizerSpec) -> Result<Csr> {
    Ok(Selection::new(&corpus.counts, rows, spec)?.rows(&corpus.counts, rows))
}
