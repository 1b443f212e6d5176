//! An experiment groups runs about one question.

use json::{FromJson, ToJson};
use serde::{Deserialize, Serialize};

use crate::SCHEMA;
use crate::id::{ExperimentId, Millis};

/// Whether a record is in use or in the trash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToJson, FromJson)]
#[serde(rename_all = "snake_case")]
pub enum Lifecycle {
    /// In use.
    #[default]
    Active,
    /// In the trash; it can be restored.
    Deleted,
}

/// A group of runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToJson, FromJson)]
pub struct Experiment {
    /// Schema number of this record.
    pub schema: u32,
    /// Sortable by time.
    pub id: ExperimentId,
    /// When it was made.
    pub created: Millis,
    /// In use or in the trash.
    pub lifecycle: Lifecycle,
    /// Shown name, unique among active experiments.
    pub name: String,
    /// What the person wrote about it.
    pub note: String,
    /// Name, without its ending, of the file whose new runs belong here; none where that is the experiment's own name,
    /// empty where no file's do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// Longest name of an experiment, in characters.
pub const MAX_EXPERIMENT_NAME: usize = 100;

impl Experiment {
    /// A new one, about a file: it has the file's name without its ending.
    pub fn about(file_name: &str, id: ExperimentId, created: Millis) -> Self {
        Self { about: None, ..Self::named(Self::name_about(file_name), id, created) }
    }

    /// A new one that no file's runs belong to yet.
    pub fn named(name: &str, id: ExperimentId, created: Millis) -> Self {
        let lifecycle = Lifecycle::Active;
        let (name, note) = (name.to_owned(), String::new());
        Self { schema: SCHEMA, id, created, lifecycle, name, note, about: Some(String::new()) }
    }

    /// What the experiment about a file is called.
    pub fn name_about(file_name: &str) -> &str {
        file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem)
    }

    /// Whether it is the one in use to which new runs of that file belong.
    pub fn is_about(&self, file_name: &str) -> bool {
        self.lifecycle == Lifecycle::Active && self.file() == Some(Self::name_about(file_name))
    }

    /// Name, without its ending, of the file whose new runs belong here while it is in use; none where no file's do.
    pub fn file(&self) -> Option<&str> {
        let about = self.about.as_deref().unwrap_or(&self.name);
        (!about.is_empty()).then_some(about)
    }

    /// Called otherwise; the runs of its file still belong to it.
    #[must_use]
    pub fn renamed(self, name: &str) -> Self {
        let about = self.about.or(Some(self.name));
        Self { name: name.to_owned(), about, ..self }
    }

    /// New runs of that file belong to it from now on, or to it no more.
    #[must_use]
    pub fn with_runs_of(self, file_name: &str, belong: bool) -> Self {
        let about = if belong { Self::name_about(file_name).to_owned() } else { String::new() };
        Self { about: Some(about), ..self }
    }

    /// Brought back from the trash. New runs of its file stay with the experiment in use that has them meanwhile, which
    /// is given, too.
    #[must_use]
    pub fn restored(self, others: &[Self]) -> (Self, Option<&Self>) {
        let has_taken = |other: &&Self| {
            other.id != self.id && other.lifecycle == Lifecycle::Active && other.file() == self.file()
        };
        let taken = self.file().and_then(|_| others.iter().find(has_taken));
        let about = if taken.is_some() { Some(String::new()) } else { self.about };
        (Self { lifecycle: Lifecycle::Active, about, ..self }, taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(file: &str) -> Experiment {
        Experiment::about(file, ExperimentId("01".into()), Millis(1))
    }

    #[test]
    fn runs_of_a_file_belong_to_its_experiment_whatever_it_is_called() {
        assert!(about("reviews.csv").is_about("reviews.tsv"));
        let renamed = about("reviews.csv").renamed("spring").renamed("summer");
        assert_eq!(renamed.name, "summer");
        assert!(renamed.is_about("reviews.csv") && !renamed.is_about("summer.csv"));
        let deleted = Experiment { lifecycle: Lifecycle::Deleted, ..renamed };
        assert!(!deleted.is_about("reviews.csv"));
    }

    #[test]
    fn a_file_can_be_given_another_experiment() {
        let named = Experiment::named("spring", ExperimentId("02".into()), Millis(1));
        assert!(!named.is_about("spring.csv") && !named.is_about(""));
        let named = named.with_runs_of("reviews.csv", true);
        assert!(named.is_about("reviews.csv"));
        assert!(!about("reviews.csv").with_runs_of("reviews.csv", false).is_about("reviews.csv"));
    }

    #[test]
    fn one_experiment_has_a_files_new_runs_after_another_came_back() {
        let gone = Experiment { lifecycle: Lifecycle::Deleted, ..about("reviews.csv").renamed("spring") };
        let now = Experiment { id: ExperimentId("02".into()), ..about("reviews.csv") };
        let all = [gone.clone(), now.clone()];
        let (restored, taken) = gone.clone().restored(&all);
        assert_eq!(
            (restored.lifecycle, restored.is_about("reviews.csv"), taken),
            (Lifecycle::Active, false, Some(&now))
        );
        let (restored, taken) = gone.clone().restored(&all[..1]);
        assert!(restored.is_about("reviews.csv") && taken.is_none());
        let other = Experiment { id: ExperimentId("03".into()), ..about("shop.csv") };
        assert!(gone.restored(&[other]).0.is_about("reviews.csv"));
    }

    #[test]
    fn what_was_stored_before_is_about_the_file_of_its_name() {
        let text = r#"{"schema":3,"id":"01","created":1,"lifecycle":"active","name":"reviews","note":""}"#;
        let read: Experiment = json::from_str(text).expect("an experiment");
        assert!(read.is_about("reviews.csv"));
        assert_eq!(json::to_string(&read), text);
    }
}
