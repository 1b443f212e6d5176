//! The project with everything flows need: its records, a pool of threads, and the lock that keeps others out.
//! In: a project file. Out: its records by kind; batches written and on disk. Never: two programs that write it.

use std::path::Path;

use engine::num::ContentHash;
use storage::{Batch, Order, Query, Store as _};
use track::experiment::Lifecycle;
use track::flow::{Automation, Deployment, FlowDefinition, FlowRun, TaskRun};
use track::id::FlowRunId;
use track::record::{Collection, Record};

use crate::arguments::FlowArguments;
use crate::failure::Failure;
use crate::lock::Lock;
use crate::pool::{Happening, Pool};
use crate::project::Project;

/// Records of one kind that are looked at, newest first.
const MAX_LISTED: usize = 10_000;

/// A project that flows run in.
pub struct Desk {
    /// The project.
    pub project: Project,
    /// The threads.
    pub pool: Pool,
    /// Held for as long as this program runs; the system lets go of it whatever ends the program.
    _lock: Lock,
}

impl Desk {
    /// Opens a project for this program alone.
    ///
    /// # Errors
    /// Where there is none, or another program runs flows in it.
    pub fn open(arguments: &FlowArguments) -> Result<Self, Failure> {
        let path = &arguments.project;
        std::fs::metadata(path).map_err(|error| {
            Failure::wrong(format!(
                "{}: {error}. A flow works on reviews that are kept: make the project with `reviewlab train FILE`.",
                path.display()
            ))
        })?;
        let desk = Self::take(path, Lock::take(path)?, arguments.n_workers)?;
        let doorbell = desk.pool.doorbell();
        let mut is_second = false;
        let handler = move || {
            if is_second {
                // What shells report for a program ended by Ctrl-C.
                std::process::exit(130);
            }
            is_second = true;
            // A pool that is gone has nothing left to stop.
            let _ = doorbell.send(Happening::Interrupt);
        };
        ctrlc::set_handler(handler)
            .map_err(|error| Failure::Fault(format!("Ctrl-C cannot be caught: {error}")))?;
        Ok(desk)
    }

    /// The project whose lock is held; whoever calls cares for signals.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn take(path: &Path, lock: Lock, n_workers: usize) -> Result<Self, Failure> {
        Ok(Self { project: Project::open(path)?, pool: Pool::new(n_workers), _lock: lock })
    }

    /// Reads the project again where somebody has put another file in its place.
    ///
    /// # Errors
    /// Where that cannot be read.
    pub fn follow(&mut self) -> Result<(), Failure> {
        if let Some(replaced) = self.project.if_replaced()? {
            eprintln!("reviewlab: the project file was replaced, and is read again.");
            self.project = replaced;
        }
        Ok(())
    }

    /// Writes records and has them on disk.
    ///
    /// # Errors
    /// Where they cannot be written.
    pub fn write(&self, records: Vec<Record>) -> Result<(), Failure> {
        if records.is_empty() {
            return Ok(());
        }
        pollster::block_on(self.project.store().write(Batch { records, blobs: Vec::new() }))?;
        self.project.save()
    }

    /// Deployments in use, oldest first.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn deployments(&self) -> Result<Vec<Deployment>, Failure> {
        let of = |record| match record {
            Record::Deployment(deployment) if deployment.lifecycle == Lifecycle::Active => Some(deployment),
            _ => None,
        };
        listed(&self.project, &Query::All(Collection::Deployments), of)
    }

    /// Automations in use, oldest first.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn automations(&self) -> Result<Vec<Automation>, Failure> {
        let of = |record| match record {
            Record::Automation(automation) if automation.lifecycle == Lifecycle::Active => Some(automation),
            _ => None,
        };
        listed(&self.project, &Query::All(Collection::Automations), of)
    }
}

/// Flow runs, oldest first.
///
/// # Errors
/// Where they cannot be read.
pub fn flow_runs(project: &Project) -> Result<Vec<FlowRun>, Failure> {
    let of = |record| if let Record::FlowRun(run) = record { Some(run) } else { None };
    listed(project, &Query::All(Collection::FlowRuns), of)
}

/// Tasks of a flow run, in order.
///
/// # Errors
/// Where they cannot be read.
pub fn task_runs(project: &Project, run: &FlowRunId) -> Result<Vec<TaskRun>, Failure> {
    let of = |record| if let Record::TaskRun(task) = record { Some(task) } else { None };
    listed(project, &Query::OfFlowRun(Collection::TaskRuns, run.clone()), of)
}

/// Flows in use, every version, oldest first.
///
/// # Errors
/// Where they cannot be read.
pub fn flows(project: &Project) -> Result<Vec<FlowDefinition>, Failure> {
    let of = |record| match record {
        Record::Flow(flow) if flow.lifecycle == Lifecycle::Active => Some(flow),
        _ => None,
    };
    listed(project, &Query::All(Collection::Flows), of)
}

/// Whether a blob is in the project.
///
/// # Errors
/// Where that cannot be found out.
pub fn has_blob(project: &Project, hash: ContentHash) -> Result<bool, Failure> {
    Ok(pollster::block_on(project.store().blob(hash))?.is_some())
}

/// The newest records that a query asks for and `of` takes, oldest first.
pub fn listed<T>(
    project: &Project,
    query: &Query,
    of: impl Fn(Record) -> Option<T>,
) -> Result<Vec<T>, Failure> {
    let records = pollster::block_on(project.store().list(query, Order::Descending, MAX_LISTED))?;
    let mut found: Vec<T> = records.into_iter().filter_map(of).collect();
    found.reverse();
    Ok(found)
}
