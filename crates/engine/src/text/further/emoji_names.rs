//! Emoji in a text, and their English names instead: `👍🏽` becomes ` thumbs_up `.
//!
//! Names are those of Python's `emoji` 2.16.0 (Unicode CLDR's), as `emoji.demojize(text, delimiters=(" ", " "))`
//! gives them, without the skin tone: `thumbs_up`, not `thumbs_up_medium_skin_tone`. Variation selectors and
//! joiners go, as where emoji are removed. The names need the engine's feature `emoji-names` (38 KB, 16 KB
//! compressed).

#[cfg(feature = "emoji-names")]
use rustc_hash::FxHashMap;

#[cfg(feature = "emoji-names")]
use super::removals;
use crate::text::CleanError;
use crate::text::edits::Edit;
#[cfg(feature = "emoji-names")]
use crate::text::emoji::{may_hold_emoji, scan};

/// Emoji without skin tones and variation selectors, and their names; one a line, a space between. Made from
/// `emoji.EMOJI_DATA`, whose names are stripped of `_…_skin_tone`.
#[cfg(feature = "emoji-names")]
static NAMES: &str = include_str!("emoji_names.txt");

/// Names by emoji.
#[derive(Clone, Debug)]
pub(in crate::text) struct EmojiNames {
    #[cfg(feature = "emoji-names")]
    names: FxHashMap<&'static str, &'static str>,
}

#[cfg(feature = "emoji-names")]
impl EmojiNames {
    /// All of them. By itself: their table is to lie where nothing but this step is.
    #[inline(never)]
    pub(super) fn new() -> Result<Self, CleanError> {
        Ok(Self { names: NAMES.lines().filter_map(|line| line.split_once(' ')).collect() })
    }

    /// The name of an emoji; none for a skin tone that stands alone.
    fn name(&self, emoji: &[char]) -> Option<&'static str> {
        let is_said = |c: &&char| !matches!(c, '\u{1f3fb}'..='\u{1f3ff}' | '\u{fe0f}');
        let bare: String = emoji.iter().filter(is_said).collect();
        self.names.get(bare.as_str()).copied()
    }

    /// Each emoji and its name between two spaces; what else goes with emoji goes too.
    pub(super) fn edits(&self, text: &str) -> Vec<Edit> {
        if !may_hold_emoji(text) {
            return Vec::new();
        }
        let (mut places, chars): (Vec<usize>, Vec<char>) = text.char_indices().unzip();
        places.push(text.len());
        let found = scan(&chars);
        let mut is_emoji = vec![false; chars.len()];
        let mut edits: Vec<Edit> = Vec::new();
        for range in found.emoji {
            is_emoji[range.clone()].fill(true);
            let with = self.name(&chars[range.clone()]).map_or_else(String::new, |name| format!(" {name} "));
            edits.push((places[range.start]..places[range.end], with.into()));
        }
        let stray = (0..chars.len()).filter(|&place| !found.kept[place] && !is_emoji[place]);
        edits.extend(removals(stray.map(|place| places[place]..places[place + 1])));
        edits.sort_by_key(|(range, _)| range.start);
        edits
    }
}

#[cfg(not(feature = "emoji-names"))]
impl EmojiNames {
    /// Names the step that this build lacks.
    pub(super) fn new() -> Result<Self, CleanError> {
        Err(CleanError::NotInThisBuild { step: "emoji_to_words" })
    }

    /// There are no names, so there is no such step.
    pub(super) fn edits(&self, _: &str) -> Vec<Edit> {
        Vec::new()
    }
}
