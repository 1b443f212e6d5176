//! `reviewlab train`: a file in, a summary and a project file out.
//! In: checked arguments. Out: text or JSON on the standard output, the project file. Never: a result lost
//! because the person stopped the rest.

use drivers::{OWNER_TAG, Said, StudyDriver, StudyPhase, StudyPlan};
use engine::tune::{StudyPreset, StudySpec};
use track::id::RunId;

use crate::ahead::look_and_read;
use crate::arguments::TrainArguments;
use crate::audit;
use crate::clock;
use crate::failure::Failure;
use crate::lock::Lock;
use crate::pool::{Happening, Pool};
use crate::progress::Progress;
use crate::project::Project;
use crate::pump::{Pump, print};
use crate::read_reviews::{Reviews, look, read_reviews, recipe};
use crate::report;
use crate::resume::Earlier;
use crate::source::Source;

/// Who the terminal's studies belong to: the page's default.
const OWNER: &str = "me";

/// Trains.
///
/// # Errors
/// Where the file or the arguments are wrong, or the project cannot be written.
pub fn run(arguments: &TrainArguments) -> Result<(), Failure> {
    let mut source = Source::open(&arguments.files)?;
    let _lock = Lock::take(arguments.resume.as_ref().unwrap_or(&arguments.out))?;
    let project = match &arguments.resume {
        Some(path) => Project::open(path)?,
        None => Project::open_or_begin(&arguments.out)?,
    };
    let earlier = match &arguments.resume {
        Some(_) => Some(Earlier::of(&project, arguments.study.as_deref())?),
        None => None,
    };
    let mut study = study(arguments, earlier.as_ref());
    study.validate().map_err(|error| Failure::Wrong(error.to_string()))?;
    let mut pool = Pool::new(arguments.n_workers);
    let mut progress = Progress::new();
    stop_on_interrupt(&pool)?;
    let mut pump = Pump { pool: &mut pool, source: &mut source, project: Some(&project) };
    let read = read(&mut pump, &mut progress, arguments, (&mut study, earlier.as_ref()));
    progress.clear();
    let (reviews, mended) = read?;
    if !arguments.json {
        print(&mended.iter().map(|sentence| format!("{sentence}\n")).collect::<String>())?;
        print(&report::rows(&reviews.output.summary, &reviews.classes()))?;
    }
    let mut driver = match earlier {
        Some(earlier) => resumed(&reviews, study, earlier)?,
        None => {
            study.decision =
                arguments.decision.for_classes(&reviews.recipe.mapping.classes).map_err(Failure::Wrong)?;
            StudyDriver::new(plan(&reviews, study))?
        }
    };
    let driven = pump.drive(&mut driver, |driver| progress.study(&driver.status()));
    progress.clear();
    // Whatever went wrong, what finished before is kept.
    let saved = project.save();
    driven?;
    saved?;
    let summary = driver.summary();
    if arguments.json {
        print(&format!("{}\n", summary.to_json()))?;
    } else {
        print(&report::study(&summary))?;
        let out = arguments.resume.as_ref().unwrap_or(&arguments.out);
        print(&format!("Written to {}.\n", out.display()))?;
    }
    outcome(&driver)
}

/// The reviews, mended as asked, and what was mended.
fn read(
    pump: &mut Pump<'_>,
    progress: &mut Progress,
    arguments: &TrainArguments,
    (study, earlier): (&mut StudySpec, Option<&Earlier>),
) -> Result<(Reviews, Vec<String>), Failure> {
    if let Some(earlier) = earlier {
        let table = look(pump, progress)?;
        earlier.check(&table)?;
        let recipe = earlier.recipe.clone();
        return Ok((read_reviews(pump, progress, (&table, recipe, None), study)?, Vec::new()));
    }
    let (table, read) = look_and_read(pump, progress, (arguments, study))?;
    if let Some((recipe, output)) = read {
        return Ok((read_reviews(pump, progress, (&table, recipe, Some(output)), study)?, Vec::new()));
    }
    let mut recipe = recipe(&table, &arguments.columns, &arguments.split)?;
    let mended = audit::mend(pump, progress, &arguments.fixes, (&mut recipe, &mut *study))?;
    Ok((read_reviews(pump, progress, (&table, recipe, None), study)?, mended))
}

/// What the arguments ask for: a preset, or what an earlier study was asked for, but for what is said beside it.
fn study(arguments: &TrainArguments, earlier: Option<&Earlier>) -> StudySpec {
    if let Some(earlier) = earlier {
        let mut study = StudySpec { minutes: arguments.minutes, ..earlier.study.clone() };
        if let Some(n_trials) = arguments.n_trials {
            study.searches.iter_mut().for_each(|search| search.n_trials = n_trials);
        }
        return study;
    }
    let mut study = match arguments.preset {
        Some(preset) => preset.study(&arguments.models, arguments.seed),
        None => StudySpec {
            may_repeat: false,
            ..StudySpec::reference(&arguments.models, StudyPreset::Reference.n_trials(), arguments.seed)
        },
    };
    if let Some(n_trials) = arguments.n_trials {
        study.searches.iter_mut().for_each(|search| search.n_trials = n_trials);
    }
    if let Some(sampler) = &arguments.sampler {
        study.sampler = sampler.clone();
    }
    study.minutes = arguments.minutes;
    study.metric = arguments.metric;
    study.pruner = arguments.pruner.clone();
    study.split = arguments.split.clone();
    study
}

fn plan(reviews: &Reviews, study: StudySpec) -> StudyPlan {
    let now = clock::now();
    StudyPlan {
        run: RunId::new(now, clock::entropy()),
        experiment: reviews.experiment.clone(),
        dataset: reviews.data.clone(),
        classes: reviews.classes(),
        study,
        counts: reviews.output.counts.hash,
        terms: reviews.output.terms.hash,
        variants: reviews.variants.clone(),
        owner: OWNER.to_owned(),
        created: now,
        said: Said::default(),
    }
}

/// The earlier study where it was left.
fn resumed(reviews: &Reviews, study: StudySpec, earlier: Earlier) -> Result<StudyDriver, Failure> {
    let Earlier { run, children, .. } = earlier;
    let plan = StudyPlan {
        owner: run.tags.get(OWNER_TAG).cloned().unwrap_or_default(),
        said: Said::of(&run),
        run: run.id,
        experiment: run.experiment,
        dataset: run.dataset,
        created: run.created,
        ..plan(reviews, study)
    };
    Ok(StudyDriver::resume(plan, &children, clock::now())?)
}

fn outcome(driver: &StudyDriver) -> Result<(), Failure> {
    let status = driver.status();
    match status.phase {
        StudyPhase::Finished => Ok(()),
        StudyPhase::Stopped => {
            eprintln!("reviewlab: stopped after {} trials; they are kept.", status.n_done);
            Ok(())
        }
        StudyPhase::Failed => {
            Err(Failure::Wrong(status.error.unwrap_or_else(|| "No model came out.".to_owned())))
        }
        StudyPhase::Searching | StudyPhase::Fitting | StudyPhase::Storing => {
            Err(Failure::Fault("the study ended before it was finished".into()))
        }
    }
}

/// The first Ctrl-C stops the work and keeps what finished; the second ends the program.
fn stop_on_interrupt(pool: &Pool) -> Result<(), Failure> {
    /// What shells report for a program ended by Ctrl-C.
    const INTERRUPTED: i32 = 130;
    let doorbell = pool.doorbell();
    let mut is_second = false;
    let handler = move || {
        if is_second {
            std::process::exit(INTERRUPTED);
        }
        is_second = true;
        // A pool that is gone has nothing left to stop.
        let _ = doorbell.send(Happening::Interrupt);
    };
    ctrlc::set_handler(handler).map_err(|error| Failure::Fault(format!("Ctrl-C cannot be caught: {error}")))
}
