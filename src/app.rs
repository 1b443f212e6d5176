//! The app: shared state above, the frame around, and every route on one screen.

use leptos::prelude::*;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

use crate::components::shell::Shell;
use crate::pages::data::DataPage;
use crate::pages::home::HomePage;
use crate::pages::models::ModelsPage;
use crate::pages::not_found::NotFoundPage;
use crate::pages::predict::PredictPage;
use crate::pages::runs::{RunPage, RunsPage};
use crate::pages::settings::SettingsPage;
use crate::pages::train::TrainPage;
use crate::services::files;
use crate::state;

/// The whole app.
#[component]
pub fn App() -> impl IntoView {
    state::provide_app_state();
    view! {
        <Router base=files::base_path()>
            <Shell>
                <Routes fallback=NotFoundPage>
                    <Route path=path!("/") view=HomePage />
                    <Route path=path!("/data") view=DataPage />
                    <Route path=path!("/train") view=TrainPage />
                    <Route path=path!("/runs") view=RunsPage />
                    <Route path=path!("/runs/:id") view=RunPage />
                    <Route path=path!("/models") view=ModelsPage />
                    <Route path=path!("/predict") view=PredictPage />
                    <Route path=path!("/settings") view=SettingsPage />
                </Routes>
            </Shell>
        </Router>
    }
}
