//! What is kept of flows: definitions, deployments, automations, flow runs; and what belongs to what.
//!
//! Records in, looked up and joined out. Never: a record changed.

use track::flow::{Automation, Cause, Deployment, FlowDefinition, FlowRun, StateName, StateType};
use track::id::{DeploymentId, FlowId, FlowRunId, Millis};

/// Shown for what is no longer there.
const GONE: &str = "(gone)";

/// All that is kept of flows but what their tasks did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FlowBook {
    /// Every version in use, oldest first.
    pub flows: Vec<FlowDefinition>,
    /// Deployments in use, oldest first.
    pub deployments: Vec<Deployment>,
    /// Automations in use, oldest first.
    pub automations: Vec<Automation>,
    /// The newest flow runs, newest first.
    pub runs: Vec<FlowRun>,
    /// How many flow runs there are.
    pub n_runs: u64,
}

/// What a person may do with a flow run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// End it.
    Cancel,
    /// Hold it after the task at hand.
    Pause,
    /// Let it go on after a pause.
    Resume,
    /// Go on where it ended, under a new run.
    GoOn,
}

impl FlowBook {
    /// Whether nothing was ever made.
    pub fn is_empty(&self) -> bool {
        self.deployments.is_empty() && self.runs.is_empty() && self.flows.is_empty()
    }

    /// The newest version of a flow.
    pub fn newest(&self, id: &FlowId) -> Option<&FlowDefinition> {
        self.flows.iter().filter(|flow| flow.id == *id).max_by_key(|flow| flow.version)
    }

    /// The newest version of every flow, oldest flow first.
    pub fn all_newest(&self) -> Vec<&FlowDefinition> {
        let is_newest =
            |flow: &&FlowDefinition| self.newest(&flow.id).map(|newest| newest.version) == Some(flow.version);
        self.flows.iter().filter(is_newest).collect()
    }

    /// The version that a flow run is of.
    pub fn flow_of(&self, run: &FlowRun) -> Option<&FlowDefinition> {
        self.flows.iter().find(|flow| flow.id == run.flow && flow.version == run.version)
    }

    /// The version that a deployment runs.
    pub fn deployed(&self, deployment: &Deployment) -> Option<&FlowDefinition> {
        let of = self.flows.iter().filter(|flow| flow.id == deployment.flow);
        of.filter(|flow| deployment.version.is_none_or(|version| version == flow.version))
            .max_by_key(|flow| flow.version)
    }

    /// A flow's name.
    pub fn flow_name(&self, id: &FlowId) -> String {
        self.newest(id).map_or_else(|| GONE.to_owned(), |flow| flow.name.clone())
    }

    /// A deployment in use.
    pub fn deployment(&self, id: &DeploymentId) -> Option<&Deployment> {
        self.deployments.iter().find(|deployment| deployment.id == *id)
    }

    /// A deployment's name.
    pub fn deployment_name(&self, id: &DeploymentId) -> String {
        self.deployment(id).map_or_else(|| GONE.to_owned(), |deployment| deployment.name.clone())
    }

    /// A flow run.
    pub fn run(&self, id: &FlowRunId) -> Option<&FlowRun> {
        self.runs.iter().find(|run| run.id == *id)
    }

    /// Whether no other run went on from this one.
    pub fn is_last_of_its_line(&self, run: &FlowRun) -> bool {
        self.runs.iter().all(|other| other.root != run.root || other.id <= run.id)
    }

    /// What a person may do with a flow run; `is_here` where this tab runs it.
    pub fn offered(&self, run: &FlowRun, is_here: bool) -> Vec<Offered> {
        match run.state.of_type() {
            StateType::Scheduled => vec![Offered::Cancel],
            StateType::Running if is_here => vec![Offered::Pause, Offered::Cancel],
            StateType::Pending | StateType::Running => vec![Offered::Cancel],
            StateType::Paused => vec![Offered::Resume, Offered::Cancel],
            StateType::Cancelled | StateType::Failed | StateType::Crashed
                if self.is_last_of_its_line(run) =>
            {
                vec![Offered::GoOn]
            }
            _ => Vec::new(),
        }
    }

    /// Why a flow run was made, in a few words.
    pub fn cause_words(&self, cause: &Cause) -> String {
        match cause {
            Cause::Person { who } => format!("asked for by {who}"),
            Cause::Schedule { .. } => "it was due".to_owned(),
            Cause::Automation { automation } => {
                let found = self.automations.iter().find(|known| known.id == *automation);
                found.map_or_else(
                    || "an automation".to_owned(),
                    |found| format!("automation '{}'", found.name),
                )
            }
            Cause::GoesOn { earlier } => {
                let found = self.run(earlier).map_or("another run", |run| run.name.as_str());
                format!("goes on from {found}")
            }
        }
    }
}

/// How a flow run stands, as it is shown: `Completed with warnings`.
pub fn state_words(run: &FlowRun) -> String {
    match (run.state.name, run.n_warnings) {
        (StateName::Completed, 1..) => "Completed with warnings".to_owned(),
        (name, _) => name.as_str().to_owned(),
    }
}

/// How long a run took, or takes so far.
pub fn took_ms((begun, ended): (Option<Millis>, Option<Millis>), now: Millis) -> Option<f64> {
    begun.map(|begun| ended.unwrap_or(now).0.saturating_sub(begun.0) as f64)
}
