//! The folder whose new files a flow scores.
//! In: a flow, a folder of the file system, what was scored before. Out: files to score, results beside them. Never: a
//! file written over, or a result written twice.

use std::path::{Path, PathBuf};

use ::flow::{ToScore, folder_of, set_folder, to_score};
use storage::{Folder as _, FolderError, NativeFolder, deliver, scored_before};
use track::flow::FlowDefinition;

use crate::clock;
use crate::failure::Failure;
use crate::project::Project;
use crate::source::Source;

/// Has a flow score this folder, if it scores one.
///
/// # Errors
/// Where it needs one and none is given, or is given one and needs none.
pub fn with_folder(flow: &mut FlowDefinition, given: Option<&Path>) -> Result<(), Failure> {
    let name = flow.name.clone();
    match (folder_of(flow), given) {
        (Some(_), Some(given)) => {
            let path: PathBuf = std::path::absolute(given).map_err(|error| Failure::file(given, &error))?;
            if !path.is_dir() {
                return Err(Failure::wrong(format!("{} is no folder.", path.display())));
            }
            set_folder(flow, &path.to_string_lossy());
            Ok(())
        }
        (Some(""), None) => {
            Err(Failure::wrong(format!("The flow '{name}' scores a folder: name it with --folder.")))
        }
        (None, Some(_)) => {
            Err(Failure::wrong(format!("The flow '{name}' scores no folder: leave --folder out.")))
        }
        _ => Ok(()),
    }
}

/// The new files of a flow's folder, and the source with their bytes at its end.
///
/// # Errors
/// Where folder or project cannot be read.
pub fn new_files(
    project: &Project,
    flow: &FlowDefinition,
    mut source: Source,
) -> Result<(Vec<ToScore>, Source), Failure> {
    let Some(name) = folder_of(flow) else { return Ok((Vec::new(), source)) };
    let path = Path::new(name);
    let listing = pollster::block_on(NativeFolder::new(path).list()).map_err(failure)?;
    let known = pollster::block_on(scored_before(project.store(), name))?;
    let files = to_score(&listing, &known, clock::now());
    for new in &files {
        source = source.followed_by(&path.join(&new.file.name), new.file.n_bytes)?;
    }
    Ok((files, source))
}

/// Writes beside the files what was scored and is not there yet.
///
/// # Errors
/// Where it cannot be written: it is kept, and follows next time.
pub fn write_results(project: &Project, flow: &FlowDefinition, is_over: bool) -> Result<(), Failure> {
    let Some(name) = folder_of(flow) else { return Ok(()) };
    let folder = NativeFolder::new(Path::new(name));
    let written = pollster::block_on(deliver(project.store(), (name, &folder), is_over));
    for result in written.map_err(failure)? {
        eprintln!("reviewlab: wrote {}", Path::new(name).join(result).display());
    }
    Ok(())
}

fn failure(error: FolderError) -> Failure {
    Failure::wrong(format!("{error}."))
}
