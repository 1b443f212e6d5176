//! The reviews of a stored dataset, one at a time, by their row numbers.

use std::rc::Rc;

use drivers::{Read, ScanDriver};
use engine::dataset::DatasetRecipe;
use engine::features::Counting;
use engine::num::ContentHash;
use jobs::ReadOutput;
use leptos::task::spawn_local;
use track::dataset::DatasetRef;

use super::Lab;
use super::reading::OnRead;
use crate::services::files::Blob;
use crate::services::pump::Pump;
use crate::state::dataset_records::stored_data;
use crate::state::dataset_rows::{FileRows, RowPlaces};
use crate::state::import::ReadyCounts;

/// Takes the rows of a dataset.
pub(in crate::state) type OnRows = Box<dyn FnOnce(Result<Rc<FileRows>, String>)>;
/// Takes the row number of each review of a dataset.
pub(in crate::state) type OnRecords = Box<dyn FnOnce(Result<Rc<Vec<u64>>, String>)>;

impl Lab {
    /// The rows of the dataset in use: at once where their places are known, else after a look through its file.
    pub(in crate::state) fn with_rows(self, then: OnRows) {
        let Some(dataset) = self.dataset.with_untracked(|dataset| dataset.loaded().cloned()) else {
            return then(Err("There is no data yet: choose a file or try the sample reviews.".to_owned()));
        };
        self.with_rows_of(dataset.data, dataset.name, then);
    }

    /// The same of any stored file, called `name`, with a recipe.
    pub(in crate::state) fn with_rows_of(self, data: DatasetRef, name: String, then: OnRows) {
        let known = self.desk.with(|desk| desk.rows.clone());
        if let Some((_, rows)) = known.filter(|(known, _)| *known == data) {
            return then(Ok(rows));
        }
        spawn_local(async move {
            match stored_data(&self.services().store, &data, &name).await {
                Ok((file, recipe)) => self.find_rows(data, file, recipe, then),
                Err(sentence) => then(Err(sentence)),
            }
        });
    }

    /// The row number of each review that a stored file gives by a recipe, in their order.
    pub(in crate::state) fn with_records_of(self, data: DatasetRef, name: String, then: OnRecords) {
        spawn_local(async move {
            let (file, recipe) = match stored_data(&self.services().store, &data, &name).await {
                Ok(found) => found,
                Err(sentence) => return then(Err(sentence)),
            };
            // Which reviews are kept does not depend on what is counted: the least is.
            let read = Read { recipe, counting: Counting::words((1, 1), 1) };
            let on_end: OnRead = Box::new(move |lab, outcome| {
                then(outcome.map_err(|error| error.to_string()).and_then(|output| lab.take_records(&output)));
            });
            let pump = self.start_read_as(file, read, Box::new(|_| ()), on_end);
            let before = self.desk.update(|desk| desk.numbering.replace(pump)).flatten();
            before.iter().for_each(Pump::abandon);
        });
    }

    /// The row numbers that a read brought; what else it brought leaves the shelf, unless something needs it.
    fn take_records(self, output: &ReadOutput) -> Result<Rc<Vec<u64>>, String> {
        let services = self.services();
        let bytes = services.shelf.take_bytes(output.records.hash);
        let is_needed = |hash: ContentHash| {
            self.desk.with(|desk| {
                let kept = desk.counts.iter().flat_map(ReadyCounts::blobs).any(|known| known == hash);
                kept || desk.is_studying
            })
        };
        let done = [output.counts.hash, output.terms.hash].map(|hash| (hash, is_needed(hash)));
        services.shelf.drop_those(&|hash| done.contains(&(hash, false)));
        let records = bytes.and_then(|bytes| jobs::decode_records(&bytes.to_vec()));
        records.map(Rc::new).ok_or_else(|| "The row numbers did not come: try again.".to_owned())
    }

    fn find_rows(self, data: DatasetRef, file: Blob, recipe: DatasetRecipe, then: OnRows) {
        let known = self.desk.with(|desk| desk.places.clone());
        if let Some((_, places)) = known.filter(|(hash, _)| *hash == data.file) {
            return then(Ok(self.keep_rows(data, FileRows::new(file, recipe, places))));
        }
        let driver = ScanDriver::new(self.next_session(), file.size() as u64);
        let of_file = file.clone();
        let ended = move |driver: &mut ScanDriver| match driver.take_outcome() {
            Some(Ok(summary)) => {
                let places = RowPlaces { marks: Rc::new(summary.row_index), n_bytes: summary.n_bytes };
                self.desk.update(|desk| desk.places = Some((data.file, places.clone())));
                then(Ok(self.keep_rows(data, FileRows::new(of_file, recipe, places))));
            }
            Some(Err(error)) => then(Err(error.to_string())),
            None => {}
        };
        let pump = Pump::start(self.services(), driver, Some(file), |_| (), ended);
        let before = self.desk.update(|desk| desk.rows_scan.replace(pump)).flatten();
        before.iter().for_each(Pump::abandon);
    }

    fn keep_rows(self, data: DatasetRef, rows: FileRows) -> Rc<FileRows> {
        let rows = Rc::new(rows);
        self.desk.update(|desk| desk.rows = Some((data, rows.clone())));
        rows
    }
}
