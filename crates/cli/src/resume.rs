//! A study of a project, to be gone on with: the last, or the one that is named.
//! In: the project. Out: what the study was asked for, what it made, how its file was read. Never: a study of another
//! file taken for this one.

use engine::dataset::DatasetRecipe;
use engine::table::TableSummary;
use engine::tune::{MAX_SEARCHES, MAX_TRIALS, StudySpec};
use storage::{Order, Query, Store as _};
use track::record::{Collection, Record};
use track::run::{Run, RunKind, RunSpec};

use crate::failure::Failure;
use crate::project::Project;

/// Children read of one study: all that one can have, and room for fits.
const MAX_CHILDREN: usize = (MAX_TRIALS as usize + 100) * MAX_SEARCHES;

/// Studies of a project among which a named one is looked for, the newest.
const MAX_STUDIES: usize = 10_000;
/// Names of studies that are offered instead of one that is not there.
const NAMES_OFFERED: usize = 5;

/// A study that was made before.
pub struct Earlier {
    /// Its record.
    pub run: Run,
    /// What it was asked for.
    pub study: StudySpec,
    /// Its trials and fits.
    pub children: Vec<Run>,
    /// How its file was read.
    pub recipe: DatasetRecipe,
}

impl Earlier {
    /// The study of `project` of this name or id, of several the newest; without one the study that began last.
    ///
    /// # Errors
    /// Where there is none, or its records say too little.
    pub fn of(project: &Project, named: Option<&str>) -> Result<Self, Failure> {
        pollster::block_on(async {
            let store = project.store();
            let n_looked_at = if named.is_some() { MAX_STUDIES } else { 1 };
            let studies =
                store.list(&Query::RunsOfKind(RunKind::Study), Order::Descending, n_looked_at).await?;
            let studies: Vec<Run> = studies
                .into_iter()
                .filter_map(|record| if let Record::Run(study) = record { Some(study) } else { None })
                .collect();
            let is_meant =
                |study: &&Run| named.is_none_or(|name| study.name == name || study.id.as_str() == name);
            let Some(run) = studies.iter().find(is_meant).cloned() else {
                return Err(Failure::wrong(missing(named, &studies)));
            };
            let Some(RunSpec::Study(study)) = run.spec.clone() else {
                return Err(Failure::wrong(format!(
                    "Study {} does not say what it was asked for.",
                    run.name
                )));
            };
            let recipe = store.get(Collection::Recipes, &run.dataset.recipe.to_string()).await?;
            let Some(Record::Recipe(recipe)) = recipe else {
                return Err(Failure::wrong(format!(
                    "The project does not say how the file of study {} was read.",
                    run.name
                )));
            };
            let children = Query::RunsOfParent(run.id.clone());
            let children = store.list(&children, Order::Ascending, MAX_CHILDREN).await?;
            let children = children
                .into_iter()
                .filter_map(|record| if let Record::Run(child) = record { Some(child) } else { None })
                .collect();
            Ok(Self { run, study, children, recipe: recipe.recipe })
        })
    }

    /// Checks that the file at hand is the one that the study learned from.
    ///
    /// # Errors
    /// Where it is another.
    pub fn check(&self, table: &TableSummary) -> Result<(), Failure> {
        if table.hash == self.run.dataset.file {
            return Ok(());
        }
        Err(Failure::wrong(format!(
            "The file is another than study {} learned from: name that file, or leave out --resume.",
            self.run.name
        )))
    }
}

/// Why no study can be gone on with.
fn missing(named: Option<&str>, studies: &[Run]) -> String {
    let Some(name) = named.filter(|_| !studies.is_empty()) else {
        return "The project holds no study to go on with: leave out --resume.".to_owned();
    };
    let names: Vec<&str> = studies.iter().take(NAMES_OFFERED).map(|study| study.name.as_str()).collect();
    format!("The project holds no study '{name}': its newest are {}.", names.join(", "))
}
