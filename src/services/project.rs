//! The project file: everything that is stored, as one file out, and back in.

use storage::{Blob, ImportReport, ProjectError, StoreError};

use super::store::StoreService;
#[cfg(target_arch = "wasm32")]
use super::{clock, files};

/// Offers the project as a download called `name`; its size in bytes.
///
/// # Errors
/// As `storage::project_blob`.
#[cfg(target_arch = "wasm32")]
pub async fn download(store: &StoreService, name: &str) -> Result<u64, ProjectError> {
    let opened = store.opened().await?;
    let file = storage::project_blob(opened, clock::now()).await?;
    files::download_blob(name, &file);
    Ok(file.size() as u64)
}

/// There is nothing to download to outside a browser.
///
/// # Errors
/// Always.
#[cfg(not(target_arch = "wasm32"))]
pub async fn download(_store: &StoreService, name: &str) -> Result<u64, ProjectError> {
    Err(ProjectError::File { path: name.to_owned(), reason: "only a browser downloads files".to_owned() })
}

/// Adds what `file` holds to the store; what came, in one sentence.
///
/// # Errors
/// As `storage::read_project`, or where another tab is the writer.
pub async fn open(store: &StoreService, file: web_sys::Blob) -> Result<String, ProjectError> {
    if !store.is_writer().await {
        return Err(StoreError::ReadOnly.into());
    }
    let opened = store.opened().await?;
    let report = storage::read_project(&stored(file), opened).await?;
    store.changed();
    Ok(sentence(&report))
}

/// What became of a project file's records.
fn sentence(report: &ImportReport) -> String {
    let mut text = match report.n_added {
        0 => "Everything in the project file was here already.".to_owned(),
        1 => "1 record was added.".to_owned(),
        n_added => format!("{n_added} records were added."),
    };
    if !report.kept_ours.is_empty() {
        let n_kept = report.kept_ours.len();
        text.push_str(&format!(" {n_kept} that differ from what is here were left out."));
    }
    text
}

#[cfg(target_arch = "wasm32")]
fn stored(file: web_sys::Blob) -> Blob {
    Blob::Browser(file)
}

#[cfg(not(target_arch = "wasm32"))]
fn stored(_file: web_sys::Blob) -> Blob {
    Blob::Bytes(Vec::new())
}

#[cfg(test)]
mod tests {
    use track::record::Collection;

    use super::*;

    #[test]
    fn a_report_says_what_was_added_and_what_was_left_out() {
        let mut report = ImportReport::default();
        assert_eq!(sentence(&report), "Everything in the project file was here already.");
        report.n_added = 2;
        report.kept_ours.push((Collection::Runs, "x".into()));
        assert_eq!(sentence(&report), "2 records were added. 1 that differ from what is here were left out.");
    }
}
