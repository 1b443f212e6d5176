//! How a file is read: its encoding, what parts its columns, and whether the first row names them.

use engine::table::{Encoding, TableFormat};
use leptos::prelude::*;
use markup::view;

use crate::components::field::{SelectField, Switch};
use crate::glossary::Word;
use crate::markup::View;
use crate::reactive::{Callback, Derived};
use crate::state::lab::Lab;
use crate::state::views::ScannedFile;

const ENCODINGS: [(Encoding, &str); 4] = [
    (Encoding::Utf8, "UTF-8"),
    (Encoding::Utf16Le, "UTF-16"),
    (Encoding::Utf16Be, "UTF-16, high byte first"),
    (Encoding::Windows1252, "Windows-1252"),
];
const DELIMITERS: [(char, &str); 4] = [(',', "comma"), (';', "semicolon"), ('\t', "tab"), ('|', "pipe")];

/// What was found, to be overruled; the file is looked through again at once.
#[component]
pub fn FileFormat(
    /// Whose import.
    lab: Lab,
    /// The file and what is chosen now.
    file: Derived<ScannedFile>,
    /// Nothing can be changed now.
    disabled: Derived<bool>,
) -> View {
    let format = Derived::new(move || file.with(|file| file.recipe.format.clone()));
    let place_of_encoding = move || {
        let encoding = format.with(|format| format.encoding);
        ENCODINGS.iter().position(|(known, _)| *known == encoding).unwrap_or(0).to_string()
    };
    let place_of_delimiter = move || {
        let delimiter = format.with(|format| format.delimiter);
        DELIMITERS.iter().position(|(known, _)| *known == delimiter).unwrap_or(0).to_string()
    };
    let choose_encoding = move |place: String| {
        if let Some((encoding, _)) = chosen(&ENCODINGS, &place) {
            lab.set_format(|format: &mut TableFormat| format.encoding = encoding);
        }
    };
    let choose_delimiter = move |place: String| {
        if let Some((delimiter, _)) = chosen(&DELIMITERS, &place) {
            lab.set_format(|format: &mut TableFormat| format.delimiter = delimiter);
        }
    };
    let busy = Derived::new(move || file.with(|file| file.is_rescanning));
    view! {
        <div class="fields fields--wide">
            <SelectField
                id="encoding"
                label="Encoding"
                options=names(&ENCODINGS)
                value=Derived::new(place_of_encoding)
                on_choose=Callback::new(choose_encoding)
                word=Some(Word::Encoding)
                disabled
            />
            <SelectField
                id="delimiter"
                label="Columns are parted by"
                options=names(&DELIMITERS)
                value=Derived::new(place_of_delimiter)
                on_choose=Callback::new(choose_delimiter)
                word=Some(Word::Delimiter)
                disabled
            />
        </div>
        <div class="row">
            <Switch
                label="The first row names the columns"
                on=Derived::new(move || format.with(|format| format.has_header))
                on_change=move |has_header: bool| {
                    lab.set_format(|format: &mut TableFormat| format.has_header = has_header)
                }
                disabled
            />
            <span class="note" role="status">
                {move || busy.get().then_some("Looking through the file again …")}
            </span>
        </div>
    }
}

/// Value and shown text of each.
fn names<T>(all: &[(T, &'static str)]) -> Vec<(String, String)> {
    all.iter().enumerate().map(|(place, (_, name))| (place.to_string(), (*name).to_owned())).collect()
}

fn chosen<T: Copy>(all: &[(T, &'static str)], place: &str) -> Option<(T, &'static str)> {
    all.get(place.parse::<usize>().ok()?).copied()
}
