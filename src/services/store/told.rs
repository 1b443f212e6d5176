//! What tabs tell each other after a write: where something was written.

use track::record::Collection;

/// Said after every write; what was written follows, a line each: `runs/01AB`.
pub(super) const STORED: &str = "stored";

/// What tabs tell each other after a write.
pub(super) fn told(places: &[(Collection, String)]) -> String {
    let line = |(collection, key): &(Collection, String)| format!("\n{}/{key}", collection.as_str());
    STORED.to_owned() + &places.iter().map(line).collect::<String>()
}

/// The places that a tab told; none where it did not say which.
pub(super) fn places_in(word: &str) -> Option<Vec<(Collection, String)>> {
    let mut lines = word.lines();
    let is_known = lines.next() == Some(STORED);
    let place = |line: &str| {
        let (collection, key) = line.split_once('/')?;
        let collection = Collection::ALL.into_iter().find(|known| known.as_str() == collection)?;
        Some((collection, key.to_owned()))
    };
    let places: Vec<_> = lines.map(place).collect::<Option<_>>()?;
    (is_known && !places.is_empty()).then_some(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_tell_each_other_what_was_written() {
        let places = vec![(Collection::Runs, "a".to_owned()), (Collection::Saved, "b".to_owned())];
        assert_eq!(told(&places), "stored\nruns/a\nsaved/b");
        assert_eq!(places_in(&told(&places)), Some(places));
        for word in ["stored", "stored\nelsewhere/a", "stored\nruns", "erased", ""] {
            assert_eq!(places_in(word), None, "{word}");
        }
    }
}
