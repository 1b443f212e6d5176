//! Whatever bytes a file has, reading it ends in a sentence or in the right records, and a file that is
//! refused writes nothing.

use pollster::block_on;
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, prop_assert_eq, proptest};
use proptest::sample::Index;
use storage::{Blob, MemoryStore, read_project};
use track::record::Record;

use super::project_files::{everything, filled, project_bytes};

/// Reads `bytes` into an empty store; a file that is taken must give what was written.
fn try_reading(bytes: Vec<u8>) -> (bool, bool) {
    let store = MemoryStore::default();
    let is_taken = block_on(read_project(&Blob::Bytes(bytes), &store)).is_ok();
    let found = everything(&store);
    (is_taken, if is_taken { found == everything(&filled()) } else { found == (Vec::new(), Vec::new()) })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn arbitrary_bytes_are_refused(bytes in vec(any::<u8>(), 0..600), is_zip in any::<bool>()) {
        let start = if is_zip { b"PK\x03\x04".to_vec() } else { Vec::new() };
        prop_assert_eq!(try_reading([start, bytes].concat()), (false, true));
    }

    #[test]
    fn a_mutated_file_is_refused_or_means_the_same(changes in vec((any::<Index>(), any::<u8>()), 1..4)) {
        let mut bytes = project_bytes(&filled());
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        prop_assert_eq!(try_reading(bytes).1, true);
    }

    #[test]
    fn a_file_with_a_piece_moved_is_refused_or_means_the_same(from in any::<Index>(), to in any::<Index>(), n in 1_usize..200) {
        let mut bytes = project_bytes(&filled());
        let from = from.index(bytes.len() - n);
        let piece: Vec<u8> = bytes.drain(from..from + n).collect();
        let to = to.index(bytes.len());
        bytes.splice(to..to, piece);
        prop_assert_eq!(try_reading(bytes).1, true);
    }

    #[test]
    fn changed_ends_of_a_file_are_refused_or_mean_the_same(changes in vec((0_usize..1100, any::<u8>()), 1..4)) {
        let mut bytes = project_bytes(&filled());
        let n_bytes = bytes.len();
        for (back, value) in changes {
            bytes[n_bytes - 1 - back] = value;
        }
        prop_assert_eq!(try_reading(bytes).1, true);
    }

    #[test]
    fn a_line_of_any_text_is_a_record_or_an_error(text in ".*") {
        drop(Record::from_json(&text));
    }
}
