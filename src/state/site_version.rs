//! The version of the site that this tab shows: whether it is kept for work without a network, and whether a newer one
//! is ready, which takes over when a person says so and no work is under way, here or in another tab.

use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Shared;
use super::settings::{Doing, Settings};
use crate::reactive::{Held, State};
pub use crate::services::offline::Keeping;
use crate::services::offline::{self, AtWork, Change, Offline};
use crate::services::{clock, later};

/// How long the page stands before its files are fetched once more to be kept.
const SETTLED_AFTER_MS: i32 = 2_500;
/// Longest wait for the end of the first work.
const MAX_WAITS: u32 = 24;
/// How often it is looked whether work is under way while a newer version waits.
const LOOK_MS: i32 = 1_000;

/// Why a newer version does not take over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hindrance {
    /// It may.
    #[default]
    None,
    /// Work is under way in this tab.
    Here,
    /// Another tab said that it is at work.
    Elsewhere,
}

/// Who is asked before the newer version takes over.
struct Line {
    offline: Option<Offline>,
    at_work: AtWork,
}

/// The site's version. `Copy`; from context by `use_site_version`.
#[derive(Clone, Copy)]
pub struct SiteVersion {
    /// Whether this version is kept.
    pub keeping: State<Keeping>,
    /// A newer one is ready.
    pub is_newer_ready: State<bool>,
    /// Why that one has to wait.
    pub hindrance: State<Hindrance>,
    /// The browser offers to install the site as an app.
    pub can_install: State<bool>,
    line: Held<Option<Rc<Line>>>,
    shared: Shared,
    settings: Settings,
}

impl SiteVersion {
    /// Whether anything would be lost now if the page were opened anew.
    fn is_at_work(self) -> bool {
        let is_busy = self.settings.doing.with_untracked(|doing| matches!(doing, Doing::Busy(_)));
        is_busy || self.shared.try_get().is_some_and(|services| services.under_way.is_any())
    }

    /// Has this version kept once the page stands and its first work is done: nothing is fetched beside that.
    async fn keep(self) {
        // Where it does not come, whoever needs it says so.
        later::arrival().await.ok();
        let mut n_waits = 0;
        while n_waits == 0 || self.is_at_work() && n_waits < MAX_WAITS {
            clock::sleep(SETTLED_AFTER_MS).await;
            n_waits += 1;
        }
        let at_work = AtWork::answer(move || self.is_at_work());
        let offline = offline::keep(Rc::new(move |change| self.hear(change))).await;
        self.line.set(Some(Rc::new(Line { offline, at_work })));
        offline::follow_install_offer(move |can_install| self.can_install.set_if_new(can_install));
    }

    fn hear(self, change: Change) {
        match change {
            Change::Keeping(keeping) => self.keeping.set_if_new(keeping),
            Change::Newer if self.is_newer_ready.get_untracked() => {}
            Change::Newer => {
                self.is_newer_ready.set(true);
                spawn_local(async move {
                    loop {
                        self.look();
                        clock::sleep(LOOK_MS).await;
                    }
                });
            }
        }
    }

    fn look(self) {
        let known = self.hindrance.get_untracked();
        self.hindrance.set_if_new(next_hindrance(known, self.is_at_work()));
    }

    /// Shows the newer version, unless work is under way.
    pub fn update(self) {
        self.look();
        if self.hindrance.get_untracked() == Hindrance::Here {
            return;
        }
        spawn_local(async move {
            let Some(line) = self.line.with(Clone::clone) else { return };
            if line.at_work.is_elsewhere().await {
                return self.hindrance.set_if_new(Hindrance::Elsewhere);
            }
            self.hindrance.set_if_new(Hindrance::None);
            if let Some(offline) = &line.offline {
                offline.take_over();
            }
        });
    }

    /// Shows the browser's question whether to install the app.
    pub fn install(self) {
        spawn_local(offline::install());
    }
}

/// What another tab said stands until it is asked again.
fn next_hindrance(known: Hindrance, is_at_work: bool) -> Hindrance {
    match (is_at_work, known) {
        (true, _) => Hindrance::Here,
        (false, Hindrance::Elsewhere) => Hindrance::Elsewhere,
        (false, _) => Hindrance::None,
    }
}

pub(super) fn provide_site_version(shared: Shared, settings: Settings) {
    let version = SiteVersion {
        keeping: State::new(Keeping::default()),
        is_newer_ready: State::new(false),
        hindrance: State::new(Hindrance::default()),
        can_install: State::new(false),
        line: Held::new(None),
        shared,
        settings,
    };
    provide_context(version);
    spawn_local(version.keep());
}

/// The site's version.
pub fn use_site_version() -> SiteVersion {
    use_context().expect("`provide_app_state` in `App` provides the site's version")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(known: Hindrance, is_at_work: bool, expected: Hindrance) {
        assert_eq!(next_hindrance(known, is_at_work), expected, "{known:?} {is_at_work}");
    }

    #[test]
    fn a_newer_version_waits_for_work() {
        check(Hindrance::None, true, Hindrance::Here);
        check(Hindrance::Here, false, Hindrance::None);
        check(Hindrance::Elsewhere, true, Hindrance::Here);
        check(Hindrance::Elsewhere, false, Hindrance::Elsewhere);
        check(Hindrance::None, false, Hindrance::None);
    }
}
