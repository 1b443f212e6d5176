//! The model registry: an append-only history, and the models and versions it adds up to.
//!
//! In: events, each saying who changed what, when and why. Out: what stands now or stood on any day
//! (`Registry`), the events of one model, and the change that a wish comes to, or why it may not be.
//! Nothing is edited: going back is one more event.

mod change;
mod model;
mod fold;
mod refusal;
mod words;
mod rules;
mod history;
mod uri;

pub use change::{RegistryChange, RegistryEvent, Stage};
pub use fold::Registry;
pub use history::{Period, history_of, periods_in, roll_back};
pub use model::{CHALLENGER, CHAMPION, ModelVersion, Opponent, Reference, RegisteredModel, Rule};
pub use refusal::{MAX_EVENTS, MAX_MODEL_NAME, RegistryError};
pub use uri::{ModelUri, Resolved, UriError};
pub use words::{MAX_ALIAS, MAX_DESCRIPTION, MAX_TAG_KEY, MAX_TAG_VALUE, MAX_WHY};
