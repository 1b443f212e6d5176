//! What a study's figures mean in words, and keeping its best model.

use leptos::prelude::*;
use markup::view;

use super::leaderboard::Verdicts;
use crate::components::button::Button;
use crate::components::card::Card;
use crate::components::register::RegisterForm;
use crate::markup::{Show, View};
use crate::reactive::Derived;
use crate::state::training::Training;
use crate::state::views::LeaderboardRow;

/// Verdicts, `Register model`, and the summary as a file.
#[component]
pub fn Summary(
    /// Whose study.
    training: Training,
    /// The leaderboard's rows.
    #[prop(into)]
    rows: Derived<Vec<LeaderboardRow>>,
) -> View {
    // Only a fitted model can be kept; the best one is offered.
    let best_fit = Derived::new(move || {
        rows.with(|rows| {
            rows.iter().find(|row| row.is_best && row.test.is_some()).and_then(|row| row.run.clone())
        })
    });
    let has_best = Derived::new(move || best_fit.with(Option::is_some));
    let has_summary = Derived::new(move || training.has_summary());
    view! {
        <Card title="In plain words" sub="on reviews no model had seen">
            <div class="stack">
                <Verdicts rows />
                <Show when=move || has_best.get()>
                    <RegisterForm run=best_fit />
                </Show>
                <Show when=move || has_summary.get()>
                    <div>
                        <Button label="Download summary" on_press=move |()| training.download_summary() />
                    </div>
                </Show>
            </div>
        </Card>
    }
}
