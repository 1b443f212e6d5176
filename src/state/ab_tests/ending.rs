//! How a test ends: its winner in the champion's place, with the reason in the registry's history; no difference; or by hand.

use leptos::task::spawn_local;
use track::ab_test::AbEnd;
use track::id::AbTestId;
use track::record::Record;
use track::registry::CHAMPION;
use watch::ab_test::{Side, end, promote};

use super::{AbTests, put, test_of};
use crate::services::clock;
use crate::state::format;
use crate::state::runs::versions;

impl AbTests {
    /// Ends a test with its winner as champion, in one transaction with the registry's history.
    pub fn promote(self, id: AbTestId, reason: String) {
        spawn_local(async move { self.fault.set(self.promoted(&id, &reason).await.err()) });
    }

    async fn promoted(self, id: &AbTestId, reason: &str) -> Result<(), String> {
        let words = |error: &dyn std::fmt::Display| format::sentence(&error.to_string());
        let store = &self.shared.get().store;
        let _turn = store.turn().await;
        let mut test = test_of(store, id).await?;
        let winner = promote(&mut test, reason.trim(), clock::now()).map_err(|error| words(&error))?;
        let side = if winner == Side::Challenger { &test.challenger } else { &test.champion };
        let registry = versions(store).await.map_err(|error| error.to_string())?;
        let version = registry.all_versions().find(|version| version.address() == side.model.address);
        let gone = || format!("{} is no longer registered: stop the test instead.", side.model.address);
        let version = version.ok_or_else(gone)?;
        let why = match &test.ended {
            Some((_, AbEnd::Promoted { reason, .. })) => reason.clone(),
            _ => String::new(),
        };
        let is_champion = registry
            .model(&version.model)
            .is_some_and(|model| model.aliases.get(CHAMPION) == Some(&version.version));
        let mut records = Vec::new();
        if !is_champion {
            let change = registry.set_alias(&version.model, CHAMPION, version.version);
            let change = change.map_err(|error| words(&error))?;
            let who = self.settings.your_name.get_untracked();
            let event = registry.event(change, (&who, &why), clock::now(), clock::entropy());
            records.push(Record::Registry(event.map_err(|error| words(&error))?));
        }
        records.push(Record::AbTest(test));
        put(store, records).await
    }

    /// Ends a test without a winner: `is_equal` where no difference came out, else because a person stops it.
    pub fn end(self, id: AbTestId, is_equal: bool, reason: String) {
        let reason = reason.trim().to_owned();
        let how = if is_equal { AbEnd::NoDifference { reason } } else { AbEnd::Stopped { reason } };
        spawn_local(async move {
            let done = self
                .change(id, move |test| {
                    end(test, how, clock::now()).map_err(|error| format::sentence(&error.to_string()))
                })
                .await;
            self.fault.set(done.err());
        });
    }
}
