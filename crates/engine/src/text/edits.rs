//! Changes to a text as data: where they stand and what takes their place. A cleaning step that is written as
//! edits is applied to plain texts and to traced ones by the same list.

use std::borrow::Cow;
use std::ops::Range;

/// A stretch of bytes and what takes its place. An empty stretch takes in something new.
pub(super) type Edit = (Range<usize>, Cow<'static, str>);

/// Writes the edited text over `edited`. Edits ascend and do not overlap.
pub(super) fn apply(text: &str, edits: &[Edit], edited: &mut String) {
    edited.clear();
    let mut kept_to = 0;
    for (range, with) in edits {
        edited.push_str(&text[kept_to..range.start]);
        edited.push_str(with);
        kept_to = range.end;
    }
    edited.push_str(&text[kept_to..]);
}
