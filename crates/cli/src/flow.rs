//! `reviewlab flow`: flows run when asked or when due, kept in the project file task by task.
//! In: checked arguments, the project. Out: lines or JSON on the standard output, the project file. Never: a task done
//! twice because the program was ended, or two programs at one project.

mod zones;
mod desk;
mod prepare;
mod prune;
mod run;
mod react;
mod serve;
mod deploy;
mod list;

use crate::arguments::{FlowArguments, FlowAsked};
use crate::failure::Failure;

/// Does what is asked.
///
/// # Errors
/// Where the project or the arguments are wrong, or the flow run failed.
pub fn run(arguments: &FlowArguments) -> Result<(), Failure> {
    match &arguments.asked {
        FlowAsked::List => list::list(arguments),
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
