//! `cargo xtask COMMAND`: one match arm a command.
//! In: the command line. Out: exit code 0 done, 1 something failed (said on stderr), 2 a wrong command line.
//! Never: work of its own; each command is one module's `run(arguments)`.

use anyhow::Result;
use std::process::ExitCode;
use xtask::{bench, check, image, interop, parity, sample_data, serve, site, size, tidy, tools};

const USAGE: &str = "\
cargo xtask COMMAND

  setup                      installs what is missing, into target/tools
  serve [--port 8080]        sets up, builds in release, serves on 127.0.0.1
  test                       sets up, runs every check and every test
  dist [--quick] [--base /] [--out dist]
                             builds the site for one base path, for any static host; `--quick`: soon and large, to look at
  image [--check] [--site FOLDER]
                             builds site and static program into the container image `reviewlab`; starts and asks it
  tidy                       checks the rules of style that compilers do not know
  size                       weighs the built site, compressed, by crate
  sample-data                writes data/sample_reviews.csv again, byte for byte
  parity --csv FILE --text COL --rating COL [--sep ,] --reference DIR
                             compares with the Python stack's numbers for a file
  interop [NAME]             compares with other tools themselves: mlflow, mlflow-model, mlflow-runs, onnx, sklearn, optuna
  bench [NAME] [--rounds 5] [--site FOLDER]
                             measures speed against the Python stack and our own promises: seed-job, scale,
                             cleaning, solvers, forest, wasm, growth, store, pages, serve
";

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.is_empty() || arguments.iter().any(|word| word == "--help" || word == "-h") {
        print!("{USAGE}");
        return ExitCode::SUCCESS;
    }
    let command = arguments.remove(0);
    let Some(outcome) = dispatch(&command, &arguments) else {
        eprintln!("there is no command `{command}`\n\n{USAGE}");
        return ExitCode::from(2);
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a command; `None` if there is none of that name.
fn dispatch(command: &str, arguments: &[String]) -> Option<Result<()>> {
    Some(match command {
        "setup" => tools::run(arguments),
        "serve" => serve::run(arguments),
        "test" => check::run(arguments),
        "dist" => site::run(arguments),
        "image" => image::run(arguments),
        "tidy" => tidy::run(arguments),
        "size" => size::run(arguments),
        "sample-data" => sample_data::run(arguments),
        "parity" => parity::run(arguments),
        "interop" => interop::run(arguments),
        "bench" => bench::run(arguments),
        _ => return None,
    })
}
