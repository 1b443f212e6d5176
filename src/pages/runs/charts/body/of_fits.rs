//! Pictures of what fits predict, asked of workers when they are looked at.

use markup::view;
use track::board::ChartSpec;

use super::ChartOf;
use crate::charts::hover::Tip;
use crate::charts::matrices;
use crate::charts::twin::Twin;
use crate::components::field::SelectField;
use crate::components::states::{Loading, Problem};
use crate::markup::View;
use crate::pages::runs::charts::held_out::{self, MAX_FITS, Measured};
use crate::pages::runs::charts::set::RunSet;
use crate::pages::runs::charts::shown::DrawnChart;
use crate::pages::runs::charts::{Drawn, amounts};
use crate::reactive::{Derived, follow};
use crate::state::loadable::Loadable;
use crate::state::stored_fits::{NO_PREDICTIONS, fit_blobs, use_stored_fits};

/// The fits among the runs whose predictions are kept, the best first, as many as have a colour each.
fn fits_of(set: &RunSet) -> Vec<usize> {
    let metric = set.main_metric().unwrap_or_default();
    let mut places: Vec<usize> = amounts::ranked(set, &metric).into_iter().map(|(place, _)| place).collect();
    places.retain(|place| set.get(*place).is_some_and(|run| fit_blobs(run).is_some()));
    places.truncate(MAX_FITS);
    places
}

/// What workers said of the fits among the runs, once all is said.
fn measured(set: Derived<RunSet>) -> Derived<Loadable<Vec<Measured>>> {
    let stored = use_stored_fits();
    let fits = Derived::new(move || set.with(fits_of));
    follow(move || {
        set.with(|set| {
            for run in fits.get().into_iter().filter_map(|place| set.get(place)) {
                if let Some(blobs) = fit_blobs(run) {
                    stored.want(&run.id, blobs);
                }
            }
        });
    });
    Derived::new(move || {
        set.with(|set| {
            let mut found = Vec::new();
            for run in fits.get().into_iter().filter_map(|place| set.get(place)) {
                match stored.of(&run.id) {
                    Loadable::Loaded(output) => found.push(Measured::new(run, output)),
                    Loadable::Failed(sentence) => {
                        return Loadable::Failed(format!("{}: {sentence}", run.name));
                    }
                    Loadable::Nothing | Loadable::Loading => return Loadable::Loading,
                }
            }
            if found.is_empty() { Loadable::Nothing } else { Loadable::Loaded(found) }
        })
    })
}

/// A picture of measured fits in its state.
fn of_measured(of: ChartOf, show: fn(ChartOf, Derived<Vec<Measured>>) -> View) -> View {
    let stored = use_stored_fits();
    let fits = measured(of.set);
    let ready = Derived::new(move || fits.with(|fits| fits.loaded().cloned().unwrap_or_default()));
    let state = Derived::new(move || fits.with(|fits| fits.without_value()));
    let again = move |()| {
        of.set.with_untracked(|set| {
            for run in fits_of(set).into_iter().filter_map(|place| set.get(place)) {
                if let (Some(blobs), Loadable::Failed(_)) = (fit_blobs(run), stored.of(&run.id)) {
                    stored.measure(&run.id, blobs);
                }
            }
        });
    };
    View::live(move || match state.get() {
        Loadable::Nothing => view! { <p class="lead" role="status">{NO_PREDICTIONS}</p> },
        Loadable::Loading => view! { <Loading what="predictions" /> },
        Loadable::Failed(sentence) => view! { <Problem text=sentence on_retry=again /> },
        Loadable::Loaded(()) => show(of, ready),
    })
}

/// Confusion matrices side by side.
pub(super) fn confusion(of: ChartOf) -> View {
    of_measured(of, |of, fits| {
        let found = Derived::new(move || fits.with(|fits| held_out::matrices(fits)));
        let n_fits = Derived::new(move || {
            of.set.with(|set| set.iter().filter(|run| fit_blobs(run).is_some()).count())
        });
        view! {
            <DrawnChart
                name="Confusion matrices"
                drawn=Derived::new(move || -> Drawn { Ok(held_out::confusion(found.get(), n_fits.get())) })
                twin=Derived::new(move || -> Twin { found.with(|found| matrices::twin(found)) })
                tell=move |item: u32| found.with(|found| matrices::tip(found, item))
            />
        }
    })
}

/// ROC curves laid over each other.
pub(super) fn roc(of: ChartOf) -> View {
    of_measured(of, |of, fits| {
        let class = Derived::new(move || {
            of.spec.with(|spec| match spec {
                ChartSpec::Roc { class } => usize::from(*class),
                _ => 1,
            })
        });
        let names = Derived::new(move || {
            fits.with(|fits| fits.first().map(|fit| fit.output.labels.clone())).unwrap_or_default()
        });
        let options = Derived::new(move || {
            let numbered = names.get().into_iter().enumerate();
            numbered.map(|(class, name)| (class.to_string(), name)).collect::<Vec<_>>()
        });
        let choose = move |key: String| of.on_change.run(ChartSpec::Roc { class: key.parse().unwrap_or(1) });
        // Of two classes there is one curve.
        let choice = (names.with_untracked(Vec::len) > 2).then(|| {
            view! {
                <div class="fields chart-choices">
                    <SelectField
                        id=format!("chart-{}-class", of.id)
                        label="Class"
                        options
                        value=Derived::new(move || class.get().to_string())
                        on_choose=choose
                        word=None
                        disabled=of.is_fixed
                    />
                </div>
            }
        });
        let tell = move |item: u32| {
            fits.with(|fits| {
                let text = |fit: &Measured| Tip { text: fit.name.clone(), to: Some(fit.to.clone()) };
                fits.get(item as usize).map(text).unwrap_or_default()
            })
        };
        view! {
            {choice}
            <DrawnChart
                name="ROC curves"
                drawn=Derived::new(move || -> Drawn { Ok(fits.with(|fits| held_out::roc(fits, class.get()))) })
                twin=Derived::new(move || fits.with(|fits| held_out::roc_twin(fits, class.get())))
                tell
            />
        }
    })
}
