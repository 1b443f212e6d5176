//! Where the linear fits of one setting ended, for others to begin at.

use kernels::Starts;

/// For each group of lanes the end of each of its problems. Of models that are not fitted in lanes, and of those
/// without weights, there is nothing to begin with.
#[derive(Default)]
pub struct WarmStart {
    pub(super) groups: Vec<Vec<Starts>>,
}

impl WarmStart {
    /// Room for the ends of the next group.
    pub(super) fn next_group(&mut self) -> &mut Vec<Starts> {
        self.groups.push(Vec::new());
        self.groups.last_mut().expect("it was just pushed")
    }
}
