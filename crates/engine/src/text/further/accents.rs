//! Letters without their accents, as scikit-learn's `strip_accents="unicode"`: characters are decomposed (NFKD)
//! and combining ones dropped, so `é` becomes `e` and `ﬁ` becomes `fi`.
//!
//! The tables are those of the crate `unicode-normalization`, behind the engine's feature `accents`.

#[cfg(feature = "accents")]
use unicode_normalization::char::{canonical_combining_class, decompose_compatible};

use crate::text::CleanError;
use crate::text::edits::Edit;

/// Whether this build has the tables.
#[cfg(feature = "accents")]
pub(super) fn check() -> Result<(), CleanError> {
    Ok(())
}

/// Names the step that this build lacks.
#[cfg(not(feature = "accents"))]
pub(super) fn check() -> Result<(), CleanError> {
    Err(CleanError::NotInThisBuild { step: "strip_accents" })
}

/// Each character that is more than a plain one, and what is left of it.
#[cfg(feature = "accents")]
pub(super) fn edits(text: &str) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    for (start, c) in text.char_indices().filter(|(_, c)| !c.is_ascii()) {
        let mut left = String::new();
        decompose_compatible(c, |part| {
            if canonical_combining_class(part) == 0 {
                left.push(part);
            }
        });
        let range = start..start + c.len_utf8();
        if left != text[range.clone()] {
            edits.push((range, left.into()));
        }
    }
    edits
}

/// `check` refuses the step.
#[cfg(not(feature = "accents"))]
pub(super) fn edits(_: &str) -> Vec<Edit> {
    Vec::new()
}
