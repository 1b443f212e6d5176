//! What a score's order is worth, whatever the threshold.

/// Area under the ROC curve; equal scores count half. `None` where a class has no rows.
pub fn roc_auc(positive: &[bool], score: &[f64]) -> Option<f64> {
    let steps = steps_down(positive, score);
    let (n_positive, n_negative) = *steps.last()?;
    if n_positive == 0 || n_negative == 0 {
        return None;
    }
    let mut area = 0.0;
    let mut before = (0, 0);
    for (hits, alarms) in steps {
        area += (alarms - before.1) as f64 * (hits + before.0) as f64 / 2.0;
        before = (hits, alarms);
    }
    Some(area / (n_positive as f64 * n_negative as f64))
}

/// Average precision, `sum (R_n - R_{n-1}) P_n` over the distinct scores from the highest on. `None` where
/// no row is positive.
pub fn average_precision(positive: &[bool], score: &[f64]) -> Option<f64> {
    let steps = steps_down(positive, score);
    let (n_positive, _) = *steps.last()?;
    if n_positive == 0 {
        return None;
    }
    let mut sum = 0.0;
    let mut hits_before = 0;
    for (hits, alarms) in steps {
        let precision = hits as f64 / (hits + alarms) as f64;
        sum += (hits - hits_before) as f64 / n_positive as f64 * precision;
        hits_before = hits;
    }
    Some(sum)
}

/// For each distinct score from the highest on: positives and negatives that score so much or more.
fn steps_down(positive: &[bool], score: &[f64]) -> Vec<(u64, u64)> {
    assert_eq!(positive.len(), score.len(), "one score a row");
    let mut order: Vec<usize> = (0..score.len()).collect();
    order.sort_by(|&a, &b| score[b].total_cmp(&score[a]));
    let (mut hits, mut alarms) = (0, 0);
    let mut steps = Vec::new();
    for (place, &row) in order.iter().enumerate() {
        if positive[row] {
            hits += 1;
        } else {
            alarms += 1;
        }
        let is_last_of_score = order.get(place + 1).is_none_or(|&next| score[next] < score[row]);
        if is_last_of_score {
            steps.push((hits, alarms));
        }
    }
    steps
}
