//! Work that was set down for another tab: which commands nobody carries out, and when it may be taken up again.

use drivers::Ticket;

/// Work that was set down, maybe more than once before it was taken up.
#[derive(Default)]
pub(super) struct SetDown {
    n_times: u32,
    /// Commands that nobody carries out.
    pub given_up: Vec<Ticket>,
}

impl SetDown {
    /// It is asked for; the number of this time.
    pub fn begin(&mut self) -> u32 {
        self.n_times += 1;
        self.n_times
    }

    /// It is over, where it was not asked for again: all commands given up since it was first asked for.
    pub fn end(&mut self, turn: u32) -> Option<Vec<Ticket>> {
        (turn == self.n_times).then(|| std::mem::take(&mut self.given_up))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_set_down_twice_is_taken_up_once_and_whole() {
        let mut set_down = SetDown::default();
        let first = set_down.begin();
        set_down.given_up.extend([Ticket(1), Ticket(2)]);
        let second = set_down.begin();
        set_down.given_up.push(Ticket(3));
        assert_eq!(set_down.end(first), None, "another tab asked again");
        assert_eq!(set_down.end(second), Some(vec![Ticket(1), Ticket(2), Ticket(3)]));
        let third = set_down.begin();
        assert_eq!(set_down.end(third), Some(Vec::new()));
    }
}
