//! The project file, followed: read again whenever it is replaced. In: a path. Out: the newest models that could be
//! read, and what is wrong with the file now. Never: a model lost to a file that cannot be read.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use track::id::Millis;

use super::announce::{Announcer, Happening};
use super::bounds::FOLLOW_TIME;
use super::home::Home;
use crate::clock;
use crate::failure::Failure;
use crate::project::Signature;

/// A project file and the models last read from it.
pub struct Followed {
    path: PathBuf,
    announcer: Announcer,
    state: RwLock<State>,
}

/// What stands now.
#[derive(Clone, Default)]
pub struct State {
    /// The models; none while there was no file yet.
    pub home: Option<Arc<Home>>,
    /// What is wrong with the file as it is now.
    pub fault: Option<String>,
    /// When the models were read.
    pub loaded: Option<Millis>,
    /// How often models were read.
    pub n_loads: u64,
    /// How often a file could not be read.
    pub n_faults: u64,
    seen: Option<Signature>,
}

impl Followed {
    /// Reads the file for the first time. One that is not there yet is waited for.
    ///
    /// # Errors
    /// Where it is there and cannot be used.
    pub fn begin(path: &Path, announcer: Announcer) -> Result<Self, Failure> {
        let followed = Self { path: path.to_path_buf(), announcer, state: RwLock::default() };
        let seen = Signature::of(path);
        if seen.is_some() {
            followed.take(Home::load(path)?, seen);
        } else {
            let fault =
                format!("{}: there is no such file yet, and it is read as soon as there is.", path.display());
            followed.refuse(fault, seen);
        }
        Ok(followed)
    }

    /// What stands now.
    pub fn state(&self) -> State {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The models; none while there was no file yet.
    pub fn home(&self) -> Option<Arc<Home>> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).home.clone()
    }

    /// Looks at the file again and again.
    pub async fn follow(self: Arc<Self>) {
        loop {
            tokio::time::sleep(FOLLOW_TIME).await;
            let own = Arc::clone(&self);
            // A fault in it has ended the program.
            let _ = tokio::task::spawn_blocking(move || own.look()).await;
        }
    }

    fn look(&self) {
        let seen = Signature::of(&self.path);
        if seen == self.state().seen {
            return;
        }
        if seen.is_none() {
            return self.refuse(format!("{}: the file is gone.", self.path.display()), seen);
        }
        let read = Home::load(&self.path);
        if Signature::of(&self.path) != seen {
            // It changed while it was read: the next look sees the whole.
            return;
        }
        match read {
            Ok(home) => self.take(home, seen),
            Err(Failure::Wrong(sentence) | Failure::Fault(sentence)) => self.refuse(sentence, seen),
        }
    }

    fn take(&self, home: Home, seen: Option<Signature>) {
        let model = home.answering();
        self.change(|state| {
            state.home = Some(Arc::new(home));
            (state.fault, state.loaded, state.seen) = (None, Some(clock::now()), seen);
            state.n_loads += 1;
        });
        // A log that nobody can read is no reason to stop answering.
        let _ = self.announcer.say(&Happening::Loaded { model });
    }

    fn refuse(&self, fault: String, seen: Option<Signature>) {
        let _ = self.announcer.say(&Happening::Unreadable { fault: &fault });
        self.change(|state| {
            (state.fault, state.seen) = (Some(fault), seen);
            state.n_faults += 1;
        });
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
    }
}
