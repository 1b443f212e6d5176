//! Which column is what, and which rating makes which class.

use engine::dataset::LabelId;
use leptos::prelude::*;
use markup::view;

use super::columns::Roles;
use super::file_format::FileFormat;
use crate::components::card::Card;
use crate::components::field::{SelectField, Switch};
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::{For, View};
use crate::reactive::{Callback, Derived};
use crate::state::format;
use crate::state::lab::{Import, Lab};
use crate::state::tab::use_tab;
use crate::state::views::{LabelValueView, ScannedFile};

/// The value of a class select that leaves a rating out.
const LEFT_OUT: &str = "";

/// What the person can choose; each callback takes the new choice.
#[derive(Clone, Copy)]
pub struct MappingActions {
    /// NA-like cells are kept or not.
    pub keep_missing: Callback<bool>,
    /// Another class, or none, for a value.
    pub class_of: Callback<(String, Option<LabelId>)>,
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
    view! {
        <Card title="Columns and classes">
            <div class="stack">
                <FileFormat lab file disabled=is_read />
                <Roles lab file disabled />
                <Classes file choose=actions.class_of disabled />
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

/// A select for every value of the rating column.
#[component]
fn Classes(
    file: Derived<ScannedFile>,
    choose: Callback<(String, Option<LabelId>)>,
    disabled: Derived<bool>,
) -> View {
    let options = Derived::new(move || {
        file.with(|file| {
            let class = |(index, name): (usize, &String)| (index.to_string(), name.clone());
            let left_out = (LEFT_OUT.to_owned(), "left out".to_owned());
            file.recipe.mapping.classes.iter().enumerate().map(class).chain([left_out]).collect::<Vec<_>>()
        })
    });
    let one = move |value: LabelValueView| {
        let name = value.value.clone();
        let class_now = {
            let name = name.clone();
            Derived::new(move || {
                let class_of = |values: &Vec<LabelValueView>| {
                    values.iter().find(|value| value.value == name).and_then(|value| value.class)
                };
                let class = file.with(|file| class_of(&file.label_values));
                class.map_or_else(|| LEFT_OUT.to_owned(), |class| class.0.to_string())
            })
        };
        let label = format!("{} ({})", value.value, format::whole(value.n_rows));
        let taken = {
            let name = name.clone();
            move |key: String| choose.run((name.clone(), key.parse().ok().map(LabelId)))
        };
        view! {
            <SelectField
                id=format!("class-of-{name}")
                label
                options=options
                value=class_now
                on_choose=taken
                word=None
                disabled
            />
        }
    };
    view! {
        <div class="stack stack--tight" role="group" aria-labelledby="classes-legend">
            <p class="field__label">
                <span id="classes-legend">"Which rating makes which class"</span>
                <Term word=Word::Class mark=true />
            </p>
            <div class="mapping">
                <For
                    each=move || file.with(|file| file.label_values.clone())
                    key=|value| format!("{} {}", value.n_rows, value.value)
                    children=one
                />
            </div>
        </div>
    }
}
