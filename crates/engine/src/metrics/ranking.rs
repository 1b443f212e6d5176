//! What a score's order is worth, whatever the threshold.

use kernels::from_highest;

/// Area under the ROC curve; equal scores count half. `None` where a class has no rows.
pub fn roc_auc(positive: &[bool], score: &[f64]) -> Option<f64> {
    area_under(&steps_down(positive, score))
}

/// Average precision, `sum (R_n - R_{n-1}) P_n` over the distinct scores from the highest on. 0 where no row
/// is positive, as in scikit-learn; `None` where there are no rows.
pub fn average_precision(positive: &[bool], score: &[f64]) -> Option<f64> {
    precision_over(&steps_down(positive, score))
}

/// `roc_auc` and `average_precision`, the rows put in order once.
pub(super) fn auc_and_precision(positive: &[bool], score: &[f64]) -> (Option<f64>, Option<f64>) {
    let steps = steps_down(positive, score);
    (area_under(&steps), precision_over(&steps))
}

fn area_under(steps: &[Step]) -> Option<f64> {
    let last = *steps.last()?;
    if last.hits == 0 || last.alarms == 0 {
        return None;
    }
    let mut area = 0.0;
    let mut before = (0, 0);
    for step in steps {
        area += (step.alarms - before.1) as f64 * (step.hits + before.0) as f64 / 2.0;
        before = (step.hits, step.alarms);
    }
    Some(area / (last.hits as f64 * last.alarms as f64))
}

fn precision_over(steps: &[Step]) -> Option<f64> {
    let n_positive = steps.last()?.hits;
    if n_positive == 0 {
        return Some(0.0);
    }
    let mut sum = 0.0;
    let mut hits_before = 0;
    for step in steps {
        sum += (step.hits - hits_before) as f64 / n_positive as f64 * step.precision();
        hits_before = step.hits;
    }
    Some(sum)
}

/// Positives and negatives of a score or a higher one.
#[derive(Clone, Copy)]
pub(super) struct Step {
    pub score: f64,
    pub hits: u64,
    pub alarms: u64,
}

impl Step {
    /// Share of positives among them; there is at least one row.
    pub fn precision(self) -> f64 {
        self.hits as f64 / (self.hits + self.alarms) as f64
    }
}

/// A step for each distinct score from the highest on.
pub(super) fn steps_down(positive: &[bool], score: &[f64]) -> Vec<Step> {
    assert_eq!(positive.len(), score.len(), "one score a row");
    let order = from_highest(score);
    let (mut hits, mut alarms) = (0, 0);
    let mut steps = Vec::new();
    for (place, &row) in order.iter().enumerate() {
        let row = row as usize;
        if positive[row] {
            hits += 1;
        } else {
            alarms += 1;
        }
        let is_last_of_score = order.get(place + 1).is_none_or(|&next| score[next as usize] < score[row]);
        if is_last_of_score {
            steps.push(Step { score: score[row], hits, alarms });
        }
    }
    steps
}
