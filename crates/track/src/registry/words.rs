//! Names and texts that a person types: each as it is kept, or one sentence why it cannot be.
//!
//! Names of aliases and tags follow MLflow's rules, so that all of it can be taken there.

use super::refusal::{MAX_MODEL_NAME, RegistryError};

/// Longest alias, in characters; MLflow's bound.
pub const MAX_ALIAS: usize = 255;
/// Longest name of a tag, in characters; MLflow's bound.
pub const MAX_TAG_KEY: usize = 250;
/// Longest value of a tag, in characters; MLflow's bound.
pub const MAX_TAG_VALUE: usize = 5_000;
/// Longest description, in characters; MLflow's bound.
pub const MAX_DESCRIPTION: usize = 5_000;
/// Longest reason for a change, in characters.
pub const MAX_WHY: usize = 1_000;
/// The alias that means the newest version, which nobody can set.
pub(super) const LATEST: &str = "latest";

pub(super) fn checked_name(name: &str) -> Result<String, RegistryError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(RegistryError::EmptyName);
    }
    if let Some(found) = name.chars().find(|c| matches!(c, '/' | ':' | '@') || c.is_control()) {
        return Err(RegistryError::BadCharacter { found });
    }
    if matches!(name, "." | "..") {
        return Err(RegistryError::ReservedName { name: name.to_owned() });
    }
    let n_chars = name.chars().count();
    if n_chars > MAX_MODEL_NAME {
        return Err(RegistryError::LongName { n_chars });
    }
    Ok(name.to_owned())
}

/// MLflow 3.17: `[\w\-]+`, not `latest` in any case, not `v` with digits.
pub(super) fn checked_alias(alias: &str) -> Result<String, RegistryError> {
    let alias = alias.trim();
    if alias.is_empty() {
        return Err(RegistryError::EmptyAlias);
    }
    if let Some(found) = alias.chars().find(|c| !(is_word(*c) || *c == '-')) {
        return Err(RegistryError::BadAlias { found });
    }
    let digits = alias.strip_prefix(['v', 'V']).unwrap_or_default();
    let is_version = !digits.is_empty() && digits.chars().all(char::is_numeric);
    if is_version || alias.eq_ignore_ascii_case(LATEST) {
        return Err(RegistryError::ReservedAlias { alias: alias.to_owned() });
    }
    bounded("an alias", alias, MAX_ALIAS)
}

/// MLflow 3.17: `[/\w.\- ]*`, and no part that means another as a path.
pub(super) fn checked_tag(key: &str) -> Result<String, RegistryError> {
    let key = key.trim();
    let is_taken = |c: char| is_word(c) || matches!(c, '/' | '.' | '-' | ' ');
    let is_part = |part: &str| !matches!(part, "" | "." | "..");
    if !key.chars().all(is_taken) || !key.split('/').all(is_part) {
        return Err(RegistryError::BadTag { key: key.to_owned() });
    }
    bounded("a tag's name", key, MAX_TAG_KEY)
}

/// Python's `\w`.
fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

pub(super) fn bounded(what: &'static str, text: &str, max: usize) -> Result<String, RegistryError> {
    let n_chars = text.chars().count();
    if n_chars > max { Err(RegistryError::LongText { what, max, n_chars }) } else { Ok(text.to_owned()) }
}

pub(super) fn confirmed(name: &str, typed: &str) -> Result<(), RegistryError> {
    let is_same = typed.trim() == name;
    if is_same { Ok(()) } else { Err(RegistryError::NotConfirmed { expected: name.to_owned() }) }
}
