//! What a person set on this device, in local storage: theme and name.
//!
//! Local storage may be switched off; then settings last until the page is closed.

use gloo_storage::{LocalStorage, Storage as _};
use json::{FromJson, ToJson};

/// Key of the theme; `assets/boot.js` reads it before the first paint.
const THEME_KEY: &str = "reviewlab.theme";
/// Key of the person's name.
const NAME_KEY: &str = "reviewlab.name";
/// Set once there is something to come back to; `assets/boot.js` then paints no first visit.
const RETURNING_KEY: &str = "reviewlab.returning";
/// Key of reviews that are typed and not yet used.
const TYPED_KEY: &str = "reviewlab.typed";
/// Key of rows that are typed for datasets and not yet added.
const ADDED_KEY: &str = "reviewlab.added";
/// Key of what is kept of predictions.
const KEEP_KEY: &str = "reviewlab.keep-predictions";
/// Most of either that is kept, in bytes: local storage takes 5 MB of UTF-16.
const MAX_TYPED_KEPT: usize = 1 << 20;
/// Longest name, in characters.
pub const MAX_YOUR_NAME: usize = 60;
/// The name until another is given.
pub const DEFAULT_NAME: &str = "me";

/// Light, dark, or whatever the device says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the device.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// All, in the order they are offered.
    pub const ALL: [Theme; 3] = [Self::System, Self::Light, Self::Dark];

    /// As stored and as in `data-theme`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// Back from `as_str`; anything else is the device's.
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|theme| theme.as_str() == word).unwrap_or_default()
    }
}

/// The stored theme.
pub fn theme() -> Theme {
    read(THEME_KEY).map(|word: String| Theme::from_word(&word)).unwrap_or_default()
}

/// Whether the browser lets this site use local storage; gloo panics where it does not.
fn has_storage() -> bool {
    web_sys::window().is_some_and(|window| matches!(window.local_storage(), Ok(Some(_))))
}

// The values are JSON, as gloo's own `get` and `set` have them; those bring a second parser along.

fn read<T: FromJson>(key: &str) -> Option<T> {
    let text = if has_storage() { LocalStorage::raw().get_item(key).ok().flatten() } else { None };
    json::from_str(&text?).ok()
}

fn write<T: ToJson + ?Sized>(key: &str, value: &T) {
    if has_storage() {
        // A full storage leaves the choice to this page's life.
        LocalStorage::raw().set_item(key, &json::to_string(value)).ok();
    }
}

/// Stores the theme and shows it at once.
pub fn set_theme(theme: Theme) {
    write(THEME_KEY, theme.as_str());
    show_theme(theme);
}

/// Puts the theme on the document, where the style sheets look for it.
fn show_theme(theme: Theme) {
    let root =
        web_sys::window().and_then(|window| window.document()).and_then(|page| page.document_element());
    if let Some(root) = root {
        let shown = match theme {
            Theme::System => root.remove_attribute("data-theme"),
            Theme::Light | Theme::Dark => root.set_attribute("data-theme", theme.as_str()),
        };
        shown.expect("`data-theme` is a valid attribute name");
    }
}

/// The person's name, for history and owner tags.
pub fn your_name() -> String {
    read(NAME_KEY).map_or_else(|| DEFAULT_NAME.to_owned(), |name: String| clean_name(&name))
}

/// Stores the name, trimmed and cut to `MAX_YOUR_NAME`; an empty one is `me` again. Returns what is kept.
pub fn set_your_name(name: &str) -> String {
    let name = clean_name(name);
    write(NAME_KEY, &name);
    name
}

fn clean_name(name: &str) -> String {
    let kept: String = name.trim().chars().filter(|c| !c.is_control()).take(MAX_YOUR_NAME).collect();
    if kept.is_empty() { DEFAULT_NAME.to_owned() } else { kept }
}

/// Remembers that there is something to come back to.
pub fn set_returning() {
    // Where it is refused, the next visit begins with the first visit's shell for a moment.
    write(RETURNING_KEY, &true);
}

/// Whether there was data here when the page was opened.
pub fn is_returning() -> bool {
    read(RETURNING_KEY).unwrap_or(false)
}

/// What was typed and not yet used, as JSON.
pub fn typed<T: FromJson>() -> Option<T> {
    read(TYPED_KEY)
}

/// Keeps what is typed, of `n_bytes`; whether it could be.
pub fn set_typed<T: ToJson>(typed: &T, n_bytes: usize) -> bool {
    keep_text(TYPED_KEY, &json::to_string(typed), n_bytes)
}

/// Rows that are typed for datasets and not yet added, as JSON.
pub fn added<T: FromJson>() -> Option<T> {
    read(ADDED_KEY)
}

/// Keeps them, of `n_bytes`; whether they could be.
pub fn set_added<T: ToJson>(added: &T, n_bytes: usize) -> bool {
    keep_text(ADDED_KEY, &json::to_string(added), n_bytes)
}

/// Keeps a text of at most `MAX_TYPED_KEPT`. One that is longer, or for which there is no room, leaves nothing older in
/// its place that would come back as if it were the last.
fn keep_text(key: &str, text: &str, n_bytes: usize) -> bool {
    if !has_storage() {
        return false;
    }
    let storage = LocalStorage::raw();
    let is_kept = n_bytes <= MAX_TYPED_KEPT && storage.set_item(key, text).is_ok();
    if !is_kept {
        // Where it cannot be taken out either, it stays until the next change.
        storage.remove_item(key).ok();
    }
    is_kept
}

/// What is to be kept of predictions, where that was chosen.
pub fn keep_predictions<T: FromJson>() -> Option<T> {
    read(KEEP_KEY)
}

/// Keeps that choice.
pub fn set_keep_predictions<T: ToJson>(choice: &T) {
    write(KEEP_KEY, choice);
}

/// Forgets all settings.
pub fn erase() {
    if has_storage() {
        LocalStorage::clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_never_empty_nor_endless() {
        assert_eq!(clean_name("  Asha \n"), "Asha");
        assert_eq!(clean_name(" \t"), "me");
        assert_eq!(clean_name(&"x".repeat(500)).len(), MAX_YOUR_NAME);
    }

    #[test]
    fn themes_are_found_again_by_their_word() {
        for theme in Theme::ALL {
            assert_eq!(Theme::from_word(theme.as_str()), theme);
        }
        assert_eq!(Theme::from_word("purple"), Theme::System);
    }
}
