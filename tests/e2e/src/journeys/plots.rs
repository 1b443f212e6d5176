//! The pictures of a study and of its reviews, walked by keys and opened.
//! In: a lab. Out: an error if a picture is missing, cannot be walked, or leads to another trial than it says.
//! Never: a look at pixels.

use anyhow::{Context, Result, ensure};

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::steps;

/// Tabs, and the pictures they show for the sample's first model.
const PICTURES: [(&str, &str); 9] = [
    ("Intermediate values", "Intermediate values"),
    ("Slice", "Slice"),
    ("Contour", "Contour"),
    ("Parallel", "Parallel coordinates"),
    ("Rank", "Rank"),
    ("Distribution", "Distribution of scores"),
    ("Timeline", "Timeline"),
    ("Folds", "Folds of the best trials"),
    ("History", "Optimisation history"),
];

/// Draws each, brushes one, draws a learning curve, looks at the reviews, walks to a trial.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    page.click("tab", "Importance").await?;
    let said = page.read("status", "Parameter importance").await?;
    ensure!(said.contains("20 finished trials") && said.contains("it takes 50"), "too few trials: {said:?}");
    for (tab, name) in PICTURES {
        page.click("tab", tab).await?;
        let group = format!("{name}, point by point with the arrow keys");
        page.find("group", &group).await?;
        steps::check_width(&page).await?;
        page.check_accessibility().await?;
        page.screenshot(&format!("plot-{}", tab.to_lowercase().replace(' ', "-"))).await?;
        if tab == "Parallel" {
            a_part_is_brushed_by_keys(&page).await?;
        }
    }
    a_learning_curve_is_drawn(&page).await?;
    let weighed = luck_is_weighed(&page).await?;
    reviews_are_pictured(&page).await?;
    steps::go_to(&page, "Train").await?;
    page.reload().await?;
    page.find_within("table", "Luck", steps::STUDY_PATIENCE).await?;
    ensure!(page.table("Luck").await? == weighed, "a reload forgot what is luck");
    pictures_are_kept_as_files(lab, &page).await?;
    a_trial_is_pointed_at_and_opened(&page).await?;
    steps::go_to(&page, "Train").await?;
    a_trial_is_walked_to_and_opened(&page).await
}

/// The picture and its numbers as files.
async fn pictures_are_kept_as_files(lab: &Lab, page: &Page) -> Result<()> {
    page.find("group", "Optimisation history, point by point with the arrow keys").await?;
    page.evaluate("document.querySelector('[role=tabpanel] details').open = true").await?;
    page.click("button", "Download Optimisation history as SVG").await?;
    let picture = std::fs::read_to_string(lab.download("optimisation-history.svg", PATIENCE).await?)?;
    ensure!(
        picture.starts_with("<svg") && picture.contains("</svg>"),
        "the picture begins {:?}",
        &picture[..40]
    );
    page.click("button", "Download Optimisation history as CSV").await?;
    let numbers = std::fs::read_to_string(lab.download("optimisation-history.csv", PATIENCE).await?)?;
    ensure!(numbers.lines().count() > 60, "{} lines for three models of 20 trials", numbers.lines().count());
    Ok(())
}

/// What the mouse comes upon is told, and a click opens it.
async fn a_trial_is_pointed_at_and_opened(page: &Page) -> Result<()> {
    const PLACE: &str = r#"(() => {
        const picture = document.querySelector('[role=group][aria-label^="Optimisation history, point"]');
        picture.scrollIntoView({ block: 'center' });
        const { x, y, width, height } = picture.getBoundingClientRect();
        return [x, y, width, height];
    })()"#;
    const TOLD: &str = r#"document.querySelector('[role=status][aria-label="Pointed at in Optimisation history"]')
        ?.innerText ?? ''"#;
    let [x, y, width, height]: [f64; 4] = serde_json::from_value(page.evaluate(PLACE).await?)?;
    for step in 0..400 {
        let (column, row) = (step % 20, step / 20);
        let at = (x + width * f64::from(column) / 20.0, y + height * f64::from(row) / 20.0);
        mouse(page, "mouseMoved", at).await?;
        let told = page.evaluate(TOLD).await?;
        if told.as_str().is_some_and(|told| told.contains("trial ")) {
            mouse(page, "mousePressed", at).await?;
            mouse(page, "mouseReleased", at).await?;
            page.find("table", "Folds").await?;
            ensure!(page.path().await?.starts_with("runs/"), "a click on {told} leads elsewhere");
            return Ok(());
        }
    }
    anyhow::bail!("the mouse comes upon no trial")
}

async fn mouse(page: &Page, kind: &'static str, (x, y): (f64, f64)) -> Result<()> {
    let button = if kind == "mouseMoved" { "none" } else { "left" };
    let params = serde_json::json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": 1 });
    page.command("Input.dispatchMouseEvent", params).await.map(|_| ())
}

/// Six points, and what they say of more labels.
async fn a_learning_curve_is_drawn(page: &Page) -> Result<()> {
    page.click("button", "Draw the learning curve").await?;
    page.wait_text("The last doubling of the reviews", steps::STUDY_PATIENCE).await?;
    let group = page.find("group", "Learning curve, point by point with the arrow keys").await?;
    group.type_keys("\u{e010}").await?;
    let told = page.read("status", "Pointed at in Learning curve").await?;
    ensure!(told.contains("reviews: 0."), "the last point says {told:?}");
    page.check_accessibility().await
}

/// Three models, each with what new reviews will likely show of it.
async fn luck_is_weighed(page: &Page) -> Result<Vec<Vec<String>>> {
    page.click("button", "Weigh the luck").await?;
    page.wait_text("On new reviews expect", steps::STUDY_PATIENCE).await?;
    let weighed = page.table("Luck").await?;
    ensure!(weighed.len() == 4, "three models were tried: {weighed:?}");
    ensure!(weighed[1..].iter().all(|row| row[5].starts_with("0.")), "no test score beside it: {weighed:?}");
    page.check_accessibility().await?;
    Ok(weighed)
}

async fn reviews_are_pictured(page: &Page) -> Result<()> {
    steps::go_to(page, "Data").await?;
    page.click("tab", "Pictures").await?;
    for name in [
        "Stars and classes",
        "Length of reviews",
        "Words of negative reviews",
        "Words of positive reviews",
        "Words in common",
    ] {
        let group = format!("{name}, point by point with the arrow keys");
        page.find_within("group", &group, steps::STUDY_PATIENCE).await?;
    }
    steps::check_width(page).await?;
    page.check_accessibility().await?;
    page.screenshot("data-pictures").await.map(|_| ())
}

async fn a_part_is_brushed_by_keys(page: &Page) -> Result<()> {
    let rows = table_of(page).await?;
    let end = page.find("slider", "macro F1, at least").await?;
    // The upper half of what was scored.
    for _ in 0..10 {
        end.type_keys("\u{e013}").await?;
    }
    let brushed = until(PATIENCE, "fewer trials", || async {
        let brushed = shown_rows(page).await?;
        Ok((brushed.len() < rows.len()).then_some(brushed))
    })
    .await?;
    ensure!(brushed.len() > 1, "the best trials lie within");
    page.click("button", "Clear what is brushed").await?;
    until(PATIENCE, "all trials again", || async {
        Ok((shown_rows(page).await?.len() == rows.len()).then_some(()))
    })
    .await
}

/// The rows of the open picture's table, opened first.
async fn table_of(page: &Page) -> Result<Vec<Vec<String>>> {
    page.evaluate("document.querySelector('[role=tabpanel] details').open = true").await?;
    let rows = shown_rows(page).await?;
    ensure!(rows.len() == 21, "a head and 20 trials, there are {}", rows.len());
    Ok(rows)
}

async fn shown_rows(page: &Page) -> Result<Vec<Vec<String>>> {
    page.table("Parallel coordinates as a table").await
}

/// The address still names the tab, and keys lead from trial to trial.
async fn a_trial_is_walked_to_and_opened(page: &Page) -> Result<()> {
    let picture = page.find("group", "Optimisation history, point by point with the arrow keys").await?;
    picture.type_keys("\u{e014}").await?;
    let told = until(PATIENCE, "a trial told", || async {
        let told = page.read("status", "Pointed at in Optimisation history").await?;
        Ok(told.contains("trial 2").then_some(told))
    })
    .await?;
    let score = told.split(": ").nth(1).and_then(|rest| rest.split(' ').next()).context("a score is told")?;
    picture.type_keys("\u{e007}").await?;
    page.find("table", "Folds").await?;
    let path = page.path().await?;
    ensure!(path.starts_with("runs/") && path.ends_with(".000001"), "trial 2 is at {path}");
    let scores = page.table("Scores").await?;
    let shown = scores.iter().find(|row| row[0] == "cv_f1_macro").context("the trial has a score")?;
    ensure!(shown[1].starts_with(&score[..4]), "{told:?} is {shown:?} on its page");
    Ok(())
}
