//! Why a control cannot be used now, where the reason is this tab's: told by its title, which is also its description.

use crate::markup::{IntoValue as _, Value};
use crate::reactive::Derived;
use crate::state::tab::use_tab;

/// Why a control of a reading tab cannot be used.
const READER_REASON: &str = "Another tab does the writing: choose 'Take over here' first.";

/// The title of a control that is `disabled`; none while it can be used.
pub fn why_not(disabled: Derived<bool>) -> Value {
    titled(disabled, None)
}

/// The same of a control that has a title otherwise.
pub fn why_not_or(disabled: Derived<bool>, otherwise: &'static str) -> Value {
    titled(disabled, Some(otherwise))
}

/// The reason itself, for what has its own way to tell it; none while it can be used.
pub fn why_fixed(disabled: Derived<bool>) -> Derived<Option<&'static str>> {
    let tab = use_tab();
    Derived::new(move || (disabled.get() && tab.is_reader()).then_some(READER_REASON))
}

fn titled(disabled: Derived<bool>, otherwise: Option<&'static str>) -> Value {
    let tab = use_tab();
    (move || if disabled.get() && tab.is_reader() { Some(READER_REASON) } else { otherwise }).into_value()
}
