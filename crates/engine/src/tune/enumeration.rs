//! A space whose settings can be counted: how many there are, and each by its number.
//!
//! A parameter that does not matter under a setting is not part of it, so no two numbers give one setting.

use crate::tune::{ParamName, Range, Setting};

/// The settings of a space, numbered.
#[derive(Clone, Debug)]
pub struct Enumeration<'a> {
    /// Each combination of what decides, in order, with the parameters that then matter and the number of
    /// their settings.
    blocks: Vec<Block<'a>>,
}

#[derive(Clone, Debug)]
struct Block<'a> {
    decided: Setting,
    free: Vec<&'a (ParamName, Range)>,
    n_settings: u64,
}

impl<'a> Enumeration<'a> {
    /// Of `space`; `None` where a range cannot be counted.
    pub fn new(space: &'a [(ParamName, Range)]) -> Option<Self> {
        if space.iter().any(|(_, range)| range.n_values().is_none()) {
            return None;
        }
        let decides = |name: ParamName| {
            space.iter().any(|(other, _)| other.depends_on().is_some_and(|(decides, _)| decides == name))
        };
        let (deciding, others): (Vec<_>, Vec<_>) = space.iter().partition(|(name, _)| decides(*name));
        let mut combinations = vec![Setting::new()];
        for (name, range) in deciding {
            combinations = combinations
                .iter()
                .flat_map(|combination| {
                    (0..range.n_values().unwrap_or(0)).map(move |place| {
                        let mut longer = combination.clone();
                        longer.insert(*name, range.nth(place));
                        longer
                    })
                })
                .collect();
        }
        let block = |decided: Setting| {
            let free: Vec<&(ParamName, Range)> =
                others.iter().filter(|(name, _)| name.is_active(&decided)).copied().collect();
            let sizes = free.iter().map(|(_, range)| range.n_values().unwrap_or(0));
            let n_settings = sizes.fold(1u64, u64::saturating_mul);
            Block { decided, free, n_settings }
        };
        Some(Self { blocks: combinations.into_iter().map(block).collect() })
    }

    /// How many settings there are, at most `u64::MAX`.
    pub fn n_settings(&self) -> u64 {
        self.blocks.iter().fold(0u64, |sum, block| sum.saturating_add(block.n_settings))
    }

    /// Setting number `place`, which is below `n_settings`; the last parameter runs fastest.
    pub fn nth(&self, mut place: u64) -> Option<Setting> {
        for block in &self.blocks {
            if place >= block.n_settings {
                place -= block.n_settings;
                continue;
            }
            let mut setting = block.decided.clone();
            for (name, range) in block.free.iter().rev() {
                let n_values = range.n_values().unwrap_or(1);
                setting.insert(*name, range.nth(place % n_values));
                place /= n_values;
            }
            return Some(setting);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tune::Value;

    fn forest() -> Vec<(ParamName, Range)> {
        vec![
            (ParamName::MaxDepth, Range::Int { low: 10, high: 12, step: 1 }),
            (ParamName::LimitDepth, Range::words(&["false", "true"])),
            (ParamName::MinSamplesLeaf, Range::Int { low: 1, high: 2, step: 1 }),
        ]
    }

    #[test]
    fn what_does_not_matter_is_not_counted() {
        let space = forest();
        let all = Enumeration::new(&space).expect("it can be counted");
        assert_eq!(all.n_settings(), 2 + 3 * 2);
        let mut seen: Vec<Setting> = Vec::new();
        for place in 0..8 {
            let setting = all.nth(place).expect("below the number of settings");
            let is_limited = setting[&ParamName::LimitDepth] == Value::Text("true".into());
            assert_eq!(setting.contains_key(&ParamName::MaxDepth), is_limited);
            assert!(!seen.contains(&setting));
            seen.push(setting);
        }
        assert_eq!(all.nth(8), None);
    }

    #[test]
    fn an_empty_space_has_one_setting_and_a_real_range_none_that_can_be_counted() {
        let empty = Enumeration::new(&[]).expect("it can be counted");
        assert_eq!((empty.n_settings(), empty.nth(0)), (1, Some(Setting::new())));
        let real = [(ParamName::C, Range::Float { low: 0.1, high: 1.0, log: true })];
        assert!(Enumeration::new(&real).is_none());
    }
}
