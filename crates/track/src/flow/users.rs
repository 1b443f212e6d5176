//! Which registered models deployments and automations use, so that the version they ask is not deleted under them.

use super::automation::{Action, Automation};
use super::definition::FlowDefinition;
use super::deployment::Deployment;
use super::task::TaskKind;
use crate::experiment::Lifecycle;
use crate::registry::Reference;

/// Models with what uses them: `Registry::know_users`. Of what is in the trash nothing is said.
pub fn users_of_models(
    flows: &[FlowDefinition],
    deployments: &[Deployment],
    automations: &[Automation],
) -> Vec<(String, Reference)> {
    let mut users = Vec::new();
    for deployment in deployments.iter().filter(|deployment| deployment.lifecycle == Lifecycle::Active) {
        let of = flows.iter().filter(|flow| flow.id == deployment.flow);
        let is_meant =
            |flow: &&FlowDefinition| deployment.version.is_none_or(|version| version == flow.version);
        let Some(flow) = of.filter(is_meant).max_by_key(|flow| flow.version) else { continue };
        for task in &flow.tasks {
            if let TaskKind::ScoreFolder { model, .. } | TaskKind::CheckDrift { model } = &task.kind {
                users.push((model.clone(), Reference::Deployment(deployment.name.clone())));
            }
        }
    }
    for automation in automations.iter().filter(|automation| automation.lifecycle == Lifecycle::Active) {
        for action in &automation.actions {
            if let Action::MoveAlias { model, .. } = action {
                users.push((model.clone(), Reference::Automation(automation.name.clone())));
            }
        }
    }
    users
}
