//! Which column is what, and which rating makes which class.

use engine::dataset::LabelId;
use leptos::prelude::*;
use markup::view;

use super::class_columns::ClassColumns;
use super::columns::Roles;
use super::file_format::FileFormat;
use crate::components::card::Card;
use crate::components::field::Switch;
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::View;
use crate::reactive::{Callback, Derived};
use crate::state::format;
use crate::state::lab::{Import, Lab};
use crate::state::tab::use_tab;
use crate::state::views::ScannedFile;

/// What the person can choose; each callback takes the new choice.
#[derive(Clone, Copy)]
pub struct MappingActions {
    /// NA-like cells are kept or not.
    pub keep_missing: Callback<bool>,
    /// Another class, or none, for a value.
    pub class_of: Callback<(String, Option<LabelId>)>,
    /// Another class.
    pub add: Callback<()>,
    /// A class less.
    pub remove: Callback<LabelId>,
    /// Another name for a class.
    pub rename: Callback<(LabelId, String)>,
}

/// The choices about a file.
#[component]
pub fn Mapping(
    /// Whose import.
    lab: Lab,
    /// The file and what is chosen now.
    file: Derived<ScannedFile>,
    /// Takes choices.
    actions: MappingActions,
    /// Nothing can be changed now.
    disabled: Derived<bool>,
) -> View {
    // Another format can be chosen while the file is looked through by one.
    let tab = use_tab();
    let is_read = Derived::new(move || {
        tab.is_reader() || lab.import.with(|import| matches!(import, Import::Reading { .. }))
    });
    let missing = move || {
        let n_missing = file.with(|file| file.n_missing);
        format!(
            "Keep {} that read as missing (NA, None, null …)",
            format::counted(n_missing, "cell", "cells")
        )
    };
    let proposal = Derived::new(move || file.with(|file| file.label_note.clone()));
    let note = move || proposal.get().map(|words| view! { <p class="note" role="note">{words}</p> });
    view! {
        <Card title="Columns and classes">
            <div class="stack">
                <FileFormat lab file disabled=is_read />
                <Roles lab file disabled />
                {note}
                <ClassColumns file actions disabled />
                <div class="row">
                    <Switch
                        label=Derived::new(missing)
                        on=Derived::new(move || file.with(|file| file.recipe.keep_missing))
                        on_change=actions.keep_missing
                        disabled
                    />
                    <Term word=Word::MissingCell mark=true />
                </div>
            </div>
        </Card>
    }
}
