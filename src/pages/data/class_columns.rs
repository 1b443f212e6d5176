//! A column for each class and one for what is left out; ratings are moved between them, by dragging them, by arrow
//! keys, or by a press on a rating and one on the column it is to go to.

use engine::dataset::{LabelId, MAX_CLASSES, MIN_CLASSES};
use leptos::ev;
use leptos::prelude::*;
use markup::view;

use super::class_head::ClassHead;
use super::mapping::MappingActions;
use crate::components::button::Button;
use crate::components::reason::why_not;
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::{ElementRef, For, Show, View};
use crate::reactive::{Callback, Derived, Held, State, follow};
use crate::services::layout;
use crate::state::format;
use crate::state::views::{LabelValueView, ScannedFile};

/// How far a pointer goes before a press is a drag, in pixels.
const DRAG_BEGINS: f64 = 5.0;
/// The attribute that says which column is under a pointer.
const COLUMN: &str = "data-column";

/// The columns of a file, and what is moved among them. Columns are counted from 0, the last is for what is left out.
#[derive(Clone, Copy)]
struct Sorting {
    file: Derived<ScannedFile>,
    actions: MappingActions,
    disabled: Derived<bool>,
    /// The column a rating is dragged over.
    over: State<Option<usize>>,
    /// The rating that was pressed, to be put elsewhere by another press.
    picked: State<Option<String>>,
    /// The rating that gets the focus when it is drawn in its new column.
    focused: Held<Option<String>>,
    said: State<String>,
}

impl Sorting {
    fn n_classes(self) -> usize {
        self.file.with(|file| file.recipe.mapping.classes.len())
    }

    fn name_of(self, column: usize) -> String {
        let name = self.file.with(|file| file.recipe.mapping.classes.get(column).cloned());
        name.unwrap_or_else(|| "left out".to_owned())
    }

    /// The ratings in a column.
    fn values(self, column: usize) -> Vec<LabelValueView> {
        self.file.with(|file| {
            let n_classes = file.recipe.mapping.classes.len();
            let is_in = |value: &&LabelValueView| column_of(value, n_classes) == column;
            file.label_values.iter().filter(is_in).cloned().collect()
        })
    }

    fn n_rows(self, column: usize) -> u64 {
        self.values(column).iter().map(|value| value.n_rows).sum()
    }

    /// Moves a rating, and says what the column holds then.
    fn put(self, value: &str, column: usize) {
        self.picked.set(None);
        let (n_classes, found) = untrack(|| {
            let found =
                self.file.with(|file| file.label_values.iter().find(|known| known.value == value).cloned());
            (self.n_classes(), found)
        });
        let Some(found) = found.filter(|found| column_of(found, n_classes) != column) else { return };
        self.focused.set(Some(value.to_owned()));
        let class = (column < n_classes).then_some(LabelId(column as u8));
        self.actions.class_of.run((value.to_owned(), class));
        let (name, n_rows) = untrack(|| (self.name_of(column), self.n_rows(column)));
        let rows = format::counted(n_rows, "row", "rows");
        self.said.set(format!("{} is in '{name}' now, which has {rows}.", found.value));
    }
}

fn column_of(value: &LabelValueView, n_classes: usize) -> usize {
    value.class.map_or(n_classes, |class| usize::from(class.0))
}

/// Where an arrow key moves a rating from `column` of `n_columns`.
fn moved(key: &str, column: usize, n_columns: usize) -> Option<usize> {
    match key {
        "ArrowLeft" => column.checked_sub(1),
        "ArrowRight" => Some(column + 1).filter(|column| *column < n_columns),
        "Home" => Some(0),
        "End" => n_columns.checked_sub(1),
        _ => None,
    }
}

/// The columns; nothing while there are no classes.
#[component]
pub fn ClassColumns(
    /// The file and what is chosen now.
    file: Derived<ScannedFile>,
    /// Takes choices.
    actions: MappingActions,
    /// Nothing can be changed now.
    disabled: Derived<bool>,
) -> View {
    let sorting = Sorting {
        file,
        actions,
        disabled,
        over: State::new(None),
        picked: State::new(None),
        focused: Held::new(None),
        said: State::new(String::new()),
    };
    let columns = move || (0..=sorting.n_classes()).collect();
    // The last column changes its number with every class.
    let key = move |column: &usize| match *column == sorting.n_classes() {
        true => "left out".to_owned(),
        false => column.to_string(),
    };
    let is_full = Derived::new(move || disabled.get() || sorting.n_classes() >= MAX_CLASSES);
    view! {
        <Show when=move || sorting.n_classes() != 0>
            <div class="stack stack--tight" role="group" aria-labelledby="classes-legend">
                <p class="field__label">
                    <span id="classes-legend">"Which rating makes which class"</span>
                    <Term word=Word::Class mark=true />
                </p>
                <p class="note note--small" id="classes-hint">
                    "Drag a rating to another class, or press it and choose where it goes; the left and right arrow keys move \
                     the one that has the focus."
                </p>
                <div class="sorter">
                    <For
                        each=columns
                        key=key
                        children=move |column: usize| match column == untrack(|| sorting.n_classes()) {
                            true => view! { <LeftOut sorting /> },
                            false => view! { <ClassColumn sorting column /> },
                        }
                    />
                </div>
                <div class="row">
                    <Button label="Add a class" on_press=move |()| actions.add.run(()) disabled=is_full />
                    <p class="note" role="status" aria-label="Last move">
                        {move || sorting.said.get()}
                    </p>
                </div>
            </div>
        </Show>
    }
}

#[component]
fn ClassColumn(sorting: Sorting, column: usize) -> View {
    let names = Derived::new(move || sorting.file.with(|file| file.recipe.mapping.classes.clone()));
    let class = LabelId(column as u8);
    let cannot_remove =
        Derived::new(move || sorting.disabled.get() || names.with(|names| names.len() <= MIN_CLASSES));
    view! {
        <Column sorting column=Derived::from(column)>
            <ClassHead
                part="mapping"
                place=column
                names
                on_rename=Callback::new(move |name| sorting.actions.rename.run((class, name)))
                on_remove=Callback::new(move |()| sorting.actions.remove.run(class))
                disabled=sorting.disabled
                cannot_remove
            />
        </Column>
    }
}

#[component]
fn LeftOut(sorting: Sorting) -> View {
    let column = Derived::new(move || sorting.n_classes());
    view! {
        <Column sorting column>
            <p class="sorter__title">"Left out"</p>
            <p class="note note--small">"Rows with these ratings are ignored."</p>
        </Column>
    }
}

/// What all columns have: counts, ratings, and a place to drop one.
#[component]
fn Column(sorting: Sorting, column: Derived<usize>, children: crate::markup::Children) -> View {
    let n_rows = Derived::new(move || sorting.n_rows(column.get()));
    let rows = move || format::counted(n_rows.get(), "row", "rows");
    let label = move || format!("{}: {}", sorting.name_of(column.get()), rows());
    let ratings = move || sorting.values(column.get());
    let is_over = move || sorting.over.get() == Some(column.get());
    let put = View::live(move || {
        let picked = sorting.picked.get()?;
        let is_here = sorting.values(column.get()).iter().any(|value| value.value == picked);
        let label = format!("Put {picked} here");
        let name = format!("{label}: {}", sorting.name_of(column.get()));
        (!is_here).then(|| {
            view! {
                <button
                    type="button"
                    class="btn btn--small"
                    aria-label=name
                    on:click=move |_| sorting.put(&picked, column.get_untracked())
                >
                    {label}
                </button>
            }
        })
    });
    view! {
        <div
            class="sorter__column"
            class:sorter__column--over=is_over
            role="group"
            aria-label=label
            data-column=move || column.get().to_string()
        >
            {children()}
            <p class="note">{rows}</p>
            <ul class="sorter__ratings">
                <For
                    each=ratings
                    key=|value: &LabelValueView| format!("{} {}", value.n_rows, value.value)
                    children=move |value: LabelValueView| view! { <Rating sorting value column /> }
                />
            </ul>
            {put}
        </div>
    }
}

/// Where a press on a rating began, and whether it has become a drag.
#[derive(Clone, Copy)]
struct Press {
    from: (f64, f64),
    is_drag: bool,
}

/// A rating that can be moved.
#[component]
fn Rating(sorting: Sorting, value: LabelValueView, column: Derived<usize>) -> View {
    let LabelValueView { value, n_rows, .. } = value;
    let name = Held::new(value.clone());
    let element = ElementRef::new(None);
    let by: State<Option<(f64, f64)>> = State::new(None);
    let press: Held<Option<Press>> = Held::new(None);
    // A drag ends in a click, too, which picks nothing.
    let was_dragged = Held::new(false);
    follow(move || {
        let Some(element) = element.get() else { return };
        if sorting.focused.with(|focused| focused.as_ref() == Some(&name.get())) {
            sorting.focused.set(None);
            // One that is disabled by now does without.
            element.focus().ok();
        }
    });
    let begin = move |event: ev::PointerEvent| {
        if event.button() != 0 || sorting.disabled.get_untracked() {
            return;
        }
        if let Some(element) = element.get_untracked() {
            // Without it a drag ends where the pointer leaves the rating.
            element.set_pointer_capture(event.pointer_id()).ok();
        }
        was_dragged.set(false);
        press.set(Some(Press { from: at(&event), is_drag: false }));
    };
    let drag = move |event: ev::PointerEvent| {
        let Some(Press { from, is_drag }) = press.get() else { return };
        let (x, y) = at(&event);
        let gone = (x - from.0, y - from.1);
        if is_drag || gone.0.hypot(gone.1) >= DRAG_BEGINS {
            press.set(Some(Press { from, is_drag: true }));
            by.set(Some(gone));
            sorting.over.set_if_new(column_at((x, y)));
        }
    };
    let end = move |is_dropped: bool| {
        let pressed = press.get();
        press.set(None);
        by.set(None);
        let over = sorting.over.get_untracked();
        sorting.over.set_if_new(None);
        if pressed.is_some_and(|press| press.is_drag) {
            was_dragged.set(true);
            if let Some(column) = over.filter(|_| is_dropped) {
                sorting.put(&name.get(), column);
            }
        }
    };
    let step = move |event: ev::KeyboardEvent| {
        let n_columns = untrack(|| sorting.n_classes()) + 1;
        if let Some(column) = moved(&event.key(), column.get_untracked(), n_columns) {
            event.prevent_default();
            sorting.put(&name.get(), column);
        }
    };
    let is_picked = Derived::new(move || sorting.picked.with(|picked| picked.as_ref() == Some(&name.get())));
    let pick = move |_| match was_dragged.get() || is_picked.get_untracked() {
        true => sorting.picked.set(None),
        false => sorting.picked.set(Some(name.get())),
    };
    let shift = move || by.get().map(|(x, y)| format!("translate({x:.0}px, {y:.0}px)"));
    view! {
        <li>
            <button
                type="button"
                class="sorter__rating"
                class:sorter__rating--dragged=move || by.with(Option::is_some)
                aria-pressed=move || is_picked.get().to_string()
                aria-describedby="classes-hint"
                title=why_not(sorting.disabled)
                prop:disabled=move || sorting.disabled.get()
                style:transform=shift
                node_ref=element
                on:pointerdown=begin
                on:pointermove=drag
                on:pointerup=move |_| end(true)
                on:pointercancel=move |_| end(false)
                on:keydown=step
                on:click=pick
            >
                <strong>{value}</strong>
                " "
                <span class="sorter__rows">{format::counted(n_rows, "row", "rows")}</span>
            </button>
        </li>
    }
}

fn at(event: &ev::PointerEvent) -> (f64, f64) {
    (f64::from(event.client_x()), f64::from(event.client_y()))
}

fn column_at(at: (f64, f64)) -> Option<usize> {
    layout::attribute_at(at, COLUMN)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_move_a_rating_and_stop_at_the_ends() {
        for (key, column, expected) in [
            ("ArrowRight", 0, Some(1)),
            ("ArrowRight", 2, None),
            ("ArrowLeft", 2, Some(1)),
            ("ArrowLeft", 0, None),
            ("Home", 2, Some(0)),
            ("End", 0, Some(2)),
            ("Enter", 0, None),
        ] {
            assert_eq!(moved(key, column, 3), expected, "{key} at {column}");
        }
    }
}
