//! Whether a flow's tasks make sense, and in which order they come.

use engine::quote::Quoted;
use thiserror::Error;
use track::flow::{FlowDefinition, TaskKind, TaskSpec};

use crate::retry::{RetryError, check_retry};

/// Most tasks of a flow.
pub const MAX_TASKS: usize = 64;
/// Longest name of a task, in characters.
pub const MAX_KEY_CHARS: usize = 40;

/// Why a flow cannot be run.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum FlowError {
    /// It does nothing.
    #[error("a flow needs one task at least: add one")]
    Empty,
    /// It has too many tasks.
    #[error("a flow has at most {MAX_TASKS} tasks, this one has {n_tasks}: take some away")]
    TooMany {
        /// How many.
        n_tasks: usize,
    },
    /// A name that cannot be used.
    #[error("'{key}' cannot be a task's name: use letters, digits, spaces, '-' and '_', at most 40", key = Quoted(.key))]
    BadKey {
        /// The name.
        key: String,
    },
    /// Two tasks have one name.
    #[error("two tasks are called '{key}': give one of them another name", key = Quoted(.key))]
    Twice {
        /// The name.
        key: String,
    },
    /// It comes after something that is not there.
    #[error("'{task}' comes after '{needed}', and there is no such task: choose another", task = Quoted(.task), needed = Quoted(.needed))]
    Unknown {
        /// The task.
        task: String,
        /// What it needs.
        needed: String,
    },
    /// They wait for each other.
    #[error("these tasks wait for each other: {tasks}; let one of them begin earlier", tasks = .tasks.join(" → "))]
    Cycle {
        /// In order, the first once more at the end.
        tasks: Vec<String>,
    },
    /// What it works on is given by none before it.
    #[error("'{task}' ({what}) needs {missing} before it: add that task, or let it come after one", task = Quoted(.task))]
    Missing {
        /// The task.
        task: String,
        /// What it does.
        what: &'static str,
        /// What is missing.
        missing: &'static str,
    },
    /// Its retries make no sense.
    #[error("'{task}': {error}", task = Quoted(.task))]
    Retry {
        /// The task.
        task: String,
        /// Why.
        error: RetryError,
    },
    /// What it is asked cannot be done.
    #[error("'{task}': {reason}", task = Quoted(.task))]
    Parameter {
        /// The task.
        task: String,
        /// One sentence.
        reason: String,
    },
}

/// What tasks hand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Product {
    Data,
    Recipe,
    Parts,
    Counts,
    Fit,
    Scores,
    Version,
    Scored,
}

impl Product {
    /// The tasks that give it, in words.
    fn givers(self) -> &'static str {
        match self {
            Self::Data => "'Load data'",
            Self::Recipe => "'Clean'",
            Self::Parts => "'Split'",
            Self::Counts => "'Count words'",
            Self::Fit => "'Tune' or 'Fit'",
            Self::Scores => "'Evaluate'",
            Self::Version => "'Register'",
            Self::Scored => "'Score new reviews'",
        }
    }
}

fn gives(kind: &TaskKind) -> Option<Product> {
    match kind {
        TaskKind::LoadData { .. } => Some(Product::Data),
        TaskKind::Clean { .. } => Some(Product::Recipe),
        TaskKind::Split { .. } => Some(Product::Parts),
        TaskKind::Vectorise => Some(Product::Counts),
        TaskKind::Tune { .. } | TaskKind::Fit { .. } => Some(Product::Fit),
        TaskKind::Evaluate { .. } => Some(Product::Scores),
        TaskKind::Register { .. } => Some(Product::Version),
        TaskKind::ScoreFolder { .. } => Some(Product::Scored),
        TaskKind::Log | TaskKind::Promote { .. } | TaskKind::CheckDrift { .. } => None,
    }
}

fn takes(kind: &TaskKind) -> &'static [Product] {
    match kind {
        TaskKind::LoadData { .. } | TaskKind::ScoreFolder { .. } | TaskKind::CheckDrift { .. } => &[],
        TaskKind::Clean { .. } => &[Product::Data],
        TaskKind::Split { .. } => &[Product::Recipe],
        TaskKind::Vectorise => &[Product::Recipe, Product::Parts],
        TaskKind::Tune { .. } | TaskKind::Fit { .. } => &[Product::Counts, Product::Parts],
        TaskKind::Evaluate { .. } | TaskKind::Log | TaskKind::Register { .. } => &[Product::Fit],
        TaskKind::Promote { .. } => &[Product::Version, Product::Scores],
    }
}

/// Whether a flow can be run.
///
/// # Errors
/// The first reason why not, in one sentence.
pub fn validate(flow: &FlowDefinition) -> Result<(), FlowError> {
    match flow.tasks.len() {
        0 => return Err(FlowError::Empty),
        n_tasks if n_tasks > MAX_TASKS => return Err(FlowError::TooMany { n_tasks }),
        _ => {}
    }
    let scores = |task: &&TaskSpec| matches!(task.kind, TaskKind::ScoreFolder { .. });
    if let Some(second) = flow.tasks.iter().filter(scores).nth(1) {
        let reason = "a flow scores one folder: make another flow for a second one".to_owned();
        return Err(FlowError::Parameter { task: second.key.clone(), reason });
    }
    let places = order(flow)?;
    for place in places {
        let task = &flow.tasks[place];
        check_retry(&task.retry).map_err(|error| FlowError::Retry { task: task.key.clone(), error })?;
        check_parameters(task)?;
        let before = ancestors(flow, place);
        let is_given =
            |product: Product| before.iter().any(|at| gives(&flow.tasks[*at].kind) == Some(product));
        if matches!(task.kind, TaskKind::CheckDrift { .. })
            && !is_given(Product::Data)
            && !is_given(Product::Scored)
        {
            let (task, what) = (task.key.clone(), task.kind.name());
            return Err(FlowError::Missing { task, what, missing: "'Load data' or 'Score new reviews'" });
        }
        for wanted in takes(&task.kind) {
            let n_givers =
                before.iter().filter(|place| gives(&flow.tasks[**place].kind) == Some(*wanted)).count();
            if n_givers == 0 {
                let (task, what) = (task.key.clone(), task.kind.name());
                return Err(FlowError::Missing { task, what, missing: wanted.givers() });
            }
            if n_givers > 1 {
                let reason = format!(
                    "two tasks before it do the work of {}: let it come after one of them only",
                    wanted.givers()
                );
                return Err(FlowError::Parameter { task: task.key.clone(), reason });
            }
        }
    }
    Ok(())
}

fn check_parameters(task: &TaskSpec) -> Result<(), FlowError> {
    let wrong = |reason: String| Err(FlowError::Parameter { task: task.key.clone(), reason });
    if task.timeout_s == Some(0) {
        return wrong("its time limit is 1 second at least".to_owned());
    }
    match &task.kind {
        TaskKind::Split { split } => split.check().or_else(|error| wrong(error.to_string())),
        TaskKind::Tune { study } => study.validate().or_else(|error| wrong(error.to_string())),
        TaskKind::Fit { study } => {
            study.validate().or_else(|error| wrong(error.to_string()))?;
            match study.n_trials() {
                1 => Ok(()),
                n_trials => wrong(format!("it fits one setting, not {n_trials}: use 'Tune' for more")),
            }
        }
        TaskKind::Evaluate { model }
        | TaskKind::Register { model }
        | TaskKind::Promote { model, .. }
        | TaskKind::ScoreFolder { model, .. }
        | TaskKind::CheckDrift { model }
            if model.trim().is_empty() =>
        {
            wrong("it needs the name of a model".to_owned())
        }
        TaskKind::Promote { rule, .. } => {
            let is_share = |share: f64| (0.0..=1.0).contains(&share);
            if !is_share(rule.max_p_value) || !is_share(rule.max_recall_loss) {
                return wrong("p-value and loss of recall are shares of 0 to 1".to_owned());
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Places of all tasks that come before the one at `place`, ascending.
pub fn ancestors(flow: &FlowDefinition, place: usize) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::new();
    let mut open = vec![place];
    while let Some(at) = open.pop() {
        for needed in &flow.tasks[at].needs {
            if let Some(before) = flow.tasks.iter().position(|task| task.key == *needed)
                && !found.contains(&before)
            {
                found.push(before);
                open.push(before);
            }
        }
    }
    found.sort_unstable();
    found
}

/// The tasks' places in an order in which each comes after all it needs; of several that could, the first listed.
///
/// # Errors
/// Where names are wrong or tasks wait for each other.
pub fn order(flow: &FlowDefinition) -> Result<Vec<usize>, FlowError> {
    check_names(flow)?;
    let mut done: Vec<usize> = Vec::with_capacity(flow.tasks.len());
    while done.len() < flow.tasks.len() {
        let is_done = |key: &String| done.iter().any(|place| flow.tasks[*place].key == *key);
        let next = (0..flow.tasks.len())
            .find(|place| !done.contains(place) && flow.tasks[*place].needs.iter().all(is_done));
        match next {
            Some(place) => done.push(place),
            None => return Err(FlowError::Cycle { tasks: cycle(flow, &done) }),
        }
    }
    Ok(done)
}

/// The tasks' places by level: a task's level is one above the highest of those it needs.
///
/// # Errors
/// As `order`.
pub fn levels(flow: &FlowDefinition) -> Result<Vec<Vec<usize>>, FlowError> {
    let mut level_of = vec![0; flow.tasks.len()];
    let mut levels: Vec<Vec<usize>> = Vec::new();
    for place in order(flow)? {
        let of =
            |key: &String| flow.tasks.iter().position(|task| task.key == *key).map(|at| level_of[at] + 1);
        let level = flow.tasks[place].needs.iter().filter_map(of).max().unwrap_or(0);
        level_of[place] = level;
        if levels.len() <= level {
            levels.resize(level + 1, Vec::new());
        }
        levels[level].push(place);
    }
    levels.iter_mut().for_each(|level| level.sort_unstable());
    Ok(levels)
}

/// Whether a text can be a task's name.
fn is_key(key: &str) -> bool {
    let may_stand = |letter: char| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_');
    key.trim() == key && (1..=MAX_KEY_CHARS).contains(&key.chars().count()) && key.chars().all(may_stand)
}

fn check_names(flow: &FlowDefinition) -> Result<(), FlowError> {
    for (place, task) in flow.tasks.iter().enumerate() {
        if !is_key(&task.key) {
            return Err(FlowError::BadKey { key: task.key.clone() });
        }
        if flow.tasks[..place].iter().any(|earlier| earlier.key == task.key) {
            return Err(FlowError::Twice { key: task.key.clone() });
        }
        if let Some(needed) = task.needs.iter().find(|needed| flow.task(needed).is_none()) {
            return Err(FlowError::Unknown { task: task.key.clone(), needed: needed.clone() });
        }
    }
    Ok(())
}

/// One of the cycles among the tasks that are not `done`: every one of them waits for another of them.
fn cycle(flow: &FlowDefinition, done: &[usize]) -> Vec<String> {
    let is_open = |key: &str| {
        let place = flow.tasks.iter().position(|task| task.key == key);
        place.filter(|place| !done.contains(place))
    };
    let mut path: Vec<usize> = (0..flow.tasks.len()).filter(|place| !done.contains(place)).take(1).collect();
    while let Some(next) =
        path.last().and_then(|last| flow.tasks[*last].needs.iter().find_map(|needed| is_open(needed)))
    {
        if let Some(begin) = path.iter().position(|place| *place == next) {
            let around = path[begin..].iter().chain([&next]);
            return around.rev().map(|place| flow.tasks[*place].key.clone()).collect();
        }
        path.push(next);
    }
    path.into_iter().map(|place| flow.tasks[place].key.clone()).collect()
}
