//! Which of the program's constants come later: what only functions of the second part read.
//! In: what the linker says of constants, and which functions come later. Out: ranges of addresses.
//! Never: a constant that a function of the first part can reach, through other constants, too.

use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use wasmparser::Operator;

use super::linked::Linked;
use super::program::Program;

/// How this is done, for what is kept from one build to the next.
pub const METHOD: &str = "constants by relocations 2";
/// Shorter stretches stay: what is said of one weighs a dozen bytes.
const MIN_BYTES: u32 = 24;
/// A multiple of this in an instruction is a size, a mask or a bound, and an address only where a constant begins there.
const ROUND: u32 = 1 << 16;

/// The addresses of what only later functions read, ascending. `program` is `linked` optimised and named.
///
/// # Errors
/// When a body of the program cannot be read.
pub fn later_ranges(linked: &Linked, program: &Program, is_later: &BTreeSet<u32>) -> Result<Vec<Range<u32>>> {
    let in_first = functions_in_first(linked, program, is_later);
    let mut stays: BTreeSet<usize> = linked
        .named_by
        .iter()
        .filter(|(function, _)| in_first.contains(function))
        .flat_map(|(_, names)| names)
        .copied()
        .collect();
    stays.extend(seen_in_first(linked, program, is_later)?);
    let neighbours = overlapping(linked);
    let mut unseen: Vec<usize> = stays.iter().copied().collect();
    while let Some(constant) = unseen.pop() {
        let held = linked.held_by.get(&constant).into_iter().flatten();
        let beside = neighbours.get(&constant).into_iter().flatten();
        for &next in held.chain(beside) {
            if stays.insert(next) {
                unseen.push(next);
            }
        }
    }
    let mut ranges: Vec<Range<u32>> = (0..linked.constants.len())
        .filter(|constant| !stays.contains(constant))
        .map(|constant| linked.constants[constant].clone())
        .collect();
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut joined: Vec<Range<u32>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined.retain(|range| range.end - range.start >= MIN_BYTES);
    Ok(joined)
}

/// The linker's functions whose code may be in the first part. One that is gone since was merged with an equal one, is
/// called by nobody, or is part of its callers.
fn functions_in_first(linked: &Linked, program: &Program, is_later: &BTreeSet<u32>) -> BTreeSet<u32> {
    let mut comes_later: BTreeMap<&str, bool> = BTreeMap::new();
    for (function, name) in &program.names {
        let later = comes_later.entry(name).or_insert(true);
        *later &= is_later.contains(function);
    }
    let fate = |function: &u32| linked.names.get(function).and_then(|name| comes_later.get(name.as_str()));
    let all: BTreeSet<u32> =
        linked.named_by.keys().chain(linked.names.keys()).chain(linked.callers.keys()).copied().collect();
    let is_known_first = |function: &u32| match fate(function) {
        Some(is_later) => !is_later,
        None => linked.pinned.contains(function) || !linked.callers.contains_key(function),
    };
    let mut in_first: BTreeSet<u32> = all.iter().copied().filter(is_known_first).collect();
    loop {
        let is_part_of_first = |function: &u32| {
            fate(function).is_none()
                && linked.callers.get(function).is_some_and(|callers| !callers.is_disjoint(&in_first))
        };
        let more: Vec<u32> = all
            .iter()
            .copied()
            .filter(|function| !in_first.contains(function) && is_part_of_first(function))
            .collect();
        if more.is_empty() {
            return in_first;
        }
        in_first.extend(more);
    }
}

/// Constants whose addresses stand in the first part's instructions: another way to the same, for what the optimiser
/// moved from one function into another. A number that only looks like an address keeps a constant for nothing.
fn seen_in_first(linked: &Linked, program: &Program, is_later: &BTreeSet<u32>) -> Result<BTreeSet<usize>> {
    let mut by_address: Vec<usize> = (0..linked.constants.len()).collect();
    by_address.sort_by_key(|&constant| linked.constants[constant].start);
    let mut seen = BTreeSet::new();
    for function in program.n_imported..program.n_functions() {
        if is_later.contains(&function) && !program.pinned.contains(&function) {
            continue;
        }
        let mut operators = program.body(function).get_operators_reader()?;
        while !operators.eof() {
            let operator = operators.read()?;
            let number = match &operator {
                Operator::I32Const { value } => value.cast_unsigned(),
                other => u32::try_from(offset_of(other)).unwrap_or(0),
            };
            let end = by_address.partition_point(|&constant| linked.constants[constant].start <= number);
            let begins_there =
                by_address[..end].last().is_some_and(|&constant| linked.constants[constant].start == number);
            if number.is_multiple_of(ROUND) && !begins_there {
                continue;
            }
            let at = by_address[..end]
                .iter()
                .rev()
                .take_while(|&&constant| linked.constants[constant].end > number);
            seen.extend(at.copied());
        }
    }
    Ok(seen)
}

/// The constant part of the address that an instruction reads or writes; 0 where there is none.
fn offset_of(operator: &Operator<'_>) -> u64 {
    macro_rules! offset {
        ($($name:ident)*) => {
            match operator {
                $(Operator::$name { memarg } => memarg.offset,)*
                Operator::V128Load8Lane { memarg, .. }
                | Operator::V128Load16Lane { memarg, .. }
                | Operator::V128Load32Lane { memarg, .. }
                | Operator::V128Load64Lane { memarg, .. }
                | Operator::V128Store8Lane { memarg, .. }
                | Operator::V128Store16Lane { memarg, .. }
                | Operator::V128Store32Lane { memarg, .. }
                | Operator::V128Store64Lane { memarg, .. } => memarg.offset,
                _ => 0,
            }
        };
    }
    offset!(
        I32Load I64Load F32Load F64Load I32Load8S I32Load8U I32Load16S I32Load16U I64Load8S I64Load8U I64Load16S
        I64Load16U I64Load32S I64Load32U I32Store I64Store F32Store F64Store I32Store8 I32Store16 I64Store8
        I64Store16 I64Store32 V128Load V128Load8x8S V128Load8x8U V128Load16x4S V128Load16x4U V128Load32x2S
        V128Load32x2U V128Load8Splat V128Load16Splat V128Load32Splat V128Load64Splat V128Load32Zero V128Load64Zero
        V128Store
    )
}

/// By constant, those that share bytes with it.
fn overlapping(linked: &Linked) -> BTreeMap<usize, BTreeSet<usize>> {
    let mut by_address: Vec<usize> = (0..linked.constants.len()).collect();
    by_address.sort_by_key(|&constant| (linked.constants[constant].start, linked.constants[constant].end));
    let mut pairs: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut open: Vec<usize> = Vec::new();
    for constant in by_address {
        let range = &linked.constants[constant];
        open.retain(|&other| linked.constants[other].end > range.start);
        for &other in &open {
            pairs.entry(constant).or_default().insert(other);
            pairs.entry(other).or_default().insert(constant);
        }
        open.push(constant);
    }
    pairs
}

#[cfg(test)]
#[allow(clippy::single_range_in_vec_init, reason = "one range is what is meant")]
mod tests {
    use super::*;
    use crate::site::parts::tests::{PAGE, SHARED, program};

    /// Five constants of 32 bytes at 1,024, 1,056 and so on, and one inside the first.
    fn linked(named_by: &[(u32, usize)], held_by: &[(usize, usize)]) -> Linked {
        let name = |function, name: &str| (function, name.to_owned());
        let mut linked = Linked {
            constants: (0..5).map(|place| 1024 + 32 * place..1056 + 32 * place).chain([1030..1034]).collect(),
            names: [
                name(7, "reviewlab[1f]::pages::runs::RunsPage"),
                name(8, "alloc::vec::grow"),
                name(9, "gone"),
            ]
            .into(),
            ..Linked::default()
        };
        for &(function, constant) in named_by {
            linked.named_by.entry(function).or_default().insert(constant);
        }
        for &(holder, held) in held_by {
            linked.held_by.entry(holder).or_default().insert(held);
        }
        linked
    }

    #[track_caller]
    fn check(linked: &Linked, expected: &[Range<u32>]) {
        let program = program();
        let program = Program::read(&program).expect("a program");
        let found = later_ranges(linked, &program, &BTreeSet::from([PAGE])).expect("bodies");
        assert_eq!(found, expected);
        assert!(program.names.contains_key(&SHARED), "the first part has a name that the linker knows");
    }

    #[test]
    fn what_only_later_functions_reach_comes_later() {
        check(&linked(&[(7, 1), (7, 4), (8, 3)], &[(1, 2)]), &[1024..1120, 1152..1184]);
    }

    #[test]
    fn what_the_first_part_reaches_through_others_or_shares_bytes_with_stays() {
        check(&linked(&[(8, 1), (7, 2)], &[(1, 3), (3, 4)]), &[1024..1056, 1088..1120]);
        check(&linked(&[(8, 5)], &[]), &[1056..1184]);
    }

    #[test]
    fn what_a_function_names_that_became_part_of_others_goes_with_them() {
        let mut linked = linked(&[(9, 1)], &[]);
        linked.callers = [(9, [7].into())].into();
        check(&linked, &[1024..1184]);
        linked.callers = [(9, [7, 8].into())].into();
        check(&linked, &[1024..1056, 1088..1184]);
        linked.callers = BTreeMap::new();
        check(&linked, &[1024..1056, 1088..1184]);
    }

    #[test]
    fn an_address_that_stands_in_the_first_part_keeps_its_constant() {
        // `direct`, which is none of the later functions here, names the number 5.
        let mut linked = linked(&[], &[]);
        linked.constants.push(0..40);
        check(&linked, &[1024..1184]);
    }
}
