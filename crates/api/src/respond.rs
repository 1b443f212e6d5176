//! A request and a home's models in, the answer out: all steps in one. Never: an empty hand, whatever was asked.

use crate::call::Call;
use crate::exchange::{Answer, JSON, Request};
use crate::models::{ModelList, Models};
use crate::openapi::openapi;
use crate::refusal::Refusal;

/// Answers a request.
pub fn answer(request: &Request<'_>, models: &mut dyn Models) -> Answer {
    respond(request, models).unwrap_or_else(|refusal| refusal.answer())
}

fn respond(request: &Request<'_>, models: &mut dyn Models) -> Result<Answer, Refusal> {
    match Call::read(request)? {
        Call::Predict(call) => {
            let chosen = call.choose(models.registry(), models.unregistered())?;
            let unusable = |fault| Refusal::Unusable { model: chosen.address.clone(), fault };
            let predictor = models.predictor(chosen.pipeline).map_err(unusable)?;
            Ok(call.run(&chosen, predictor).answer())
        }
        Call::Models => Ok(Answer::ok(&ModelList::of(models.registry(), models.unregistered()))),
        Call::OpenApi => Ok(Answer { status: 200, content_type: JSON, allow: None, body: openapi() }),
    }
}
