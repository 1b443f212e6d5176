//! Reports that are kept: stored with the answers they are about, listed, opened, labelled, downloaded, removed.

use std::rc::Rc;

use engine::num::ContentHash;
use leptos::task::spawn_local;
use storage::{Batch, Order, Query};
use track::flow::{FlowEvent, Happening};
use track::id::{FeedbackId, FlowEventId, PredictionId, ReportId};
use track::prediction::{Feedback, KeptRows, PredictionBatch, Verdict};
use track::record::{Collection, Record};
use track::report::{ExpectedF1, KeptReport, ReportVerdict};
use watch::drift::Verdict as DriftVerdict;
use watch::report::DriftReport;

use super::work::Check;
use super::{Monitor, ShownReport, is_among, model_of};
use crate::services::clock;
use crate::services::files;
use crate::services::shelf::{Kept, blob_of};
use crate::state::loadable::Loadable;

/// Reports that are listed.
const MAX_LISTED: usize = 500;
/// Words said on answers that are read.
const MAX_SAID: usize = 10_000;

impl Monitor {
    /// Stores a report, the answers it is about and, where reviews drifted, the event; all or nothing.
    pub(super) async fn keep(self, check: Check, report: DriftReport) -> Result<ShownReport, String> {
        let services = self.shared.get();
        let at = clock::now();
        let report = DriftReport { created: at, ..report };
        let output = check.output.as_ref().ok_or("The answers are no longer here: try again.")?;
        let hashes: Vec<ContentHash> = output.kept_parts.iter().map(|part| part.hash).collect();
        let parts = hashes.iter().map(|hash| match services.shelf.get(*hash) {
            Some(Kept::File(blob)) => Ok(blob),
            Some(Kept::Bytes(bytes)) => Ok(blob_of(&bytes)),
            None => Err("The answers are no longer here: try again."),
        });
        let parts = parts.collect::<Result<Vec<_>, _>>()?;
        let of_all = output.kept.ok_or("The answers are no longer here: try again.")?;
        let rows = KeptRows { sha256: of_all.hash, bytes: of_all.n_bytes };
        let model = check.source.answering();
        let batch = PredictionBatch {
            schema: track::SCHEMA,
            id: PredictionId::new(at, clock::entropy()),
            at,
            file: check.form.name.clone(),
            text_column: check.form.text_name(),
            model: model.clone(),
            n_rows: output.tally.n_rows,
            n_without_text: output.tally.n_without_text,
            classes: output.tally.answered_classes(),
            metrics: output.tally.kept_metrics(),
            keeps_texts: true,
            rows,
        };
        let json = report.to_json();
        let content = KeptRows { sha256: ContentHash::of(json.as_bytes()), bytes: json.len() as u64 };
        let id = ReportId::new(at, clock::entropy());
        let said = (verdict_of(report.drift.verdict), report.sentence());
        let names = (report.reference.as_str(), report.batch.as_str());
        let kept = KeptReport {
            predictions: Some(batch.id.clone()),
            n_rows: report.drift.n_batch,
            n_reference: report.drift.n_reference,
            expected: report.estimate.as_ref().map(|found| ExpectedF1 {
                f1_macro: found.f1_macro,
                low: found.interval.low,
                high: found.interval.high,
            }),
            realised_f1_macro: report.realised_f1_macro,
            ..KeptReport::new((id, at), model, names, said, content)
        };
        let mut records = vec![Record::PredictionBatch(batch), Record::Report(kept.clone())];
        if kept.verdict == ReportVerdict::Drift {
            let happening = Happening::DriftFound {
                model: model_of(&kept.model.address).to_owned(),
                reason: kept.sentence.clone(),
            };
            let id = FlowEventId::new(at, clock::entropy());
            records.push(Record::FlowEvent(FlowEvent { schema: track::SCHEMA, id, at, happening }));
        }
        let blobs = vec![
            (rows.sha256, Kept::File(files::joined(&parts)).to_stored()),
            (content.sha256, Kept::of(json.as_bytes()).to_stored()),
        ];
        services.store.write(Batch { records, blobs }).await.map_err(|error| error.to_string())?;
        services.shelf.drop_those(&is_among(&hashes));
        Ok(ShownReport { kept, report, labelled: Vec::new() })
    }

    pub(super) async fn load(self) {
        let all = Query::All(Collection::Reports);
        let found = self.shared.get().store.list(&all, Order::Descending, MAX_LISTED).await;
        self.list.set_if_new(match found {
            Ok(records) => {
                let report = |record| if let Record::Report(report) = record { Some(report) } else { None };
                Loadable::Loaded(Rc::new(records.into_iter().filter_map(report).collect()))
            }
            Err(error) => Loadable::Failed(error.to_string()),
        });
    }

    /// Shows a kept report.
    pub fn show(self, kept: KeptReport) {
        spawn_local(async move {
            match self.read(kept).await {
                Ok(shown) => {
                    self.fault.set(None);
                    self.shown.set(Some(Rc::new(shown)));
                }
                Err(sentence) => self.fault.set(Some(sentence)),
            }
        });
    }

    async fn read(self, kept: KeptReport) -> Result<ShownReport, String> {
        let store = &self.shared.get().store;
        let words = |error: storage::StoreError| error.to_string();
        let bytes = store.blob_bytes(kept.content.sha256).await.map_err(words)?;
        let bytes = bytes.ok_or("The report is no longer on this device: check the file again.")?;
        let report = DriftReport::from_json(&String::from_utf8_lossy(&bytes));
        let report = report.map_err(|error| error.to_string())?;
        let said = store.list(&Query::All(Collection::Feedback), Order::Ascending, MAX_SAID).await;
        let mut labelled: Vec<(u64, String)> = Vec::new();
        for record in said.map_err(words)? {
            let Record::Feedback(said) = record else { continue };
            let Some(row) = said.record.filter(|_| kept.predictions.as_ref() == Some(&said.prediction))
            else {
                continue;
            };
            let predicted =
                || report.label_these.iter().find(|of| of.row == row).map(|of| of.predicted.clone());
            labelled.retain(|(known, _)| *known != row);
            let class = match said.verdict {
                Verdict::Right => predicted(),
                Verdict::Wrong { right_class } => right_class,
                Verdict::Withdrawn => None,
            };
            labelled.extend(class.map(|class| (row, class)));
        }
        Ok(ShownReport { kept, report, labelled })
    }

    /// A person says the right class of a row that is to be labelled: kept as feedback on its answer, then shown.
    pub fn label(self, row: u64, class: String) {
        let Some(shown) = self.shown.get_untracked() else { return };
        let Some(prediction) = shown.kept.predictions.clone() else { return };
        let is_right = shown.report.label_these.iter().any(|of| of.row == row && of.predicted == class);
        let verdict =
            if is_right { Verdict::Right } else { Verdict::Wrong { right_class: Some(class.clone()) } };
        spawn_local(async move {
            let at = clock::now();
            let id = FeedbackId::new(at, clock::entropy());
            let who = self.settings.your_name.get_untracked();
            let said = Feedback { record: Some(row), ..Feedback::new((id, at), &who, prediction, verdict) };
            let records = vec![Record::Feedback(said)];
            match self.shared.get().store.write(Batch { records, blobs: Vec::new() }).await {
                Ok(()) => self.shown.update(|now| {
                    if let Some(now) = now.as_mut().filter(|now| now.kept.id == shown.kept.id) {
                        let mut with = ShownReport::clone(now);
                        with.labelled.retain(|(known, _)| *known != row);
                        with.labelled.push((row, class));
                        *now = Rc::new(with);
                    }
                }),
                Err(error) => self.fault.set(Some(error.to_string())),
            }
        });
    }

    /// Forgets a kept report; the answers it is about stay.
    pub fn remove(self, kept: KeptReport) {
        spawn_local(async move {
            let (keys, blobs) = ([kept.id.0.clone()], [kept.content.sha256]);
            match self.shared.get().store.remove(Collection::Reports, &keys, &blobs).await {
                Ok(()) => self.shown.update(|shown| {
                    if shown.as_ref().is_some_and(|shown| shown.kept.id == kept.id) {
                        *shown = None;
                    }
                }),
                Err(error) => self.fault.set(Some(error.to_string())),
            }
        });
    }

    /// Offers the report that is shown as a page of its own.
    pub fn download_html(self) {
        self.download("html", "text/html", DriftReport::to_html);
    }

    /// Offers the same report as JSON.
    pub fn download_json(self) {
        self.download("json", "application/json", DriftReport::to_json);
    }

    fn download(self, ending: &str, media_type: &str, written: fn(&DriftReport) -> String) {
        if let Some(shown) = self.shown.get_untracked() {
            let stem =
                shown.report.batch.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or("reviews");
            let name = format!("{stem}-drift.{ending}");
            files::download(&name, media_type, written(&shown.report).as_bytes());
        }
    }
}

fn verdict_of(verdict: DriftVerdict) -> ReportVerdict {
    match verdict {
        DriftVerdict::Drift => ReportVerdict::Drift,
        DriftVerdict::SmallShift => ReportVerdict::SmallShift,
        DriftVerdict::Stable => ReportVerdict::Stable,
        DriftVerdict::NotEnoughData => ReportVerdict::NotEnoughData,
    }
}
