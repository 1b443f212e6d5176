//! What every store does with A/B tests and reports of drift: a test changes until it has ended, a report never.

use track::ab_test::{AbEnd, AbTest};
use track::id::Millis;
use track::record::{Collection, Record};
use track::report::KeptReport;

use super::{Fixture, assert_empty, batch, blob};
use crate::StoreError;
use crate::samples;
use crate::store::{Batch, Query, Store};

pub async fn ab_tests_change_until_they_end(fixture: &impl Fixture) {
    let store = fixture.open().await;
    let begun = samples::ab_test(0);
    store.write(batch(samples::watching_records())).await.unwrap();
    let seen = AbTest { seen: vec![7], ..begun.clone() };
    store.write(batch([Record::AbTest(seen.clone())])).await.unwrap();
    let end = AbEnd::Stopped { reason: "Enough.".into() };
    let ended = AbTest { ended: Some((Millis(9), end)), ..seen };
    store.write(batch([Record::AbTest(ended.clone())])).await.unwrap();
    store.write(batch([Record::AbTest(ended.clone())])).await.unwrap();
    let key = begun.id.0.clone();
    let refused = store.write(batch([Record::AbTest(begun)])).await;
    assert_eq!(refused, Err(StoreError::KeptAsItWas { key: key.clone() }));
    let refused = store.remove(Collection::AbTests, std::slice::from_ref(&key), &[]).await;
    assert!(matches!(refused, Err(StoreError::NotRemovable { .. })));
    let taken = samples::ab_answer(0).id.0;
    store.remove(Collection::AbAnswers, &[taken], &[]).await.unwrap();
    fixture.close(store).await;
    let store = fixture.open().await;
    assert_eq!(store.get(Collection::AbTests, &key).await.unwrap(), Some(Record::AbTest(ended)));
    assert_eq!(store.count(&Query::All(Collection::AbAnswers)).await.unwrap(), 0);
}

pub async fn reports_stay_as_they_were_until_they_are_removed(fixture: &impl Fixture) {
    let store = fixture.open().await;
    let kept = samples::report(0);
    let content = blob(&samples::report_content(0));
    let hash = content.0;
    store.write(Batch { blobs: vec![content], ..batch([Record::Report(kept.clone())]) }).await.unwrap();
    let key = kept.id.0.clone();
    let changed = Record::Report(KeptReport { n_rows: 9, ..kept.clone() });
    assert_eq!(store.write(batch([changed])).await, Err(StoreError::KeptAsItWas { key: key.clone() }));
    let endless = KeptReport { realised_f1_macro: Some(f64::NAN), ..samples::report(1) };
    let refused = store.write(batch([Record::Report(endless)])).await;
    assert!(matches!(refused, Err(StoreError::Report(_))), "{refused:?}");
    fixture.close(store).await;
    let store = fixture.open().await;
    assert_eq!(store.get(Collection::Reports, &key).await.unwrap(), Some(Record::Report(kept)));
    store.remove(Collection::Reports, &[key], &[hash]).await.unwrap();
    assert_empty(&store).await;
}
