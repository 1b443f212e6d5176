//! The comparison of one page: which runs the address names, what their records say, and what two of them predict.
//!
//! What is compared stands in the address: `/runs/compare?runs=a,b,c&pair=a,b&only=differences`.

use std::rc::Rc;

use engine::metrics::{IntervalSpec, MAX_RESAMPLES};
use engine::num::{ContentHash, SortedMap};
use jobs::{ChangedRow, CompareFits, FitsCompared};
use leptos::prelude::*;
use leptos::task::spawn_local;
use storage::{Order, Query, StoreError};
use track::dataset::DatasetRef;
use track::experiment::Lifecycle;
use track::id::RunId;
use track::record::{Collection, Record};
use track::run::Run;

use super::Shared;
use super::dataset_rows::FileRows;
use super::lab::Lab;
use super::loadable::{Loadable, begin, show};
use super::refresh::Refresh;
use super::run_selection::COMPARED;
use super::stored_fits::{NO_PREDICTIONS, StoredFits, fit_blobs};
use crate::reactive::{Derived, Held, State, follow};
use crate::router::Router;
use crate::services::store::StoreService;

/// Datasets looked at for their names.
const MAX_DATASETS: usize = 10_000;
/// Reviews that changed side, of which the first are named.
pub const MAX_CHANGED: u32 = 2_000;
/// Reviews on one page of their list.
pub const PAGE_ROWS: usize = 20;
/// How often rows are drawn anew for the interval of the difference.
const N_RESAMPLES: u32 = 10_000;
const _: () = assert!(N_RESAMPLES <= MAX_RESAMPLES);

/// Runs with what their records refer to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compared {
    /// The runs, in the address's order.
    pub runs: Rc<Vec<Rc<Run>>>,
    /// Names of datasets by the hash of the file.
    pub dataset_names: Rc<SortedMap<ContentHash, String>>,
    /// How many of those asked for are not here.
    pub n_missing: usize,
}

impl Compared {
    /// A run by its id.
    pub fn run(&self, id: &RunId) -> Option<&Run> {
        self.fits_and_others().find(|run| run.id == *id)
    }

    /// The fits whose predictions are kept, in order.
    pub fn fits(&self) -> impl Iterator<Item = &Run> {
        self.fits_and_others().filter(|run| fit_blobs(run).is_some())
    }

    fn fits_and_others(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().map(|run| &**run)
    }
}

/// Two fits side by side.
#[derive(Clone, Debug, PartialEq)]
pub struct PairCompared {
    /// The runs.
    pub pair: (RunId, RunId),
    /// The data both learned from.
    pub data: DatasetRef,
    /// What the interval was drawn with.
    pub interval: IntervalSpec,
    /// Where they differ.
    pub found: FitsCompared,
}

/// A review that changed side, with its text.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangedReview {
    /// The row's number in the file, from 0.
    pub record: u64,
    /// Its text.
    pub text: String,
    /// Its class, and what each predicts.
    pub row: ChangedRow,
}

/// What the texts of a dataset are read from.
type Source = (DatasetRef, Rc<Vec<u64>>, Rc<FileRows>);

/// The comparison of a page. `Copy`.
#[derive(Clone, Copy)]
pub struct Comparing {
    /// The runs asked for.
    pub ids: Derived<Vec<RunId>>,
    /// What their records say.
    pub runs: State<Loadable<Compared>>,
    /// Only lines that differ are shown.
    pub only_differences: Derived<bool>,
    /// The two fits whose predictions are compared.
    pub pair: Derived<Option<(RunId, RunId)>>,
    /// Where those differ.
    pub outcome: State<Loadable<Rc<PairCompared>>>,
    /// The page of the list of reviews, from 0.
    pub page: State<usize>,
    /// The reviews on it.
    pub reviews: State<Loadable<Rc<Vec<ChangedReview>>>>,
    n_asked: Held<u64>,
    source: Held<Option<Source>>,
    refresh: Refresh,
    fits: StoredFits,
    lab: Lab,
    router: Router,
}

impl Comparing {
    /// The comparison of a page, for as long as its owner lives.
    pub fn new(fits: StoredFits, lab: Lab, router: Router) -> Self {
        let ids = Derived::new(move || ids_of(&router.asked("runs").unwrap_or_default()));
        let shown = State::new(Loadable::Loading);
        let shared = fits.shared();
        let refresh = Refresh::new(shared, move || load(shared, ids, shown));
        let pair = Derived::new(move || {
            let asked = ids_of(&router.asked("pair").unwrap_or_default());
            shown.with(|runs: &Loadable<Compared>| runs.loaded().and_then(|runs| pair_of(runs, &asked)))
        });
        let comparing = Self {
            ids,
            runs: shown,
            only_differences: Derived::new(move || router.asked("only").as_deref() == Some(DIFFERENCES)),
            pair,
            outcome: State::new(Loadable::Nothing),
            page: State::new(0),
            reviews: State::new(Loadable::Nothing),
            n_asked: Held::new(0),
            source: Held::new(None),
            refresh,
            fits,
            lab,
            router,
        };
        refresh.want();
        follow(move || {
            ids.track();
            refresh.retry();
        });
        follow(move || comparing.compare());
        follow(move || {
            comparing.outcome.track();
            comparing.page.track();
            comparing.read_page();
        });
        comparing
    }

    /// Reads again after the records could not be read.
    pub fn retry(self) {
        self.runs.set(Loadable::Loading);
        self.refresh.retry();
    }

    /// Shows only what differs, or all.
    pub fn show_only_differences(self, is_on: bool) {
        self.router.amend(&[("only", is_on.then(|| DIFFERENCES.to_owned()))]);
    }

    /// Compares the predictions of these two.
    pub fn choose_pair(self, first: &RunId, second: &RunId) {
        self.router.amend(&[("pair", Some(format!("{first},{second}")))]);
    }

    /// Compares the runs without this one.
    pub fn leave_out(self, run: &RunId) {
        let rest: Vec<String> =
            self.ids.get_untracked().iter().filter(|id| *id != run).map(RunId::to_string).collect();
        self.router.amend(&[("runs", Some(rest.join(","))), ("pair", None)]);
    }

    /// Asks again where the two differ.
    pub fn compare(self) {
        let pair = self.pair.get();
        let asked = self.next();
        self.page.set_if_new(0);
        let job = self.runs.with_untracked(|runs| {
            let (runs, (first, second)) = (runs.loaded()?, pair.as_ref()?);
            Some(job_of(runs.run(first)?, runs.run(second)?))
        });
        let (job, data) = match (job, pair.clone()) {
            (Some(Ok(found)), Some(_)) => found,
            (Some(Err(sentence)), _) => return self.outcome.set(Loadable::Failed(sentence)),
            _ => return self.outcome.set(Loadable::Nothing),
        };
        self.outcome.set(Loadable::Loading);
        self.fits.compare(job, move |answer| {
            if self.n_asked.try_get() != Some(asked) {
                return;
            }
            let compared = |found| {
                let pair = pair.expect("there is a job of a pair");
                Rc::new(PairCompared { pair, data, interval: job.interval, found })
            };
            self.outcome.set(match answer {
                Ok(found) => Loadable::Loaded(compared(found)),
                Err(sentence) => Loadable::Failed(sentence),
            });
        });
    }

    /// Reads the reviews of the page of their list again.
    pub fn read_page(self) {
        let compared = self.outcome.with_untracked(|outcome| outcome.loaded().cloned());
        let Some(compared) = compared.filter(|compared| !compared.found.changed.is_empty()) else {
            return self.reviews.set(Loadable::Nothing);
        };
        let from = self.page.get_untracked() * PAGE_ROWS;
        let rows: Vec<ChangedRow> =
            compared.found.changed.iter().skip(from).take(PAGE_ROWS).copied().collect();
        let asked = self.next_page();
        self.reviews.set(Loadable::Loading);
        let read = move |source: Result<Source, String>| {
            spawn_local(async move {
                let found = match source {
                    Ok((_, records, file)) => reviews_of(&rows, &records, &file).await,
                    Err(sentence) => Err(sentence),
                };
                if self.page_is(asked) {
                    self.reviews.set(match found {
                        Ok(reviews) => Loadable::Loaded(Rc::new(reviews)),
                        Err(sentence) => Loadable::Failed(sentence),
                    });
                }
            });
        };
        self.with_source(compared.data.clone(), Box::new(read));
    }

    fn with_source(self, data: DatasetRef, then: Box<dyn FnOnce(Result<Source, String>)>) {
        let known = self.source.with(Clone::clone).filter(|(known, ..)| *known == data);
        if let Some(known) = known {
            return then(Ok(known));
        }
        let name = self.runs.with_untracked(|runs| {
            runs.loaded().and_then(|runs| runs.dataset_names.get(&data.file).cloned())
        });
        let name = name.unwrap_or_else(|| "of the runs".to_owned());
        let (lab, again) = (self.lab, (data.clone(), name.clone()));
        lab.with_records_of(
            data.clone(),
            name,
            Box::new(move |records| match records {
                Err(sentence) => then(Err(sentence)),
                Ok(records) => {
                    let (of, name) = again;
                    lab.with_rows_of(
                        of,
                        name,
                        Box::new(move |rows| {
                            then(rows.map(|rows| {
                                let source = (data, records, rows);
                                self.source.update(|kept| *kept = Some(source.clone()));
                                source
                            }));
                        }),
                    );
                }
            }),
        );
    }

    fn next(self) -> u64 {
        self.n_asked
            .update(|n_asked| {
                *n_asked += 1;
                *n_asked
            })
            .unwrap_or(0)
    }

    fn next_page(self) -> (u64, usize) {
        (self.n_asked.get(), self.page.get_untracked())
    }

    fn page_is(self, asked: (u64, usize)) -> bool {
        self.n_asked.try_get() == Some(asked.0) && self.page.get_untracked() == asked.1
    }
}

/// The page's comparison, for the parts below it.
pub fn provide_comparing(comparing: Comparing) {
    provide_context(comparing);
}

/// The comparison of the page above.
pub fn use_comparing() -> Comparing {
    use_context().expect("the compare page provides its comparison")
}

/// The address's word for only what differs.
const DIFFERENCES: &str = "differences";

/// The ids in a part of an address, each once, as many as can be compared.
fn ids_of(text: &str) -> Vec<RunId> {
    let mut ids: Vec<RunId> = Vec::new();
    for id in text.split(',').map(str::trim).filter(|id| !id.is_empty()) {
        let id = RunId(id.to_owned());
        if !ids.contains(&id) && ids.len() < *COMPARED.end() {
            ids.push(id);
        }
    }
    ids
}

/// The pair asked for, where both are fits here; else the first two fits.
fn pair_of(runs: &Compared, asked: &[RunId]) -> Option<(RunId, RunId)> {
    let is_fit = |id: &&RunId| runs.fits().any(|run| run.id == **id);
    let found: Vec<&RunId> = asked.iter().filter(is_fit).collect();
    if let [first, second] = found[..] {
        return Some((first.clone(), second.clone()));
    }
    let mut fits = runs.fits().map(|run| run.id.clone());
    Some((fits.next()?, fits.next()?))
}

/// What is asked of a worker about two runs, and their data; or why they cannot be compared.
fn job_of(first: &Run, second: &Run) -> Result<(CompareFits, DatasetRef), String> {
    let (Some(one), Some(other)) = (fit_blobs(first), fit_blobs(second)) else {
        return Err(NO_PREDICTIONS.to_owned());
    };
    if first.dataset.file != second.dataset.file {
        return Err(
            "The two runs learned from different files, so their predictions are of different reviews: \
                    choose two runs of one dataset."
                .to_owned(),
        );
    }
    if first.dataset.recipe != second.dataset.recipe {
        return Err(
            "The two runs read their file by different recipes, so a review of one may be none of the \
                    other: choose two runs of one recipe."
                .to_owned(),
        );
    }
    let interval = IntervalSpec { level: 0.95, n_resamples: N_RESAMPLES, seed: first.seed };
    let job = CompareFits { first: one, second: other, interval, n_most: MAX_CHANGED };
    Ok((job, first.dataset.clone()))
}

async fn load(shared: Shared, ids: Derived<Vec<RunId>>, shown: State<Loadable<Compared>>) {
    begin(shown);
    let ids = ids.get_untracked();
    let found = read(&shared.get().store, &ids).await;
    show(shown, Loadable::from_result(found));
}

async fn read(store: &StoreService, ids: &[RunId]) -> Result<Option<Compared>, StoreError> {
    let mut runs = Vec::new();
    for id in ids {
        if let Some(Record::Run(run)) = store.get(Collection::Runs, id.as_str()).await?
            && run.lifecycle == Lifecycle::Active
        {
            runs.push(Rc::new(run));
        }
    }
    let datasets = store.list(&Query::All(Collection::Datasets), Order::Ascending, MAX_DATASETS).await?;
    let named = datasets.into_iter().filter_map(|record| match record {
        Record::Dataset(dataset) => Some((dataset.data.file, dataset.name)),
        _ => None,
    });
    let dataset_names: SortedMap<ContentHash, String> = named.collect();
    let n_missing = ids.len() - runs.len();
    let (runs, dataset_names) = (Rc::new(runs), Rc::new(dataset_names));
    Ok((!runs.is_empty()).then_some(Compared { runs, dataset_names, n_missing }))
}

async fn reviews_of(
    rows: &[ChangedRow],
    records: &[u64],
    file: &FileRows,
) -> Result<Vec<ChangedReview>, String> {
    let mut reviews = Vec::with_capacity(rows.len());
    for row in rows {
        let record = *records.get(row.doc as usize).ok_or(OTHER_FILE)?;
        let review = file.review(record).await?.ok_or(OTHER_FILE)?;
        reviews.push(ChangedReview { record, text: review.text, row: *row });
    }
    Ok(reviews)
}

/// What the stored file no longer gives.
const OTHER_FILE: &str =
    "The stored file no longer gives the reviews that these runs learned from: train again.";

#[cfg(test)]
mod tests {
    use track::run::{Artifact, OUT_OF_FOLD_ARTIFACT, PIPELINE_ARTIFACT};

    use super::super::comparison::samples::run;
    use super::*;

    fn fit(id: &str) -> Run {
        let artifact = |name: &str| Artifact {
            name: name.into(),
            media_type: String::new(),
            sha256: ContentHash::of(format!("{id} {name}").as_bytes()),
            bytes: 1,
        };
        let artifacts = vec![artifact(PIPELINE_ARTIFACT), artifact(OUT_OF_FOLD_ARTIFACT)];
        Run { id: RunId(id.into()), artifacts, ..run(&[], &[]) }
    }

    fn compared(runs: Vec<Run>) -> Compared {
        Compared { runs: Rc::new(runs.into_iter().map(Rc::new).collect()), ..Compared::default() }
    }

    #[test]
    fn an_address_names_each_run_once_and_no_more_than_can_be_compared() {
        let ids = |text: &str| ids_of(text).into_iter().map(|id| id.0).collect::<Vec<_>>();
        assert_eq!(ids("a,b, a,,c"), ["a", "b", "c"]);
        assert_eq!(ids(""), Vec::<String>::new());
        let many: Vec<String> = (0..50).map(|number| number.to_string()).collect();
        assert_eq!(ids(&many.join(",")).len(), 20);
    }

    #[test]
    fn the_first_two_fits_are_compared_until_others_are_chosen() {
        let trial = Run { id: RunId("t".into()), ..run(&[], &[]) };
        let runs = compared(vec![fit("a"), trial, fit("b"), fit("c")]);
        let pair = |asked: &str| pair_of(&runs, &ids_of(asked)).map(|(a, b)| (a.0, b.0));
        let of = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(pair(""), of("a", "b"));
        assert_eq!(pair("c,a"), of("c", "a"));
        assert_eq!(pair("c,t"), of("a", "b"), "a trial keeps no predictions");
        assert_eq!(pair_of(&compared(vec![fit("a")]), &[]), None);
    }

    #[test]
    fn runs_of_other_data_are_refused_in_a_sentence() {
        let other = |change: fn(&mut DatasetRef)| {
            let mut run = fit("b");
            change(&mut run.dataset);
            job_of(&fit("a"), &run)
        };
        assert!(other(|_| ()).is_ok_and(|(job, _)| job.interval.seed == 42));
        assert!(other(|data| data.file = ContentHash::of(b"x")).is_err_and(|why| why.contains("files")));
        assert!(other(|data| data.recipe = ContentHash::of(b"x")).is_err_and(|why| why.contains("recipes")));
        assert_eq!(job_of(&fit("a"), &run(&[], &[])), Err(NO_PREDICTIONS.to_owned()));
    }
}
