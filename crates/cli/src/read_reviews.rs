//! The file's two passes: what it holds, then its reviews by a recipe; and the records of both.
//! In: the file, columns the person named. Out: what a study needs to know. Never: a guess other than the page's.

use drivers::{PassDriver, PassJob, Read, ReadDriver, SESSIONS_PER_PASS, ScanDriver};
use engine::dataset::{ColumnRoles, DatasetRecipe, DateColumn, NamedColumn, guess_mapping, guess_roles};
use engine::num::ContentHash;
use engine::split::{SplitKind, SplitSpec};
use engine::table::TableSummary;
use engine::tune::StudySpec;
use jobs::{ReadOutput, Session};
use storage::{Batch, Blob, Order, Query, Store as _};
use track::dataset::{DatasetRef, Origin, Original, RecipeRecord, UsedFile};
use track::experiment::Experiment;
use track::id::{DatasetId, ExperimentId};
use track::record::{Collection, Record};

use crate::arguments::ColumnNames;
use crate::clock;
use crate::failure::Failure;
use crate::progress::Progress;
use crate::pump::Pump;

/// Experiments looked through for one of the file's name.
const MAX_EXPERIMENTS: usize = 10_000;

/// Reviews, read and stored.
pub struct Reviews {
    /// The experiment their studies belong to.
    pub experiment: ExperimentId,
    /// File and recipe.
    pub data: DatasetRef,
    /// How the file was read.
    pub recipe: DatasetRecipe,
    /// What came out.
    pub output: ReadOutput,
    /// Counts and terms of the study's other corpora.
    pub variants: Vec<(ContentHash, ContentHash)>,
}

impl Reviews {
    /// Class names in label order, each with its rows.
    pub fn classes(&self) -> Vec<(String, u64)> {
        let counts = self.output.summary.class_counts.iter().copied();
        self.recipe.mapping.classes.iter().cloned().zip(counts).collect()
    }
}

/// What the file holds.
///
/// # Errors
/// Where it cannot be used: one sentence that says what to do.
pub fn look(pump: &mut Pump<'_>, progress: &mut Progress) -> Result<TableSummary, Failure> {
    let scan = ScanDriver::new(Session(0), pump.source.n_bytes());
    pass(pump, progress, "Looking", scan)
}

/// What a file holds of which only the texts are needed: it may have one column.
///
/// # Errors
/// Where it cannot be used: one sentence that says what to do.
pub fn look_at_texts(pump: &mut Pump<'_>, progress: &mut Progress) -> Result<TableSummary, Failure> {
    let scan = ScanDriver::of_texts(Session(0), pump.source.n_bytes());
    pass(pump, progress, "Looking", scan)
}

/// Reads the file for `study`, where it is not `read` yet, and stores what it is.
///
/// # Errors
/// Where the file cannot be used: one sentence that says what to do.
pub fn read_reviews(
    pump: &mut Pump<'_>,
    progress: &mut Progress,
    (table, recipe, read): (&TableSummary, DatasetRecipe, Option<ReadOutput>),
    study: &StudySpec,
) -> Result<Reviews, Failure> {
    let total_bytes = pump.source.n_bytes();
    let output = match read {
        Some(output) => output,
        None => {
            let read = Read { recipe: recipe.clone(), counting: study.counting() };
            let read = ReadDriver::new(Session(SESSIONS_PER_PASS), total_bytes, read);
            pass(pump, progress, "Reading", read)?
        }
    };
    let mut variants = Vec::new();
    for (corpus, number) in study.corpora().into_iter().zip(1..).skip(1) {
        let recipe = DatasetRecipe { cleaning: corpus.cleaning, ..recipe.clone() };
        let read = Read { recipe, counting: corpus.counting };
        let read = ReadDriver::new(Session(number * SESSIONS_PER_PASS), total_bytes, read);
        let output = pass(pump, progress, "Reading", read)?;
        variants.push((output.counts.hash, output.terms.hash));
    }
    let data = DatasetRef { file: table.hash, recipe: recipe.hash() };
    let mut reviews = Reviews { experiment: ExperimentId(String::new()), data, recipe, output, variants };
    reviews.experiment = store(pump, &reviews)?;
    Ok(reviews)
}

/// One pass over the file, to its end.
///
/// # Errors
/// Where the file cannot be used.
pub fn pass<J: PassJob>(
    pump: &mut Pump<'_>,
    progress: &mut Progress,
    what: &str,
    mut driver: PassDriver<J>,
) -> Result<J::Output, Failure> {
    pump.drive(&mut driver, |driver| progress.pass(what, driver.progress()))?;
    let outcome =
        driver.take_outcome().ok_or_else(|| Failure::Fault("a finished pass has no outcome".into()))?;
    Ok(outcome?)
}

/// How the file is read: by the columns named, and those found.
///
/// # Errors
/// Where a column named is not there or does not do.
pub fn recipe(
    table: &TableSummary,
    names: &ColumnNames,
    split: &SplitSpec,
) -> Result<DatasetRecipe, Failure> {
    let roles = roles(table, names)?;
    let mapping = guess_mapping(&table.columns[roles.label_column as usize])?;
    let mut recipe = DatasetRecipe::reference(table, roles, mapping);
    let named = |name: &Option<String>| -> Result<Option<NamedColumn>, Failure> {
        let Some(name) = name else { return Ok(None) };
        let column = column(table, name)?;
        if column == roles.text_column || column == roles.label_column {
            return Err(Failure::wrong(format!("'{name}' is text or rating already: name another column.")));
        }
        Ok(Some(NamedColumn { column, name: name.clone() }))
    };
    recipe.extra.title = named(&names.title)?;
    recipe.extra.group = named(&names.group)?;
    if let Some(NamedColumn { column, name }) = named(&names.date)? {
        let date = DateColumn::of(table, column);
        recipe.extra.date = Some(date.ok_or_else(|| {
            Failure::wrong(format!(
                "Column '{name}' holds hardly any dates: name another with --date-column."
            ))
        })?);
    }
    if split.kind == SplitKind::ByTime && recipe.extra.date.is_none() {
        return Err(Failure::wrong(
            "No column holds dates: name one with --date-column, or part the rows otherwise with --split.",
        ));
    }
    Ok(recipe)
}

fn roles(table: &TableSummary, names: &ColumnNames) -> Result<ColumnRoles, Failure> {
    let named = |name: &Option<String>| name.as_ref().map(|name| column(table, name)).transpose();
    let (text, label) = (named(&names.text)?, named(&names.rating)?);
    if text.is_some() && text == label {
        return Err(Failure::wrong("--text and --rating name the same column: a review needs both."));
    }
    let roles = match (text, label) {
        (Some(text_column), Some(label_column)) => ColumnRoles { text_column, label_column },
        (text, label) => {
            let guessed = guess_roles(table)?;
            ColumnRoles {
                text_column: text.unwrap_or(guessed.text_column),
                label_column: label.unwrap_or(guessed.label_column),
            }
        }
    };
    if roles.text_column == roles.label_column {
        let name = &table.columns[roles.text_column as usize].name;
        return Err(Failure::wrong(format!(
            "'{name}' seems to be both text and rating: name both with --text and --rating."
        )));
    }
    Ok(roles)
}

/// The place of a column by its name.
///
/// # Errors
/// Where there is none.
pub fn column(table: &TableSummary, name: &str) -> Result<u32, Failure> {
    match table.columns.iter().position(|column| column.name == name) {
        Some(place) => Ok(place as u32),
        None => {
            let known: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
            Err(Failure::wrong(format!(
                "There is no column '{name}': the file has '{}'.",
                known.join("', '")
            )))
        }
    }
}

/// Stores file, recipe, dataset and, where it is new, the experiment named after the file.
fn store(pump: &mut Pump<'_>, reviews: &Reviews) -> Result<ExperimentId, Failure> {
    let now = clock::now();
    let name = pump.source.name();
    let (experiment, new) = experiment(pump, &name)?;
    let (originals, mut blobs): (Vec<Original>, Vec<_>) = pump
        .source
        .originals()
        .iter()
        .map(|(original, bytes)| (original.clone(), (original.file, Blob::Bytes(bytes.clone()))))
        .unzip();
    let used = UsedFile {
        name: &name,
        origin: Origin::File { name: name.clone() },
        file: reviews.data.file,
        n_bytes: pump.source.n_bytes(),
        recipe: &reviews.recipe,
        class_counts: &reviews.output.summary.class_counts,
        n_set_aside: reviews.output.summary.issues.n,
        originals: &originals,
        n_unread: 0,
    };
    let dataset = used.dataset(DatasetId::new(now, clock::entropy()), now);
    let recipe = RecipeRecord::new(reviews.recipe.clone(), now);
    let mut records = vec![Record::Recipe(recipe), Record::Dataset(dataset)];
    records.extend(new);
    blobs.push((reviews.data.file, Blob::Bytes(pump.source.all()?)));
    pollster::block_on(pump.project()?.store().write(Batch { records, blobs }))?;
    Ok(experiment)
}

fn experiment(pump: &Pump<'_>, file_name: &str) -> Result<(ExperimentId, Option<Record>), Failure> {
    let all = Query::All(Collection::Experiments);
    let known = pollster::block_on(pump.project()?.store().list(&all, Order::Descending, MAX_EXPERIMENTS))?;
    let known = known.into_iter().find_map(|record| match record {
        Record::Experiment(found) if found.is_about(file_name) => Some(found.id),
        _ => None,
    });
    if let Some(id) = known {
        return Ok((id, None));
    }
    let now = clock::now();
    let new = Experiment::about(file_name, ExperimentId::new(now, clock::entropy()), now);
    Ok((new.id.clone(), Some(Record::Experiment(new))))
}
