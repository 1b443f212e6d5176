//! A driver is told when the time that it waits for has come.

use drivers::Event;
use wasm_bindgen_futures::spawn_local;

use super::Pump;
use crate::services::clock;

/// How long a wait for a driver's time may sleep before it looks whether the work is still wanted.
const LONGEST_SLEEP_MS: u64 = 1_000;

impl Pump {
    /// Time went by, as somebody knows whose timer is not held back while nobody sees the tab.
    pub fn tick(&self) {
        if self.0.wakes_at.get().is_some_and(|time| time <= clock::now()) {
            self.tell(Event::Tick { now: clock::now() });
        }
    }

    /// Tells the driver once the time that it waits for has come.
    pub(super) fn wake_in_time(&self) {
        let Some(time) = self.0.driver.borrow().wakes_at() else { return };
        if self.0.wakes_at.replace(Some(time)) == Some(time) {
            return;
        }
        let pump = self.clone();
        spawn_local(async move {
            while clock::now() < time && !pump.0.is_over.get() {
                let left_ms = time.0.saturating_sub(clock::now().0).min(LONGEST_SLEEP_MS);
                clock::sleep(left_ms as i32).await;
            }
            pump.tell(Event::Tick { now: clock::now() });
        });
    }
}
