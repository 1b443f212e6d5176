//! The tasks of a flow as a picture: a row a level, lines to what comes after, each in the colour of its state.

use std::fmt::Write as _;

use flow::levels;
use markup::view;
use track::flow::{FlowDefinition, StateType};

use super::ink;
use crate::markup::View;

/// A task's box, and the space around it, in pixels.
const BOX: (f64, f64) = (176.0, 36.0);
const GAP: (f64, f64) = (14.0, 22.0);
/// Most letters of a name that fit.
const MAX_LETTERS: usize = 22;

/// The picture; `state_of` says how a task stands, where it was begun.
pub fn graph(flow: &FlowDefinition, state_of: impl Fn(&str) -> Option<(StateType, String)>) -> View {
    let Ok(levels) = levels(flow) else {
        return view! { <p class="note">"These tasks have no order."</p> };
    };
    let most = levels.iter().map(Vec::len).max().unwrap_or(1);
    let (width, height) =
        (most as f64 * (BOX.0 + GAP.0) + GAP.0, levels.len() as f64 * (BOX.1 + GAP.1) + GAP.1);
    let mut places = vec![(0.0, 0.0); flow.tasks.len()];
    for (row, level) in levels.iter().enumerate() {
        let left = (width - level.len() as f64 * (BOX.0 + GAP.0) + GAP.0) / 2.0;
        for (column, place) in level.iter().enumerate() {
            places[*place] =
                (left + column as f64 * (BOX.0 + GAP.0), GAP.1 / 2.0 + row as f64 * (BOX.1 + GAP.1));
        }
    }
    let edges = edges(flow, &places);
    let says: Vec<String> = flow
        .tasks
        .iter()
        .map(|task| {
            let state = state_of(&task.key).map_or_else(|| "not begun".to_owned(), |(_, words)| words);
            match task.needs.is_empty() {
                true => format!("{}, {state}", task.key),
                false => format!("{} after {}, {state}", task.key, task.needs.join(" and ")),
            }
        })
        .collect();
    let label = format!("Tasks and what comes after what: {}", says.join("; "));
    let node = |(place, task): (usize, &track::flow::TaskSpec)| {
        let (left, top) = places[place];
        let (state, words) = match state_of(&task.key) {
            Some((state, words)) => (ink(state), words),
            None => ("flow-node".to_owned(), "not begun".to_owned()),
        };
        let name: String = match task.key.chars().count() > MAX_LETTERS {
            true => task.key.chars().take(MAX_LETTERS - 1).chain(['…']).collect(),
            false => task.key.clone(),
        };
        let text = |dy: f64| ((left + 14.0).to_string(), (top + dy).to_string());
        let ((x, name_y), (_, words_y)) = (text(15.0), text(29.0));
        view! {
            <g>
                <title>{format!("{}: {words}", task.key)}</title>
                <rect
                    class="flow-node"
                    x=left.to_string()
                    y=top.to_string()
                    width=BOX.0.to_string()
                    height=BOX.1.to_string()
                    rx="6"
                />
                <rect class=state x=left.to_string() y=top.to_string() width="6" height=BOX.1.to_string() rx="3" />
                <text class="mark-text mark-text--strong" x=x.clone() y=name_y>{name}</text>
                <text class="mark-text" x=x y=words_y>{words.clone()}</text>
            </g>
        }
    };
    let nodes: View = flow.tasks.iter().enumerate().map(node).collect();
    let size = format!("0 0 {width} {height}");
    view! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Tasks as a picture, all of it">
            <svg
                class="flow-graph"
                viewBox=size
                width=width.to_string()
                height=height.to_string()
                role="img"
                aria-label=label
            >
                <path class="flow-edge" d=edges />
                {nodes}
            </svg>
        </div>
    }
}

/// Lines from each task to those that come after it.
fn edges(flow: &FlowDefinition, places: &[(f64, f64)]) -> String {
    let mut d = String::new();
    for (place, task) in flow.tasks.iter().enumerate() {
        for needed in &task.needs {
            let Some(from) = flow.tasks.iter().position(|other| other.key == *needed) else { continue };
            let ((from_left, from_top), (left, top)) = (places[from], places[place]);
            let (x, y, end_x) = (from_left + BOX.0 / 2.0, from_top + BOX.1, left + BOX.0 / 2.0);
            let middle = f64::midpoint(y, top);
            // Writing to a string cannot fail.
            write!(d, "M{x} {y}C{x} {middle} {end_x} {middle} {end_x} {top}").ok();
        }
    }
    d
}
