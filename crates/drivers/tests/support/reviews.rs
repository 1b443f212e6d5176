//! Small made-up reviews, and what they are read and searched by.

use drivers::{Read, ReadDriver, ScanDriver, StudyPlan};
use engine::dataset::{ColumnRoles, DatasetRecipe, LabelId, LabelMapping, LabelRule, NamedColumn};
use engine::models::ModelKind;
use engine::table::TableSummary;
use engine::tune::StudySpec;
use jobs::{ReadOutput, Session};
use track::dataset::DatasetRef;
use track::id::{ExperimentId, Millis, RunId};

use super::Pump;

const GOOD: [&str; 8] = ["great", "lovely", "perfect", "soft", "value", "fast", "happy", "bright"];
const BAD: [&str; 8] = ["broken", "waste", "poor", "late", "torn", "fake", "dull", "refund"];
const BOTH: [&str; 8] = ["phone", "shirt", "box", "price", "colour", "battery", "delivery", "seller"];

/// `n_rows` reviews as CSV, a day and a shop with each; every ninth has stars that do not fit its words.
pub fn csv(n_rows: usize) -> Vec<u8> {
    let mut state = 12_345u64;
    let mut draw = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    let mut text = "Review text,Ratings,Day,Shop\n".to_owned();
    for row in 0..n_rows {
        let is_good = draw(5) < 3;
        let words: Vec<&str> = (0..6)
            .map(|_| match draw(5) {
                0 | 1 => {
                    if is_good {
                        GOOD[draw(8)]
                    } else {
                        BAD[draw(8)]
                    }
                }
                2 => {
                    if is_good {
                        BAD[draw(8)]
                    } else {
                        GOOD[draw(8)]
                    }
                }
                _ => BOTH[draw(8)],
            })
            .collect();
        let stars = if is_good == (row % 9 != 0) { 5 } else { 1 };
        let end = ["indeed", "truly", "really"][draw(3)];
        let (month, day, shop) = (row * 5 % 12 + 1, row % 28 + 1, row * 7 % 40);
        text += &format!("\"{} {end}\",{stars},2021-{month:02}-{day:02},shop {shop}\n", words.join(" "));
    }
    text.into_bytes()
}

pub fn classes() -> Vec<String> {
    vec!["negative".to_owned(), "positive".to_owned()]
}

pub fn recipe(table: &TableSummary) -> DatasetRecipe {
    let classes = (1..=5).map(|star| (f64::from(star), LabelId(u8::from(star > 2)))).collect();
    let mapping = LabelMapping { classes: self::classes(), rule: LabelRule::Ratings { classes } };
    let mut recipe =
        DatasetRecipe::reference(table, ColumnRoles { text_column: 0, label_column: 1 }, mapping);
    recipe.extra.group = Some(NamedColumn { column: 3, name: "Shop".into() });
    recipe
}

pub fn study(n_trials: u32) -> StudySpec {
    StudySpec::reference(&ModelKind::ALL, n_trials, 7)
}

/// Reads the pump's file in two passes.
pub fn read(pump: &mut Pump, total_bytes: u64) -> (TableSummary, ReadOutput) {
    let mut scan = ScanDriver::new(Session(0), total_bytes);
    pump.pump(&mut scan, |_, _| ());
    let table = scan.take_outcome().expect("it is finished").expect("the file can be read");
    let read = Read { recipe: recipe(&table), counting: study(1).counting() };
    let mut read = ReadDriver::new(Session(100), total_bytes, read);
    pump.pump(&mut read, |_, _| ());
    (table, read.take_outcome().expect("it is finished").expect("the file can be read"))
}

/// A study over what was read.
pub fn plan(table: &TableSummary, read: &ReadOutput, study: StudySpec) -> StudyPlan {
    let created = Millis(1_000);
    StudyPlan {
        run: RunId::new(created, [1; 10]),
        experiment: ExperimentId::new(created, [2; 10]),
        dataset: DatasetRef { file: table.hash, recipe: recipe(table).hash() },
        classes: classes().into_iter().zip(read.summary.class_counts.iter().copied()).collect(),
        study,
        counts: read.counts.hash,
        terms: read.terms.hash,
        variants: Vec::new(),
        owner: "me".into(),
        created,
        said: drivers::Said::default(),
    }
}
