//! The file's two passes: what it holds, then its reviews by a recipe; and the records of both.
//! In: the file, columns the person named. Out: what a study needs to know. Never: a guess other than the page's.

use drivers::{PassDriver, PassJob, Read, ReadDriver, SESSIONS_PER_PASS, ScanDriver};
use engine::dataset::{ColumnRoles, DatasetRecipe, Fix, guess_mapping, guess_roles};
use engine::table::TableSummary;
use engine::text::reference_cleaning;
use engine::tune::StudySpec;
use jobs::{ReadOutput, Session};
use storage::{Batch, Blob, Order, Query, Store as _};
use track::SCHEMA;
use track::dataset::{Dataset, DatasetRef, Origin, RecipeRecord};
use track::experiment::{Experiment, Lifecycle};
use track::id::{DatasetId, ExperimentId};
use track::record::{Collection, Record};

use crate::arguments::TrainArguments;
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
}

impl Reviews {
    /// Class names in label order, each with its rows.
    pub fn classes(&self) -> Vec<(String, u64)> {
        let counts = self.output.summary.class_counts.iter().copied();
        self.recipe.mapping.classes.iter().cloned().zip(counts).collect()
    }
}

/// Reads the file for `study` and stores what it is.
///
/// # Errors
/// Where the file cannot be used: one sentence that says what to do.
pub fn read_reviews(
    pump: &mut Pump<'_>,
    progress: &mut Progress,
    arguments: &TrainArguments,
    study: &StudySpec,
) -> Result<Reviews, Failure> {
    let total_bytes = pump.source.n_bytes();
    let scan = ScanDriver::new(Session(0), total_bytes);
    let table = pass(pump, progress, "Looking", scan)?;
    let recipe = recipe(&table, arguments)?;
    let (ngram_range, df_floor) = study.counting();
    let read = Read { recipe: recipe.clone(), ngram_range, df_floor };
    let read = ReadDriver::new(Session(SESSIONS_PER_PASS), total_bytes, read);
    let output = pass(pump, progress, "Reading", read)?;
    let data = DatasetRef { file: table.hash, recipe: recipe.hash() };
    let mut reviews = Reviews { experiment: ExperimentId(String::new()), data, recipe, output };
    reviews.experiment = store(pump, &reviews)?;
    Ok(reviews)
}

fn pass<J: PassJob>(
    pump: &mut Pump<'_>,
    progress: &mut Progress,
    what: &str,
    mut driver: PassDriver<J>,
) -> Result<J::Output, Failure> {
    pump.drive(&mut driver, |driver| progress.pass(what, driver.progress()))?;
    let outcome =
        driver.into_outcome().ok_or_else(|| Failure::Fault("a finished pass has no outcome".into()))?;
    Ok(outcome?)
}

fn recipe(table: &TableSummary, arguments: &TrainArguments) -> Result<DatasetRecipe, Failure> {
    let roles = roles(table, arguments)?;
    let [text, label] = [roles.text_column, roles.label_column].map(|column| &table.columns[column as usize]);
    Ok(DatasetRecipe {
        schema: SCHEMA,
        format: table.format.clone(),
        text_column: roles.text_column,
        text_name: text.name.clone(),
        label_column: roles.label_column,
        label_name: label.name.clone(),
        mapping: guess_mapping(label)?,
        keep_missing: false,
        cleaning: reference_cleaning(),
        fixes: vec![Fix::DropRepeats],
    })
}

fn roles(table: &TableSummary, arguments: &TrainArguments) -> Result<ColumnRoles, Failure> {
    let named = |name: &Option<String>| name.as_ref().map(|name| column(table, name)).transpose();
    let (text, label) = (named(&arguments.text)?, named(&arguments.rating)?);
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

fn column(table: &TableSummary, name: &str) -> Result<u32, Failure> {
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
    let dataset = Dataset {
        schema: SCHEMA,
        id: DatasetId::new(now, clock::entropy()),
        created: now,
        lifecycle: Lifecycle::Active,
        name: name.clone(),
        origin: Origin::File { name },
        data: reviews.data.clone(),
        file_bytes: pump.source.n_bytes(),
        n_rows: reviews.output.summary.n_rows_kept,
        classes: reviews.classes(),
    };
    let recipe = RecipeRecord {
        schema: SCHEMA,
        hash: reviews.data.recipe,
        created: now,
        recipe: reviews.recipe.clone(),
    };
    let mut records = vec![Record::Recipe(recipe), Record::Dataset(dataset)];
    records.extend(new);
    let file = Blob::Bytes(pump.source.all()?);
    pollster::block_on(
        pump.project.store().write(Batch { records, blobs: vec![(reviews.data.file, file)] }),
    )?;
    Ok(experiment)
}

fn experiment(pump: &Pump<'_>, file_name: &str) -> Result<(ExperimentId, Option<Record>), Failure> {
    let name = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem).to_owned();
    let all = Query::All(Collection::Experiments);
    let known = pollster::block_on(pump.project.store().list(&all, Order::Descending, MAX_EXPERIMENTS))?;
    for record in known {
        if let Record::Experiment(found) = record
            && found.name == name
            && found.lifecycle == Lifecycle::Active
        {
            return Ok((found.id, None));
        }
    }
    let now = clock::now();
    let id = ExperimentId::new(now, clock::entropy());
    let experiment = Experiment {
        schema: SCHEMA,
        id: id.clone(),
        created: now,
        lifecycle: Lifecycle::Active,
        name,
        note: String::new(),
    };
    Ok((id, Some(Record::Experiment(experiment))))
}
