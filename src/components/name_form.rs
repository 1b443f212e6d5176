//! One line to type and the button beside it that takes what was typed.

use leptos::prelude::*;
use markup::view;

use super::button::{Button, Emphasis};
use super::field::TextField;
use crate::glossary::Word;
use crate::markup::View;
use crate::reactive::{Callback, Derived};

/// A field for a name, and its button. What stands in the field is the caller's: it stays until the name is stored.
#[component]
pub fn NameForm(
    /// The field's id.
    #[prop(into)]
    id: String,
    /// What the field is called.
    #[prop(into)]
    label: String,
    /// What stands in it.
    #[prop(into)]
    value: Derived<String>,
    /// Takes what was typed.
    #[prop(into)]
    on_type: Callback<String>,
    /// The word to explain.
    #[prop(optional_no_strip)]
    word: Option<Word>,
    /// The field cannot be changed now.
    #[prop(optional, into)]
    fixed: Derived<bool>,
    /// What the button does, in two or three words.
    #[prop(into)]
    action: String,
    /// Does it.
    #[prop(into)]
    on_press: Callback<()>,
    /// How much the button asks for attention.
    #[prop(optional)]
    emphasis: Emphasis,
    /// The button cannot be pressed now.
    #[prop(optional, into)]
    disabled: Derived<bool>,
) -> View {
    view! {
        <div class="register">
            <div class="register__name">
                <TextField id label value on_type word disabled=fixed />
            </div>
            <Button label=action on_press emphasis disabled />
        </div>
    }
}
