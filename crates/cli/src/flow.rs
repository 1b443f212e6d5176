//! `reviewlab flow`: flows run when asked or when due, kept in the project file task by task.
//! In: checked arguments, the project. Out: lines or JSON on the standard output, the project file. Never: a task done
//! twice because the program was ended, or two programs at one project.

mod zones;
mod inbox;
mod desk;
mod prepare;
mod run;
mod react;
mod serve;
mod deploy;
mod list;
mod automate;
mod show;

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::arguments::{FlowArguments, FlowAsked};
use crate::failure::Failure;
use crate::lock::Lock;

/// Does what is asked.
///
/// # Errors
/// Where the project or the arguments are wrong, or the flow run failed.
pub fn run(arguments: &FlowArguments) -> Result<(), Failure> {
    match &arguments.asked {
        FlowAsked::List => list::list(arguments),
        FlowAsked::Runs { .. }
        | FlowAsked::Events { .. }
        | FlowAsked::Logs { .. }
        | FlowAsked::Automations => show::show(arguments),
        FlowAsked::Automate { name, words } => automate::automate(&desk::Desk::open(arguments)?, name, words),
        FlowAsked::Forget { name } => automate::forget(&desk::Desk::open(arguments)?, name),
        FlowAsked::Deploy { name, what, schedule, n_at_a_time, overflow } => {
            let mut desk = desk::Desk::open(arguments)?;
            deploy::deploy(&mut desk, (name, what), schedule.as_ref(), (*n_at_a_time, *overflow))
        }
        FlowAsked::Run { what } => {
            let mut desk = desk::Desk::open(arguments)?;
            run::run_now(&mut desk, what, arguments.json)
        }
        FlowAsked::Serve { for_s } => {
            let mut desk = desk::Desk::open(arguments)?;
            serve::serve(&mut desk, *for_s, arguments.json)
        }
    }
}

/// How long a project that is not there, or that another program writes, is waited for before the next look.
const REST: Duration = Duration::from_secs(1);

/// Runs what is due in a project for as long as the program lives, in a thread of its own. A run that the program's end
/// cuts off goes on when it is next begun.
///
/// # Errors
/// Where no thread can be started.
pub fn beside(project: &Path, json: bool) -> Result<(), Failure> {
    let path: PathBuf = project.to_path_buf();
    let work = move || {
        let mut last_said = String::new();
        loop {
            let sentence = match served(&path, json) {
                Ok(()) => String::new(),
                Err(Failure::Wrong(sentence) | Failure::Fault(sentence)) => sentence,
            };
            if sentence != last_said && !sentence.is_empty() {
                eprintln!("reviewlab: flows: {sentence}");
            }
            last_said = sentence;
            std::thread::sleep(REST);
        }
    };
    let started = std::thread::Builder::new().name("flows".to_owned()).spawn(work);
    started.map(drop).map_err(|error| Failure::Fault(format!("no thread can be started: {error}")))
}

/// Until something goes wrong; nothing where there is no project yet.
fn served(path: &Path, json: bool) -> Result<(), Failure> {
    if !path.exists() {
        return Ok(());
    }
    let n_workers = std::thread::available_parallelism().map_or(1, usize::from);
    let mut desk = desk::Desk::take(path, Lock::take(path)?, n_workers)?;
    serve::serve(&mut desk, None, json)
}
