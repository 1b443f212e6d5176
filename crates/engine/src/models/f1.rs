//! F1 from counts of true and predicted classes, as scikit-learn's `f1_score`.

/// F1 of each class, `2 tp / (rows of the class + predictions of it)`, 0 where that is 0/0.
/// Shape of `confusion`: n_classes x n_classes row-major, rows of true class, columns predicted.
pub fn f1_of_classes(confusion: &[u64], n_classes: usize) -> Vec<f64> {
    (0..n_classes)
        .map(|class| match true_and_predicted(confusion, n_classes, class) {
            0 => 0.0,
            both => 2.0 * confusion[class * n_classes + class] as f64 / both as f64,
        })
        .collect()
}

/// Mean F1 of the classes that occur among the true or the predicted ones.
pub fn f1_macro(confusion: &[u64], n_classes: usize) -> f64 {
    let occurs = |class: &usize| true_and_predicted(confusion, n_classes, *class) > 0;
    let f1 = f1_of_classes(confusion, n_classes);
    let occurring: Vec<f64> = (0..n_classes).filter(occurs).map(|class| f1[class]).collect();
    if occurring.is_empty() { 0.0 } else { occurring.iter().sum::<f64>() / occurring.len() as f64 }
}

fn true_and_predicted(confusion: &[u64], n_classes: usize, class: usize) -> u64 {
    let truth: u64 = confusion[class * n_classes..(class + 1) * n_classes].iter().sum();
    let predicted: u64 = (0..n_classes).map(|row| confusion[row * n_classes + class]).sum();
    truth + predicted
}
