//! The Predict page: type, ask what would turn the answer, score a file, keep answers and find them after a reload.
//! In: a lab. Out: an error if an answer does not follow a word, a file's rows get lost, or what was kept is gone.
//! Never: a text kept that nobody asked to keep.

use anyhow::{Result, ensure};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use e2e::patience::{PATIENCE, until};
use e2e::{Lab, Page};

use super::files::Folder;
use super::steps;

const REVIEW: &str =
    "The box was nice 😀, but three of six broke on the first day. Worst purchase, waste of money.";
/// Rows of the file that is stopped: enough that it is still under way when Stop is pressed.
const N_MANY: usize = 60_000;
const N_ROWS: usize = 400;
const STOP_AT_MOST: Duration = Duration::from_secs(3);

/// All of it, with the sample's model.
pub async fn run(lab: &Lab) -> Result<()> {
    let page = lab.page().await?;
    steps::try_sample(&page).await?;
    steps::go_to(&page, "Predict").await?;
    what_if(&page).await?;
    strange_texts(&page).await?;
    similar(&page).await?;
    keep(&page).await?;
    prediction_follows_the_review(&page).await?;
    let folder = Folder::new()?;
    let (many, few) = (folder.path().join("many.csv"), folder.path().join("few.csv"));
    std::fs::write(&many, table(N_MANY))?;
    std::fs::write(&few, table(N_ROWS))?;
    page.upload("Reviews file", &many).await?;
    stop(&page).await?;
    page.click("button", "Choose another file").await?;
    let texts = folder.path().join("texts.csv");
    std::fs::write(&texts, "comment\nwaste of money, it broke\nvery good, loved it\n")?;
    page.upload("Reviews file", &texts).await?;
    texts_alone(&page).await?;
    page.upload("Reviews file", &few).await?;
    score(lab, &page).await?;
    page.check_accessibility().await?;
    page.screenshot("predict-file").await?;
    steps::check_width(&page).await?;
    page.reload().await?;
    let kept = page.table("Kept predictions").await?;
    ensure!(kept.iter().any(|row| row[0].contains("few.csv")), "the file's answers are gone: {kept:?}");
    ensure!(kept.iter().any(|row| row[2].starts_with("wrong")), "what was said is gone: {kept:?}");
    page.click("button", "Delete what was kept").await?;
    page.wait_text("Nothing is kept.", PATIENCE).await?;
    lab.check_clean().await
}

fn table(n_rows: usize) -> String {
    let mut text = "review,rating,shop\n".to_owned();
    for row in 0..n_rows {
        let (words, rating) =
            if row % 4 == 0 { ("waste of money, broke", 1) } else { ("very good quality, loved it", 5) };
        let _ = writeln!(text, "\"{words} {row}\",{rating},shop {}", row % 3);
    }
    text
}

/// A word is taken out and put back; the fewest that turn the answer turn it.
async fn what_if(page: &Page) -> Result<()> {
    let before = steps::ask(page, REVIEW).await?;
    ensure!(before.class == "Negative", "the answer is {}", before.class);
    page.click("button", "broke").await?;
    let without = until(PATIENCE, "another score", || async {
        let answer = steps::answer(page).await?;
        Ok((answer.sure != before.sure || answer.why != before.why).then_some(answer))
    })
    .await?;
    ensure!(!without.why.iter().any(|bar| bar.starts_with("broke ")), "it is there still: {:?}", without.why);
    page.click("button", "Put all back").await?;
    until(PATIENCE, "the score of before", || async {
        Ok((steps::answer(page).await?.why == before.why).then_some(()))
    })
    .await?;
    page.find_within("button", "Take these out", PATIENCE).await?.click().await?;
    until(PATIENCE, "another class", || async {
        Ok((steps::answer(page).await?.class == "Positive").then_some(()))
    })
    .await?;
    page.click("button", "Put all back").await
}

/// Any text gets an answer, and the page stays.
async fn strange_texts(page: &Page) -> Result<()> {
    let set = |expression: &str| {
        format!(
            "(() => {{ const box = document.querySelector('textarea'); box.value = {expression}; \
             box.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()"
        )
    };
    let texts = [
        "'\\u{1F600}'.repeat(50)",
        "'\\u05E9\\u05DC\\u05D5\\u05DD \\u202E good'",
        "'bad\\u0000product'",
        "'good \\uD800 quality \\uDC00'",
        "'waste of money '.repeat(70000)",
    ];
    for text in texts {
        page.evaluate(&set(text)).await?;
        steps::answer(page).await?;
    }
    page.wait_text("The text is long: its beginning is marked", PATIENCE).await?;
    steps::ask(page, REVIEW).await.map(|_| ())
}

async fn similar(page: &Page) -> Result<()> {
    page.click("button", "Find similar reviews").await?;
    page.find_within("list", "Similar reviews", PATIENCE).await?;
    page.wait_text("test reviews are left out", PATIENCE).await
}

/// Nothing is kept until somebody says so.
async fn keep(page: &Page) -> Result<()> {
    page.wait_text("Nothing is kept.", PATIENCE).await?;
    page.click("button", "This was wrong").await?;
    page.wait_text("1 record is kept.", PATIENCE).await?;
    let kept = page.table("Kept predictions").await?;
    ensure!(
        kept[1][0].starts_with("text ") && kept[1][2].starts_with("wrong: positive"),
        "kept is {:?}",
        kept[1]
    );
    let of = kept[1][0].clone();
    page.click("button", &format!("Take back what you said of {of}")).await?;
    page.click("button", &format!("This was wrong: {of}")).await?;
    page.find("button", &format!("Take back what you said of {of}")).await?;
    let kept = page.table("Kept predictions").await?;
    ensure!(kept.len() == 2 && kept[1][2].starts_with("wrong: positive"), "said again it is {kept:?}");
    Ok(())
}

/// Where they do not fit side by side, the answer stands right below the review.
async fn prediction_follows_the_review(page: &Page) -> Result<()> {
    const ORDER: &str = "(() => {
        const cards = [...document.querySelectorAll('.split--answer .card')];
        const top = (title) => cards.find((card) => card.querySelector('h2')?.textContent === title).getBoundingClientRect().top;
        return ['Review', 'Prediction', 'Similar reviews', 'Kept predictions'].map(top);
    })()";
    page.resize(390, 844).await?;
    let tops: Vec<f64> = serde_json::from_value(page.evaluate(ORDER).await?)?;
    ensure!(tops.is_sorted(), "from above the cards stand at {tops:?}");
    steps::check_width(page).await?;
    page.resize(1280, 900).await
}

/// A file of one column: which one holds the texts is clear.
async fn texts_alone(page: &Page) -> Result<()> {
    page.find("button", "Score this file").await?;
    page.click("button", "Score this file").await?;
    page.find_within("button", "Score another file", PATIENCE).await?;
    let classes = page.table("Answers by class").await?;
    ensure!(classes[1][..2] == ["negative", "1"] && classes[2][..2] == ["positive", "1"], "{classes:?}");
    page.click("button", "Score another file").await
}

async fn stop(page: &Page) -> Result<()> {
    page.choose("Keep the answers", "No").await?;
    page.click("button", "Score this file").await?;
    page.find("progressbar", "Scoring progress").await?;
    let begun = Instant::now();
    page.click("button", "Stop").await?;
    page.find("button", "Score this file").await?;
    ensure!(begun.elapsed() < STOP_AT_MOST, "Stop took {:.1} s", begun.elapsed().as_secs_f64());
    Ok(())
}

async fn score(lab: &Lab, page: &Page) -> Result<()> {
    page.find("button", "Score this file").await?;
    page.choose("Column of groups", "shop").await?;
    page.choose("Keep the answers", "Yes, without the texts").await?;
    page.click("button", "Score this file").await?;
    page.find_within("button", "Download", PATIENCE).await?;
    let classes = page.table("Answers by class").await?;
    ensure!(classes[1][..2] == ["negative", "100"] && classes[2][..2] == ["positive", "300"], "{classes:?}");
    ensure!(page.table("Answers by group").await?.len() == 1 + 3, "three shops");
    page.wait_text("Against the file's labels", PATIENCE).await?;
    page.click("button", "Download").await?;
    let scored = std::fs::read_to_string(lab.download("few-predicted.csv", PATIENCE).await?)?;
    let mut lines = scored.lines();
    let head = lines.next().unwrap_or_default();
    ensure!(head == "review,rating,shop,predicted,probability,unsure,top_words", "the head is {head}");
    ensure!(lines.clone().count() == N_ROWS, "{} rows came out", lines.count());
    ensure!(lines.next().is_some_and(|line| line.contains(",negative,0.")), "the first row is not answered");
    Ok(())
}
