//! What may be written over what: a batch and the stored records it touches come in, the records to put
//! come out. Every store asks here, so none can be laxer than another.

use engine::num::SortedMap;
use track::record::{Collection, Record};

use crate::error::StoreError;

/// A record's place.
pub(crate) type Place = (Collection, String);

/// Whether a record of `collection` may be put only after looking at what it replaces.
pub(crate) fn must_look(collection: Collection) -> bool {
    match collection {
        Collection::Runs
        | Collection::Registry
        | Collection::Recipes
        | Collection::Predictions
        | Collection::Feedback
        | Collection::FlowEvents
        | Collection::AbTests
        | Collection::AbAnswers
        | Collection::Reports
        | Collection::FlowRuns
        | Collection::TaskRuns => true,
        Collection::Experiments
        | Collection::Datasets
        | Collection::Saved
        | Collection::Flows
        | Collection::Deployments
        | Collection::TaskResults
        | Collection::FlowLogs
        | Collection::Automations => false,
    }
}

/// The records to put for a batch, one for each place; `stored` holds what the places that `must_look`
/// held before. Of two records for one place the later follows the earlier.
///
/// # Errors
/// For the first record that may not be put. Then nothing may be written.
pub(crate) fn settle(
    batch: Vec<Record>,
    stored: &SortedMap<Place, Record>,
) -> Result<SortedMap<Place, Record>, StoreError> {
    let mut settled: SortedMap<Place, Record> = SortedMap::new();
    for record in batch {
        let place = (record.collection(), record.key());
        let earlier = settled.get(&place).or_else(|| stored.get(&place));
        if is_change(earlier, &record)? {
            settled.insert(place, record);
        }
    }
    Ok(settled)
}

/// Whether two records for one place say the same when they are written. Of a recipe that is its content:
/// it is stored once however many runs point at it, and the first use keeps its date.
pub(crate) fn is_same(earlier: &Record, record: &Record) -> bool {
    match (earlier, record) {
        (Record::Recipe(earlier), Record::Recipe(recipe)) => {
            earlier.hash == recipe.hash && json::to_string(&earlier.recipe) == json::to_string(&recipe.recipe)
        }
        (earlier, record) => json::to_string(earlier) == json::to_string(record),
    }
}

/// Refuses to forget what the project's history stands on.
///
/// # Errors
/// Where the collection is not one whose records a person may take back.
pub(crate) fn check_removable(collection: Collection) -> Result<(), StoreError> {
    match collection.may_be_removed() {
        true => Ok(()),
        false => Err(StoreError::NotRemovable { collection: collection.as_str() }),
    }
}

/// Whether `record` has to be written in place of `earlier`.
fn is_change(earlier: Option<&Record>, record: &Record) -> Result<bool, StoreError> {
    match record {
        Record::Run(run) => run.check_finite()?,
        Record::Prediction(kept) => kept.check_finite()?,
        Record::PredictionBatch(kept) => kept.check_finite()?,
        Record::Report(kept) => kept.check_finite()?,
        _ => {}
    }
    match (earlier, record) {
        (Some(earlier), record) if is_same(earlier, record) => Ok(false),
        (Some(Record::Run(earlier)), Record::Run(run)) => {
            run.may_follow(earlier)?;
            Ok(true)
        }
        (Some(Record::Registry(_)), Record::Registry(event)) => {
            Err(StoreError::AppendOnly { key: event.id.0.clone() })
        }
        (Some(Record::Recipe(_)), Record::Recipe(recipe)) => {
            Err(StoreError::RecipeChanged { key: recipe.hash.to_string() })
        }
        (Some(Record::FlowRun(earlier)), Record::FlowRun(_)) if earlier.has_ended() => {
            Err(StoreError::FlowRunEnded { key: earlier.id.0.clone() })
        }
        (Some(Record::TaskRun(earlier)), Record::TaskRun(_)) if earlier.has_ended() => {
            Err(StoreError::FlowRunEnded { key: earlier.id.0.clone() })
        }
        (Some(Record::AbTest(earlier)), Record::AbTest(_)) if earlier.ended.is_some() => {
            Err(StoreError::KeptAsItWas { key: earlier.id.0.clone() })
        }
        (Some(_), record) if record.collection().is_only_added_to() => {
            Err(StoreError::KeptAsItWas { key: record.key() })
        }
        _ => Ok(true),
    }
}
