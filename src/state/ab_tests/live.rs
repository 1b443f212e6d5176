//! Live answers in, what a running test counts of them out: once a typed text rests, both sides have answered it.

use leptos::task::spawn_local;
use watch::ab_test::see;

use super::AbTests;
use crate::services::clock;
use crate::state::format;

/// How long a text rests before it counts.
const REST_MS: i32 = 2_000;

impl AbTests {
    /// The text or its model changed: counts it once that rests, where a test runs.
    pub fn see_soon(self) {
        let number = self.n_typed.update(|n_typed| {
            *n_typed += 1;
            *n_typed
        });
        spawn_local(async move {
            clock::sleep(REST_MS).await;
            if Some(self.n_typed.get()) == number
                && let Err(sentence) = self.see_now().await
            {
                self.fault.set(Some(sentence));
            }
        });
    }

    async fn see_now(self) -> Result<(), String> {
        if !self.shared.get().store.is_writer().await {
            return Ok(());
        }
        let text = self.prediction.answered.get_untracked();
        let Some((id, champion, challenger)) = self.prediction.both_sides() else { return Ok(()) };
        self.change(id, move |test| {
            // One that ended while the text rested takes no more.
            if test.ended.is_some() {
                return Ok(());
            }
            let seen = see(test, (&text, true), (champion, challenger));
            seen.map(|_| ()).map_err(|error| format::sentence(&error.to_string()))
        })
        .await
    }
}
