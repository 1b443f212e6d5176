//! The app: shared state above, the frame around, and every route on one screen.

use leptos::prelude::*;
use markup::view;

use crate::components::later::drawn_later;
use crate::components::shell::Shell;
use crate::markup::View;
use crate::pages::ab_tests::AbTestsPage;
use crate::pages::data::DataPage;
use crate::pages::flows::{FlowRunPage, FlowsPage};
use crate::pages::home::HomePage;

use crate::pages::models::{ModelPage, ModelsPage, VersionPage};
use crate::pages::monitor::MonitorPage;
use crate::pages::not_found::NotFoundPage;
use crate::pages::predict::PredictPage;
use crate::pages::runs::{ComparePage, RunPage, RunsPage};
use crate::pages::settings::SettingsPage;
use crate::pages::train::TrainPage;
use crate::router::{Route, Routes, provide_router};
use crate::state;

/// Every page; those that neither a first visit nor a first training shows are in the program's second part.
const ROUTES: &[Route] = &[
    Route { pattern: "/", page: HomePage },
    Route { pattern: "/data", page: DataPage },
    Route { pattern: "/train", page: TrainPage },
    Route { pattern: "/runs", page: || drawn_later("the runs", RunsPage) },
    Route { pattern: "/runs/compare", page: || drawn_later("the runs", ComparePage) },
    Route { pattern: "/runs/:id", page: || drawn_later("the run", RunPage) },
    Route { pattern: "/models", page: || drawn_later("the models", ModelsPage) },
    Route { pattern: "/models/:name", page: || drawn_later("the model", ModelPage) },
    Route { pattern: "/models/:name/:version", page: || drawn_later("the version", VersionPage) },
    Route { pattern: "/predict", page: || drawn_later("the predictions", PredictPage) },
    Route { pattern: "/flows", page: || drawn_later("the flows", FlowsPage) },
    Route { pattern: "/flows/runs/:id", page: || drawn_later("the flow run", FlowRunPage) },
    Route { pattern: "/monitor", page: || drawn_later("the monitor", MonitorPage) },
    Route { pattern: "/experiments", page: || drawn_later("the A/B tests", AbTestsPage) },
    Route { pattern: "/settings", page: || drawn_later("the settings", SettingsPage) },
];

/// The whole app.
#[component]
pub fn App() -> View {
    state::provide_app_state();
    provide_router();
    view! {
        <Shell>
            <Routes routes=ROUTES not_found=NotFoundPage />
        </Shell>
    }
}
