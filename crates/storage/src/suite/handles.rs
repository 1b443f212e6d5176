//! What every store does for who opens it again, or twice.

use engine::num::ContentHash;
use track::record::{Collection, Record};
use track::run::{Run, RunKind};

use super::{Fixture, batch, blob, blob_bytes, get_run};
use crate::store::{Batch, Query, Store};
use crate::{StoreError, samples};

pub async fn reopening_finds_everything(fixture: &impl Fixture) {
    let store = fixture.open().await;
    let file = samples::file(0);
    store.write(Batch { blobs: vec![blob(&file)], ..batch(samples::project()) }).await.unwrap();
    fixture.close(store).await;
    let store = fixture.open().await;
    for record in samples::project() {
        assert_eq!(store.get(record.collection(), &record.key()).await.unwrap(), Some(record));
    }
    assert_eq!(store.count(&Query::RunsOfKind(RunKind::Trial)).await.unwrap(), 3);
    assert_eq!(blob_bytes(&store, ContentHash::of(&file)).await, Some(file));
}

pub async fn two_handles_see_each_others_writes(fixture: &impl Fixture) {
    let first = fixture.open().await;
    let second = fixture.second(&first).await;
    first.write(batch([Record::Run(samples::fit(0))])).await.unwrap();
    assert_eq!(get_run(&second, &samples::fit(0)).await, Some(samples::fit(0)));
    let refused = second.write(batch([Record::Run(Run { seed: 1, ..samples::fit(0) })])).await;
    assert!(matches!(refused, Err(StoreError::Run(_))), "{refused:?}");
    second.write(batch([Record::Run(samples::trial(0, 0))])).await.unwrap();
    assert_eq!(first.count(&Query::All(Collection::Runs)).await.unwrap(), 2);
    drop(first);
    assert_eq!(second.count(&Query::All(Collection::Runs)).await.unwrap(), 2);
}
