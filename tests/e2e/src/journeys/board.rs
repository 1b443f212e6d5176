//! The board of charts: a card added, moved by keys and by pointer, widened, removed and put back; axes moved; a brush
//! that chooses runs; and all of it there after a reload.
//! In: a lab. Out: an error if the board is not as it was left. Never: a look at pixels.

use anyhow::{Context as _, Result, ensure};
use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page, Pointer};

use super::steps;

const HOME: &str = "\u{e011}";
const END: &str = "\u{e010}";
const UP: &str = "\u{e013}";
const LEFT: &str = "\u{e012}";

/// Adds, moves, widens, brushes, removes, reloads.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::sample_runs(&page).await?;
    page.click("tab", "Charts").await?;
    page.find_within("region", "Parallel coordinates", steps::STUDY_PATIENCE).await?;
    let usual = cards(&page).await?;
    ensure!(usual.len() == 5, "the usual cards are {usual:?}");
    page.check_accessibility().await?;
    steps::check_width(&page).await?;
    page.screenshot("board").await?;
    // Workers that made the fits are asked about them: they were not given what they made.
    page.evaluate("document.querySelector('[role=tabpanel] details').open = true").await?;
    page.click("button", "Add Confusion matrices").await?;
    let matrices = "Confusion matrices, point by point with the arrow keys";
    page.find_within("group", matrices, steps::STUDY_PATIENCE).await?;
    page.click("button", "Remove Confusion matrices").await?;
    page.wait_gone("region", "Confusion matrices", PATIENCE).await?;
    a_card_is_added_and_moved(&page).await?;
    an_axis_is_moved(&page).await?;
    a_brush_chooses_runs(&page).await?;
    page.click("button", "Remove Train against test").await?;
    until(PATIENCE, "a card less", || async { Ok((cards(&page).await?.len() == 5).then_some(())) }).await?;
    page.click("button", "Undo").await?;
    page.find("region", "Train against test").await?;
    let left = cards(&page).await?;
    page.reload().await?;
    page.find_within("region", "Parallel coordinates", steps::STUDY_PATIENCE).await?;
    let found = cards(&page).await?;
    ensure!(found == left, "{left:?} is {found:?} after a reload");
    ensure!(axes(&page).await?[0] == "CV macro F1", "the axes lost their order: {:?}", axes(&page).await?);
    ensure!(width_of(&page, "Fold scores").await? == "6", "the card lost its width");
    page.resize(390, 844).await?;
    steps::check_width(&page).await?;
    page.screenshot("board-phone").await.map(|_| ())
}

/// Names of the cards, in order.
async fn cards(page: &Page) -> Result<Vec<String>> {
    let names = labels(page, "button", "Move ").await?;
    Ok(names.into_iter().filter_map(|name| Some(name.split_once(", chart ")?.0.to_owned())).collect())
}

/// Names of the axes, from left to right.
async fn axes(page: &Page) -> Result<Vec<String>> {
    labels(page, "button", "Move axis ").await
}

/// What follows `begin` in the names of elements that begin so, in the order of the page.
async fn labels(page: &Page, element: &str, begin: &str) -> Result<Vec<String>> {
    let script = format!(
        "[...document.querySelectorAll('{element}[aria-label^=\"{begin}\"]')].map(one => \
         one.getAttribute('aria-label').slice({}))",
        begin.len()
    );
    let found = page.evaluate(&script).await?;
    let names = found.as_array().context("a list of names")?;
    Ok(names.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect())
}

async fn width_of(page: &Page, card: &str) -> Result<String> {
    let edge = page.find("slider", &format!("Width of {card}")).await?;
    Ok(edge.attribute("aria-valuenow").await?.unwrap_or_default())
}

async fn a_card_is_added_and_moved(page: &Page) -> Result<()> {
    page.click("button", "Add Fold scores").await?;
    page.find("region", "Fold scores").await?;
    page.type_keys("button", "Move Fold scores, chart 6 of 6", HOME).await?;
    // The grip keeps the focus on its way: the next key moves it on.
    page.find("button", "Move Fold scores, chart 1 of 6").await?;
    page.type_keys("button", "Move Fold scores, chart 1 of 6", END).await?;
    page.find("button", "Move Fold scores, chart 6 of 6").await?;
    page.type_keys("button", "Move Fold scores, chart 6 of 6", LEFT).await?;
    page.find("button", "Move Fold scores, chart 5 of 6").await?;
    let onto = cards(page).await?.get(2).cloned().context("a third card")?;
    page.drag(("button", "Move Fold scores, chart 5 of 6"), ("region", &onto), Pointer::Mouse).await?;
    page.find("button", "Move Fold scores, chart 3 of 6").await?;
    page.type_keys("slider", "Width of Fold scores", END).await?;
    until(PATIENCE, "a wide card", || async {
        Ok((width_of(page, "Fold scores").await? == "6").then_some(()))
    })
    .await
}

async fn an_axis_is_moved(page: &Page) -> Result<()> {
    let before = axes(page).await?;
    ensure!(before.last().is_some_and(|axis| axis == "CV macro F1"), "the score is not last: {before:?}");
    page.type_keys("button", "Move axis CV macro F1", HOME).await?;
    until(PATIENCE, "the score first", || async { Ok((axes(page).await?[0] == "CV macro F1").then_some(())) })
        .await
}

async fn a_brush_chooses_runs(page: &Page) -> Result<()> {
    for _ in 0..14 {
        page.type_keys("slider", "CV macro F1, at least", UP).await?;
    }
    let chosen = until(PATIENCE, "runs chosen", || async {
        let said = page.read("status", "Runs chosen").await?;
        Ok((!said.is_empty()).then_some(said))
    })
    .await?;
    let n_chosen: usize =
        chosen.split(' ').next().and_then(|number| number.parse().ok()).context("a number")?;
    ensure!(n_chosen > 0 && n_chosen < 63, "a part of the runs is chosen: {chosen}");
    page.click("button", "Clear what is brushed").await?;
    page.wait_gone("button", "Clear what is brushed", PATIENCE).await
}
