//! Stars in, a review's title and text out: which kinds of sentence a star makes people write, and how
//! they are strung together. In: the grammar, a product, stars. Out: plain text, before its typing errors.
//! Never: a word of its own.

use super::grammar::Grammar;
use super::rng::SampleRng;

const ASPECTS: [&str; 7] = ["quality", "own", "delivery", "price", "authentic", "fit", "lasting"];

/// Which aspects a product's reviews speak of, in parts of the whole, in the order of `ASPECTS`.
fn aspect_weights(product: &str) -> [usize; 7] {
    match product {
        "cream" => [20, 22, 14, 14, 26, 0, 4],
        "shoes" => [18, 16, 12, 14, 8, 20, 12],
        "sheet" => [24, 20, 14, 16, 2, 12, 12],
        "backpack" => [20, 18, 12, 16, 4, 10, 20],
        "earbuds" => [20, 20, 12, 14, 10, 10, 14],
        "racket" => [20, 18, 12, 16, 14, 4, 16],
        _ => [26, 18, 16, 18, 4, 0, 18],
    }
}

/// What one review is written about.
pub struct Subject<'a> {
    /// Where its phrases come from.
    pub grammar: &'a Grammar,
    /// Name of the product in the grammar.
    pub product: &'a str,
}

impl Subject<'_> {
    fn draw(&self, rng: &mut SampleRng, list: &str) -> String {
        self.grammar.draw(rng, self.product, list)
    }

    fn aspect(&self, rng: &mut SampleRng, side: &str) -> String {
        let aspect = ASPECTS[rng.weighted(&aspect_weights(self.product))];
        self.draw(rng, &format!("{aspect}.{side}"))
    }

    /// The heading of a review with `stars`.
    pub fn title(&self, rng: &mut SampleRng, stars: u8) -> String {
        let list = match stars {
            4.. => "title.pos",
            3 => "title.mid",
            _ => "title.neg",
        };
        self.draw(rng, list)
    }

    /// The text of a review with `stars`: clauses and what joins them.
    pub fn text(&self, rng: &mut SampleRng, stars: u8) -> String {
        match stars {
            5 => self.five(rng),
            4 => self.four(rng),
            3 => self.three(rng),
            2 => self.two(rng),
            _ => self.one(rng),
        }
    }

    fn five(&self, rng: &mut SampleRng) -> String {
        if rng.chance(330) {
            return self.draw(rng, "short.five");
        }
        let mut clauses = self.opening(rng, 170, "opener.pos", 130);
        for _ in 0..=rng.weighted(&[44, 34, 16, 6]) {
            clauses.push(self.aspect(rng, "pos"));
        }
        if rng.chance(70) {
            self.grumble(rng, &mut clauses);
        }
        if rng.chance(380) {
            clauses.push(self.draw(rng, "closer.pos"));
        }
        self.join(rng, clauses)
    }

    fn four(&self, rng: &mut SampleRng) -> String {
        if rng.chance(280) {
            return self.draw(rng, "short.four");
        }
        let mut clauses = self.opening(rng, 200, "opener.pos", 50);
        for _ in 0..=rng.weighted(&[60, 30, 10]) {
            clauses.push(self.aspect(rng, "pos"));
        }
        if rng.chance(420) {
            self.grumble(rng, &mut clauses);
        }
        if rng.chance(150) {
            clauses.push(self.draw(rng, "closer.pos"));
        }
        self.join(rng, clauses)
    }

    fn three(&self, rng: &mut SampleRng) -> String {
        if rng.chance(320) {
            return self.draw(rng, "short.three");
        }
        let mut clauses = self.opening(rng, 180, "opener.pos", 0);
        if rng.chance(350) {
            clauses.push(self.draw(rng, "mid"));
        } else {
            let praise = self.aspect(rng, "pos");
            let blame = self.draw(rng, "gripe");
            clauses.push(format!("{praise} {} {blame}", self.draw(rng, "but")));
        }
        if rng.chance(200) {
            clauses.push(self.draw(rng, "mid"));
        }
        self.join(rng, clauses)
    }

    fn two(&self, rng: &mut SampleRng) -> String {
        if rng.chance(200) {
            return self.draw(rng, "short.two");
        }
        let mut clauses = self.opening(rng, 240, "opener.neg", 80);
        let blame = self.aspect(rng, "neg");
        if rng.chance(400) {
            let praise = self.draw(rng, "concession");
            clauses.push(format!("{praise} {} {blame}", self.draw(rng, "but")));
        } else {
            clauses.push(blame);
        }
        if rng.chance(650) {
            clauses.push(self.aspect(rng, "neg"));
        }
        if rng.chance(750) {
            clauses.push(self.draw(rng, "closer.neg"));
        }
        self.join(rng, clauses)
    }

    fn one(&self, rng: &mut SampleRng) -> String {
        if rng.chance(240) {
            return self.draw(rng, "short.one");
        }
        let mut clauses = self.opening(rng, 240, "opener.neg", 200);
        if rng.chance(110) {
            clauses.push(self.draw(rng, "concession"));
        }
        for _ in 0..=rng.weighted(&[12, 42, 34, 12]) {
            clauses.push(self.aspect(rng, "neg"));
        }
        if rng.chance(800) {
            clauses.push(self.draw(rng, "closer.neg"));
        }
        self.join(rng, clauses)
    }

    /// Adds a small complaint to the last clause.
    fn grumble(&self, rng: &mut SampleRng, clauses: &mut [String]) {
        let Some(last) = clauses.last_mut() else { return };
        let (but, gripe) = (self.draw(rng, "but"), self.draw(rng, "gripe"));
        *last = format!("{last} {but} {gripe}");
    }

    /// At most one clause to begin with: of any review, or one that gives the mood away.
    fn opening(&self, rng: &mut SampleRng, any: usize, moody_list: &str, moody: usize) -> Vec<String> {
        if rng.chance(any) {
            vec![self.draw(rng, "opener.any")]
        } else if rng.chance(moody) {
            vec![self.draw(rng, moody_list)]
        } else {
            Vec::new()
        }
    }

    fn join(&self, rng: &mut SampleRng, clauses: Vec<String>) -> String {
        let mut text = String::new();
        for clause in clauses {
            if !text.is_empty() {
                let joint = self.draw(rng, "and");
                let touches = joint.starts_with(|c: char| !c.is_alphabetic());
                text.push_str(if touches { "" } else { " " });
                text.push_str(&joint);
                text.push(' ');
            }
            text.push_str(&clause);
        }
        text.replace(" , ", ", ")
    }
}
