//! Folders whose new reviews are scored: picked, allowed again after the browser was closed, forgotten.

use leptos::prelude::*;
use markup::view;

use super::is_fixed;
use crate::components::button::{Button, Emphasis};
use crate::components::card::Card;
use crate::markup::View;
use crate::services::folders::{self, KeptFolder};
use crate::state::flows::Flows;

/// The folders, in a card; where the browser opens none, why there is nothing to pick.
#[component]
pub fn Folders(
    /// Of these flows.
    flows: Flows,
) -> View {
    if !folders::are_there() {
        return view! {
            <p class="note">
                "This browser lets no page open a folder: the new files of one are scored in Chrome or Edge, or by the program "
                <code>"reviewlab flow"</code> "."
            </p>
        };
    }
    flows.read_folders();
    let pick = move |()| flows.pick_folder(|_| ());
    let table = View::live(move || {
        let kept = flows.folders.get();
        if kept.is_empty() {
            return View::nothing();
        }
        let rows: View = kept.into_iter().map(|folder| row(flows, folder)).collect();
        view! {
            <div class="table-scroll" tabindex="0" role="region" aria-label="Folders, all columns">
                <table class="table" aria-label="Folders">
                    <thead>
                        <tr>
                            <th scope="col">"Folder"</th>
                            <th scope="col">"May it be opened?"</th>
                            <th scope="col"><span class="visually-hidden">"What can be done"</span></th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    });
    view! {
        <Card title="Folders">
            <div class="stack">
                <p class="note">
                    "The flow "
                    <b>"score folder"</b>
                    " looks into a folder of yours when it is due, scores the CSV and TSV files that are new, each once, and writes the result beside it. Nothing is written over."
                </p>
                {table}
                <div class="row">
                    <Button label="Pick a folder" on_press=pick disabled=is_fixed() />
                </div>
            </div>
        </Card>
    }
}

fn row(flows: Flows, KeptFolder { name, is_allowed }: KeptFolder) -> View {
    let (allowed, gone) = (name.clone(), name.clone());
    let ask = (!is_allowed).then(|| {
        let allow = move |()| flows.allow_folder(allowed.clone());
        view! { <Button label="Allow" on_press=allow of=name.clone() disabled=is_fixed() /> }
    });
    let forget = move |()| flows.forget_folder(gone.clone());
    let state = if is_allowed { "yes" } else { "the browser asks again first" };
    view! {
        <tr>
            <th scope="row">{name.clone()}</th>
            <td>{state}</td>
            <td>
                <span class="row">
                    {ask}
                    <Button
                        label="Forget"
                        on_press=forget
                        emphasis=Emphasis::Quiet
                        of=name
                        disabled=is_fixed()
                    />
                </span>
            </td>
        </tr>
    }
}
