//! The reviews of the dataset in use, one at a time, by their row numbers.

use std::rc::Rc;

use drivers::ScanDriver;
use engine::dataset::DatasetRecipe;
use leptos::task::spawn_local;

use super::Lab;
use crate::services::files::Blob;
use crate::services::pump::Pump;
use crate::state::dataset_records::stored_source;
use crate::state::dataset_rows::{FileRows, RowPlaces};
use crate::state::views::DatasetView;

/// Takes the rows of the dataset in use.
pub(in crate::state) type OnRows = Box<dyn FnOnce(Result<Rc<FileRows>, String>)>;

impl Lab {
    /// The rows of the dataset in use: at once where their places are known, else after a look through its file.
    pub(in crate::state) fn with_rows(self, then: OnRows) {
        let Some(dataset) = self.dataset.with_untracked(|dataset| dataset.loaded().cloned()) else {
            return then(Err("There is no data yet: choose a file or try the sample reviews.".to_owned()));
        };
        let known = self.desk.with(|desk| desk.rows.clone());
        if let Some((_, rows)) = known.filter(|(data, _)| *data == dataset.data) {
            return then(Ok(rows));
        }
        spawn_local(async move {
            match stored_source(&self.services().store, &dataset).await {
                Ok((file, recipe)) => self.find_rows(dataset, file, recipe, then),
                Err(sentence) => then(Err(sentence)),
            }
        });
    }

    fn find_rows(self, dataset: DatasetView, file: Blob, recipe: DatasetRecipe, then: OnRows) {
        let known = self.desk.with(|desk| desk.places.clone());
        if let Some((_, places)) = known.filter(|(hash, _)| *hash == dataset.data.file) {
            return then(Ok(self.keep_rows(&dataset, FileRows::new(file, recipe, places))));
        }
        let driver = ScanDriver::new(self.next_session(), file.size() as u64);
        let of_file = file.clone();
        let ended = move |driver: &mut ScanDriver| match driver.take_outcome() {
            Some(Ok(summary)) => {
                let places = RowPlaces { marks: Rc::new(summary.row_index), n_bytes: summary.n_bytes };
                self.desk.update(|desk| desk.places = Some((dataset.data.file, places.clone())));
                then(Ok(self.keep_rows(&dataset, FileRows::new(of_file, recipe, places))));
            }
            Some(Err(error)) => then(Err(error.to_string())),
            None => {}
        };
        let pump = Pump::start(self.services(), driver, Some(file), |_| (), ended);
        let before = self.desk.update(|desk| desk.rows_scan.replace(pump)).flatten();
        before.iter().for_each(Pump::abandon);
    }

    fn keep_rows(self, dataset: &DatasetView, rows: FileRows) -> Rc<FileRows> {
        let rows = Rc::new(rows);
        self.desk.update(|desk| desk.rows = Some((dataset.data.clone(), rows.clone())));
        rows
    }
}
