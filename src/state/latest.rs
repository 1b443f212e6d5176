//! Long work that is asked for anew while what was asked before may still be under way: only the latest counts.

use crate::reactive::Held;
use crate::services::pump::Pump;

#[derive(Default)]
struct Asked {
    n_times: u64,
    pump: Option<Pump>,
}

/// The work asked for last. `Copy`; lives as long as the app.
#[derive(Clone, Copy)]
pub(super) struct Latest(Held<Asked>);

impl Latest {
    /// Nothing was asked for yet.
    pub(super) fn new() -> Self {
        Self(Held::new(Asked::default()))
    }

    /// Something else is asked for: what was before is given up. The number tells whether it is still wanted.
    pub(super) fn next(self) -> u64 {
        let next = |asked: &mut Asked| {
            asked.n_times += 1;
            (asked.pump.take(), asked.n_times)
        };
        let (before, number) = self.0.update(next).expect("it lives as long as the app");
        before.iter().for_each(Pump::abandon);
        number
    }

    /// Whether this is still what was asked for last.
    pub(super) fn is(self, number: u64) -> bool {
        self.0.with(|asked| asked.n_times == number)
    }

    /// The pump that does it, to be given up once something else is asked for.
    pub(super) fn keep(self, pump: Pump) {
        self.0.update(|asked| asked.pump = Some(pump));
    }
}
