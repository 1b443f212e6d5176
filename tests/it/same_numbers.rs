//! The native half of a promise: the same numbers here and in the browser, which tests them by the same list.

use it::random_work::differences;

#[test]
fn random_studies_give_the_numbers_written_down() {
    assert_eq!(differences(), Vec::<String>::new());
}
