//! The project that every home has while the suite asks it: models small enough to reckon by hand.
//! Out: a project file's bytes, and the pure crate with the same models as a home. Never: a fit; weights are given.

use std::collections::BTreeMap;

use api::{ModelFault, Models, Unregistered, predictor_of};
use engine::features::{FittedVectorizer, VectorizerSpec};
use engine::models::{FittedModel, ModelKind};
use engine::num::ContentHash;
use engine::pipeline::{AbstainBand, Calibration, FittedPipeline, Predictor};
use engine::text::CleanStep;
use storage::{Batch, Blob, ProjectFileStore, Store as _};
use track::id::{Millis, RunId};
use track::record::Record;
use track::registry::{CHALLENGER, CHAMPION, Registry, RegistryChange, RegistryEvent, Stage};

/// Probability of `positive` by version 1 of `shop` of a text that it knows no word of: `1 / (1 + exp(-0.5))`, and of
/// one `good` more and one `bad` more.
pub(crate) const NOTHING: f64 = 0.622_459_331_201_854_6;
pub(crate) const GOOD: f64 = 0.924_141_819_978_756_6;
pub(crate) const BAD: f64 = 0.182_425_523_806_356_35;

const TERMS: [&str; 5] = ["bad", "broken", "good", "great", "ممتاز"];
const BEGIN: Millis = Millis(1_790_000_000_000);

/// `score = 0.5 + sum(weights)` of the words in a text, each as often as it stands there.
fn pipeline(model: FittedModel, labels: &[&str], abstain: Option<AbstainBand>) -> FittedPipeline {
    FittedPipeline {
        engine_version: "conformance".to_owned(),
        cleaning: vec![CleanStep::Lowercase, CleanStep::RemoveEmoji, CleanStep::RemoveUrls],
        features: FittedVectorizer {
            spec: VectorizerSpec::bag_of_words((1, 1)),
            terms: TERMS.map(str::to_owned).to_vec(),
            idf: vec![1.0; TERMS.len()],
        },
        model,
        calibration: Calibration::Own,
        threshold: 0.0,
        abstain,
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
    }
}

fn two_classes(scale: f64, abstain: Option<AbstainBand>) -> FittedPipeline {
    let coef = [-2.0, -3.0, 2.0, 3.0, 4.0].map(|weight| scale * weight).to_vec();
    let model = FittedModel::Linear { kind: ModelKind::LogisticRegression, coef, intercept: vec![0.5] };
    pipeline(model, &["negative", "positive"], abstain)
}

fn three_classes() -> FittedPipeline {
    let coef = [[2.0, 3.0, -1.0, -2.0, -2.0], [0.0, 0.0, 0.0, 0.0, 0.0], [-1.0, -2.0, 2.0, 3.0, 4.0]];
    let intercept = vec![-0.5, 1.0, -0.5];
    pipeline(FittedModel::Softmax { coef: coef.concat(), intercept }, &["bad", "so so", "good"], None)
}

/// Events and blobs, the oldest first.
struct History {
    registry: Registry,
    events: Vec<RegistryEvent>,
    blobs: BTreeMap<ContentHash, Vec<u8>>,
}

impl History {
    fn add(&mut self, change: RegistryChange) {
        let number = self.events.len() as u8;
        let event = self.registry.event(change, ("conformance", ""), BEGIN, [number; 10]).unwrap();
        self.registry.apply(&event);
        self.events.push(event);
    }

    fn register(&mut self, model: &str, bytes: &[u8]) {
        let number = self.events.len() as u8;
        let run = RunId::new(BEGIN, [number; 10]);
        let change = self.registry.register(model, run, ContentHash::of(bytes)).unwrap();
        self.add(change);
    }

    fn keep(&mut self, model: &str, bytes: Vec<u8>) {
        self.register(model, &bytes);
        self.blobs.insert(ContentHash::of(&bytes), bytes);
    }

    /// `tones` (once `moods`) with one version; `shop` with three, the first of them the champion that was made last;
    /// `broken`, whose bytes are no pipeline, and `lost`, whose bytes are not there.
    fn whole() -> Self {
        let mut history = Self { registry: Registry::default(), events: Vec::new(), blobs: BTreeMap::new() };
        history.keep("moods", three_classes().to_bytes());
        history.add(history.registry.set_alias("moods", CHAMPION, 1).unwrap());
        history.add(history.registry.rename("moods", "tones").unwrap());
        history.keep("shop", two_classes(1.0, None).to_bytes());
        history.keep("shop", two_classes(0.5, Some(AbstainBand { margin: 0.5 })).to_bytes());
        history.keep("shop", two_classes(2.0, None).to_bytes());
        history.add(history.registry.describe("shop", Some(1), "The first „one“ 🙂").unwrap());
        history.add(history.registry.set_alias("shop", CHAMPION, 1).unwrap());
        history.add(history.registry.set_alias("shop", CHALLENGER, 2).unwrap());
        history.add(history.registry.set_stage("shop", 2, Stage::Staging, true).unwrap());
        history.keep("broken", b"these bytes are no pipeline".to_vec());
        history.register("lost", b"these bytes are nowhere");
        history
    }
}

/// The project file.
pub fn project() -> Vec<u8> {
    let history = History::whole();
    let records = history.events.into_iter().map(Record::Registry).collect();
    let blobs = history.blobs.into_iter().map(|(hash, bytes)| (hash, Blob::Bytes(bytes))).collect();
    pollster::block_on(async {
        let store = ProjectFileStore::default();
        store.write(Batch { records, blobs }).await.unwrap();
        store.to_bytes(BEGIN).await.unwrap()
    })
}

/// The pure crate with the project's models.
pub struct PureHome {
    registry: Registry,
    blobs: BTreeMap<ContentHash, Vec<u8>>,
    predictors: BTreeMap<ContentHash, Predictor>,
    unregistered: Option<Unregistered>,
}

impl Default for PureHome {
    fn default() -> Self {
        let History { registry, blobs, .. } = History::whole();
        Self { registry, blobs, predictors: BTreeMap::new(), unregistered: None }
    }
}

impl PureHome {
    /// A home without any model.
    pub fn empty() -> Self {
        let registry = Registry::default();
        Self { registry, blobs: BTreeMap::new(), predictors: BTreeMap::new(), unregistered: None }
    }

    /// A home with one fit that nobody registered.
    pub fn with_fit(run: RunId) -> Self {
        let bytes = two_classes(1.0, None).to_bytes();
        let pipeline = ContentHash::of(&bytes);
        let unregistered = Some(Unregistered { run, pipeline });
        Self { unregistered, blobs: BTreeMap::from([(pipeline, bytes)]), ..Self::empty() }
    }
}

impl Models for PureHome {
    fn registry(&self) -> &Registry {
        &self.registry
    }

    fn unregistered(&self) -> Option<&Unregistered> {
        self.unregistered.as_ref()
    }

    fn predictor(&mut self, pipeline: ContentHash) -> Result<&mut Predictor, ModelFault> {
        if !self.predictors.contains_key(&pipeline) {
            let bytes = self.blobs.get(&pipeline).ok_or(ModelFault::Missing)?;
            self.predictors.insert(pipeline, predictor_of(bytes)?);
        }
        self.predictors.get_mut(&pipeline).ok_or(ModelFault::Missing)
    }
}
