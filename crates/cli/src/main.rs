//! The terminal program: the page's engine and drivers, pumped with threads and files.
//! In: words of the command line, files. Out: summaries on stdout, progress and one sentence of failure on
//! stderr; exit code 0 done, 1 the data or the arguments are wrong, 2 an internal fault.
//! Never: a number that the page would not give for the same file, settings and seed.

mod failure;
mod arguments;
mod clock;
mod lock;
mod aligned;
mod source;
mod pool;
mod progress;
mod project;
mod pump;
mod read_reviews;
mod ahead;
mod report;
mod resume;
mod audit;
mod train;
mod predict_file;
mod predict;
mod drift;
mod compare;
mod runs;
mod models;
mod model_card;
mod report_file;
mod export_runs;
mod export_deployment;
mod small_program;
mod export_model;
mod push;
mod import_study;
mod flow;
mod serve;
mod health;

use arguments::Command;
use failure::Failure;
use std::process::ExitCode;

const FAULT: u8 = 2;

#[global_allocator]
static MEMORY: pages::LargePages = pages::LargePages;

fn main() -> ExitCode {
    // A fault in any thread ends the program: half a result is worse than none.
    std::panic::set_hook(Box::new(|fault| {
        eprintln!("reviewlab: internal fault: {fault}");
        std::process::exit(i32::from(FAULT));
    }));
    let outcome = arguments::parse(std::env::args_os().skip(1)).and_then(|command| match command {
        Command::Say(text) => pump::print(&text),
        Command::Train(arguments) => train::run(&arguments),
        Command::Audit(arguments) => audit::run(&arguments),
        Command::Predict(arguments) => predict::run(&arguments),
        Command::Drift(arguments) => drift::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Runs(arguments) => runs::run(&arguments),
        Command::Models(arguments) => models::run(&arguments),
        Command::Push(arguments) => push::run(&arguments),
        Command::Export(arguments) => export_model::run(&arguments),
        Command::Report(arguments) => report_file::run(&arguments),
        Command::Import(arguments) => import_study::run(&arguments),
        Command::Serve(arguments) => serve::run(&arguments),
        Command::Health(arguments) => health::run(&arguments),
        Command::Flow(arguments) => flow::run(&arguments),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Wrong(sentence)) => {
            eprintln!("reviewlab: {sentence}");
            ExitCode::FAILURE
        }
        Err(Failure::Fault(sentence)) => {
            eprintln!("reviewlab: internal fault: {sentence}");
            ExitCode::from(FAULT)
        }
    }
}
