//! Names of classes as a person types them in, what is wrong with each out. Pure.

/// Longest name of a class, in characters.
pub const MAX_CLASS_NAME_CHARS: usize = 40;
/// What a class between these two is called.
const BETWEEN: (&str, &str, &str) = ("negative", "positive", "neutral");

/// What is wrong with the name of the class at `place`, in one sentence.
pub fn problem_of(names: &[String], place: usize) -> Option<String> {
    let name = names.get(place)?.trim();
    if name.is_empty() {
        return Some(format!("Class {} has no name: give it one.", place + 1));
    }
    if name.chars().count() > MAX_CLASS_NAME_CHARS {
        return Some(format!(
            "The name of class {} is longer than {MAX_CLASS_NAME_CHARS} letters: shorten it.",
            place + 1
        ));
    }
    let is_same = |other: &String| other.trim() == name;
    names.iter().take(place).any(is_same).then(|| format!("Two classes are called '{name}': rename one."))
}

/// The first name that will not do, in one sentence.
pub fn first_problem(names: &[String]) -> Option<String> {
    (0..names.len()).find_map(|place| problem_of(names, place))
}

/// Where a new class goes, and what it is called: between negative and positive, else last.
pub fn new_class(names: &[String]) -> (usize, String) {
    if let [first, last] = names
        && (first.as_str(), last.as_str()) == (BETWEEN.0, BETWEEN.1)
    {
        return (1, BETWEEN.2.to_owned());
    }
    let free = (names.len() + 1..).map(|number| format!("class {number}"));
    let name = free.into_iter().find(|name| !names.contains(name)).unwrap_or_default();
    (names.len(), name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn names_are_there_short_and_different() {
        let long = "x".repeat(MAX_CLASS_NAME_CHARS + 1);
        for (given, expected) in [
            (&["bad", "good"][..], None),
            (&["bad", " "], Some("Class 2 has no name")),
            (&["bad", "good", " bad"], Some("Two classes are called 'bad'")),
            (&[long.as_str(), "good"], Some("The name of class 1 is longer than 40 letters")),
        ] {
            let found = first_problem(&names(given));
            assert_eq!(found.is_some(), expected.is_some(), "{given:?}: {found:?}");
            assert!(found.unwrap_or_default().starts_with(expected.unwrap_or_default()), "{given:?}");
        }
        assert_eq!(problem_of(&names(&["bad", "bad"]), 0), None, "the second is told of it");
    }

    #[test]
    fn a_new_class_is_neutral_or_last() {
        for (given, expected) in [
            (&["negative", "positive"][..], (1, "neutral")),
            (&["negative", "neutral", "positive"], (3, "class 4")),
            (&["bad", "class 3"], (2, "class 4")),
        ] {
            assert_eq!(new_class(&names(given)), (expected.0, expected.1.to_owned()), "{given:?}");
        }
    }
}
