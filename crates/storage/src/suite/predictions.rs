//! What every store does with kept predictions: they are added, never changed, and removed when a person says so.

use engine::num::ContentHash;
use track::prediction::{Feedback, KeptPrediction, PredictionBatch, Verdict};
use track::record::{Collection, Record};

use super::{Fixture, assert_empty, batch, blob, blob_bytes, keys};
use crate::samples;
use crate::store::{Batch, Order, Query, Store};
use crate::{StoreError, samples::instant};

pub async fn kept_predictions_are_only_added_to(fixture: &impl Fixture) {
    let store = fixture.open().await;
    let kept = samples::prediction(0);
    let of_file = samples::prediction_batch(2);
    let rows = blob(&samples::prediction_rows(2));
    let records = [
        Record::Prediction(kept.clone()),
        Record::Prediction(samples::prediction(1)),
        Record::PredictionBatch(of_file.clone()),
        Record::Feedback(samples::feedback(0)),
    ];
    store.write(Batch { blobs: vec![rows.clone()], ..batch(records.clone()) }).await.unwrap();
    store.write(batch(records.clone())).await.unwrap();
    let changed = [
        Record::Prediction(KeptPrediction { at: instant(9), ..kept.clone() }),
        Record::PredictionBatch(PredictionBatch { n_rows: 6, ..of_file }),
        Record::Feedback(Feedback { verdict: Verdict::Withdrawn, ..samples::feedback(0) }),
    ];
    for record in changed {
        let key = record.key();
        let refused = store.write(batch([Record::Prediction(samples::prediction(7)), record])).await;
        assert_eq!(refused, Err(StoreError::KeptAsItWas { key }));
    }
    let mut endless = samples::prediction(8);
    endless.answer.scores[0] = f64::INFINITY;
    let refused = store.write(batch([Record::Prediction(endless)])).await;
    assert!(matches!(refused, Err(StoreError::Answer(_))), "{refused:?}");
    fixture.close(store).await;
    let store = fixture.open().await;
    let all = Query::All(Collection::Predictions);
    assert_eq!(store.list(&all, Order::Ascending, 9).await.unwrap(), records[..3]);
    assert_eq!(keys(&store, &all, Order::Descending, 2).await, [records[2].key(), records[1].key()]);
    let said = store.list(&Query::All(Collection::Feedback), Order::Ascending, 9).await.unwrap();
    assert_eq!(said, records[3..]);
    assert_eq!(blob_bytes(&store, rows.0).await, Some(samples::prediction_rows(2)));
}

pub async fn kept_predictions_can_be_forgotten(fixture: &impl Fixture) {
    let store = fixture.open().await;
    let (first, second) = (Record::Prediction(samples::prediction(0)), samples::prediction_batch(1));
    let rows = blob(&samples::prediction_rows(1));
    let records =
        [first.clone(), Record::PredictionBatch(second.clone()), Record::Feedback(samples::feedback(0))];
    store.write(Batch { blobs: vec![rows.clone(), blob(b"other")], ..batch(records) }).await.unwrap();
    let gone = [second.id.0.clone(), "never there".to_owned()];
    store.remove(Collection::Predictions, &gone, &[rows.0]).await.unwrap();
    let all = Query::All(Collection::Predictions);
    assert_eq!(keys(&store, &all, Order::Ascending, 9).await, [first.key()]);
    assert_eq!(store.blob_hashes().await.unwrap(), [ContentHash::of(b"other")]);
    store.remove(Collection::Predictions, &[first.key()], &[ContentHash::of(b"other")]).await.unwrap();
    store.remove(Collection::Feedback, &[samples::feedback(0).id.0], &[]).await.unwrap();
    fixture.close(store).await;
    let store = fixture.open().await;
    assert_empty(&store).await;
    store.write(batch([first.clone()])).await.unwrap();
    assert_eq!(store.count(&all).await.unwrap(), 1, "it can be kept again");
}

pub async fn only_kept_predictions_can_be_removed(fixture: &impl Fixture) {
    let store = fixture.open().await;
    store.write(Batch { blobs: vec![blob(b"bytes")], ..batch(samples::project()) }).await.unwrap();
    for record in samples::project() {
        let collection = record.collection();
        let refused = store.remove(collection, &[record.key()], &[ContentHash::of(b"bytes")]).await;
        assert_eq!(refused, Err(StoreError::NotRemovable { collection: collection.as_str() }));
        assert_eq!(store.get(collection, &record.key()).await.unwrap(), Some(record));
    }
    assert_eq!(store.blob_hashes().await.unwrap(), [ContentHash::of(b"bytes")]);
}
