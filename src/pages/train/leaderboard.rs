//! The best setting of each model beside guessing, in figures and in words.

use engine::metrics::Metric;
use engine::models::ModelKind;
use leptos::prelude::*;
use markup::view;

use crate::components::card::Card;
use crate::components::figures::{ModelKey, ModelName, Score, run_link, size, time, word_of_metric};
use crate::components::term::Term;
use crate::glossary::Word;
use crate::markup::{For, View};
use crate::reactive::Derived;
use crate::state::views::LeaderboardRow;

/// The table of models.
#[component]
pub fn Leaderboard(
    /// Best first, guessing last.
    #[prop(into)]
    rows: Derived<Vec<LeaderboardRow>>,
    /// What settings are compared by.
    metric: Derived<Metric>,
    /// Whether the best is better than guessing, in words.
    verdict: Derived<Option<String>>,
) -> View {
    let of_metric = View::live(move || view! { <Term word=word_of_metric(metric.get()) /> });
    let models = move || rows.with(|rows| rows.iter().map(|row| row.model).collect::<Vec<_>>());
    view! {
        <Card title="Leaderboard" sub="is it better than guessing?">
            <div class="stack stack--tight">
            <div class="table-scroll" tabindex="0" role="region" aria-label="Leaderboard, all columns">
                <table class="table" aria-label="Leaderboard">
                    <thead>
                        <tr>
                            <th scope="col">"Model"</th>
                            <th scope="col" class="number">
                                <Term word=Word::CrossValidation />
                                " "
                                {of_metric}
                                " "
                                <Term word=Word::Spread />
                            </th>
                            <th scope="col" class="number"><Term word=Word::TrainPart text="Train" /></th>
                            <th scope="col" class="number"><Term word=Word::TestPart text="Test" /></th>
                            <th scope="col" class="number"><Term word=Word::Fit text="Fit" /></th>
                            <th scope="col" class="number"><Term word=Word::PredictTime text="Predict" /></th>
                            <th scope="col" class="number"><Term word=Word::StudyTime text="Search" /></th>
                            <th scope="col" class="number"><Term word=Word::Size text="Size" /></th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=models key=|model| model.map_or_else(String::new, |model| model.as_str().to_owned()) children=move |model| view! { <Line model rows /> } />
                    </tbody>
                </table>
            </div>
            {move || verdict.get().map(|verdict| view! { <p class="note">{verdict}</p> })}
            </div>
        </Card>
    }
}

#[component]
fn Line(model: Option<ModelKind>, rows: Derived<Vec<LeaderboardRow>>) -> View {
    let row = Derived::new(move || rows.with(|rows| rows.iter().find(|row| row.model == model).cloned()));
    let cell = move |shown: fn(&LeaderboardRow) -> View| move || row.with(|row| row.as_ref().map(shown));
    let is_best = move || row.with(|row| row.as_ref().is_some_and(|row| row.is_best));
    view! {
        <tr class:table__row--best=is_best>
            <th scope="row">
                <span class="lead-model">
                    <ModelKey model />
                    <ModelName model />
                </span>
                <span class="lead-run">{cell(|row| run_link(row.run.as_ref(), &row.name))}</span>
            </th>
            <td class="number">
                {cell(|row| view! { <b><Score value=row.cv spread=row.cv_spread /></b> })}
            </td>
            <td class="number">{cell(|row| view! { <Score value=row.train spread=None /> })}</td>
            <td class="number">{cell(|row| view! { <Score value=row.test spread=None /> })}</td>
            <td class="number">{cell(|row| View::from(time(row.fit_ms)))}</td>
            <td class="number">{cell(|row| View::from(time(row.predict_ms)))}</td>
            <td class="number">{cell(|row| View::from(time(row.study_ms)))}</td>
            <td class="number">{cell(|row| View::from(size(row.n_bytes)))}</td>
        </tr>
    }
}

/// What each model's figures mean, in words a shop owner understands.
#[component]
pub fn Verdicts(
    /// The same rows.
    rows: Derived<Vec<LeaderboardRow>>,
) -> View {
    let said = move || {
        let words = |row: &LeaderboardRow| row.words.clone().map(|words| (row.model, words));
        rows.with(|rows| rows.iter().filter_map(words).collect::<Vec<_>>())
    };
    let line = |(model, words): (Option<ModelKind>, String)| {
        view! {
            <li class="verdict">
                <ModelKey model />
                <p>
                    <ModelName model />
                    ": "
                    {words}
                </p>
            </li>
        }
    };
    view! { <ul class="verdicts">{move || said().into_iter().map(line).collect::<View>()}</ul> }
}
