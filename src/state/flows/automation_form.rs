//! An automation as it is typed, and its record once it makes sense; and automations in words.

use flow::check_automation;
use track::SCHEMA;
use track::experiment::Lifecycle;
use track::flow::{Action, Automation, Expectation, Posture, StateName, Trigger, TriggerProgress};
use track::id::{AutomationId, DeploymentId, Millis};

use super::book::FlowBook;
use crate::state::format;

/// What can be listened to: key and shown name.
pub const EXPECTATIONS: [(&str, &str); 4] = [
    ("state", "A flow run comes to a state"),
    ("drift", "Drift is found"),
    ("metric", "A metric is over or under a value"),
    ("version", "A model has a new version"),
];
/// What can be done: key and shown name.
pub const ACTIONS: [(&str, &str); 4] = [
    ("notify", "Tell me"),
    ("run", "Run a deployment"),
    ("pause", "Switch a deployment's schedules off"),
    ("alias", "Move an alias to the newest version"),
];

/// An automation as it is typed.
#[derive(Clone, Debug, PartialEq)]
pub struct AutomationForm {
    /// The one that is changed; none: a new one.
    pub known: Option<Automation>,
    /// Its name.
    pub name: String,
    /// It acts because something did not happen.
    pub is_proactive: bool,
    /// The key of what is listened to.
    pub expect: String,
    /// The state listened to.
    pub state: String,
    /// The deployment listened to; empty: any.
    pub of: String,
    /// The model listened to; empty: any.
    pub model: String,
    /// The metric's name.
    pub metric: String,
    /// Above the value, else below.
    pub is_over: bool,
    /// The value.
    pub value: String,
    /// How often.
    pub threshold: String,
    /// Within how many minutes; 0: whenever.
    pub within: String,
    /// The key of what is done.
    pub action: String,
    /// The deployment that is run or switched off.
    pub deployment: String,
    /// The model whose alias moves.
    pub moved: String,
    /// The alias.
    pub alias: String,
    /// What the person is told.
    pub text: String,
}

impl AutomationForm {
    /// Tells the person of a failed run.
    pub fn new() -> Self {
        Self {
            known: None,
            name: String::new(),
            is_proactive: false,
            expect: "state".to_owned(),
            state: StateName::Failed.as_str().to_owned(),
            of: String::new(),
            model: String::new(),
            metric: "f1_macro".to_owned(),
            is_over: false,
            value: "0.8".to_owned(),
            threshold: "1".to_owned(),
            within: "0".to_owned(),
            action: "notify".to_owned(),
            deployment: String::new(),
            moved: flow::SCHEDULED_MODEL.to_owned(),
            alias: "champion".to_owned(),
            text: "A flow run failed.".to_owned(),
        }
    }

    /// One that is kept; of several actions the first is shown.
    pub fn of(automation: &Automation) -> Self {
        let Trigger { posture, expect, threshold, within_s } = &automation.trigger;
        let mut form = Self {
            name: automation.name.clone(),
            is_proactive: *posture == Posture::Proactive,
            threshold: threshold.to_string(),
            within: within_s.div_ceil(60).to_string(),
            known: Some(automation.clone()),
            ..Self::new()
        };
        match expect {
            Expectation::FlowState { deployment, states } => {
                form.expect = "state".to_owned();
                form.of = deployment.as_ref().map(|id| id.0.clone()).unwrap_or_default();
                form.state = states.first().map(|state| state.as_str().to_owned()).unwrap_or_default();
            }
            Expectation::Drift { model } => (form.expect, form.model) = ("drift".to_owned(), model.clone()),
            Expectation::NewVersion { model } => {
                (form.expect, form.model) = ("version".to_owned(), model.clone())
            }
            Expectation::Metric { model, name, is_over, value } => {
                (form.expect, form.model) = ("metric".to_owned(), model.clone());
                (form.metric, form.is_over, form.value) = (name.clone(), *is_over, value.to_string());
            }
        }
        match automation.actions.first() {
            Some(Action::RunDeployment { deployment }) => {
                (form.action, form.deployment) = ("run".to_owned(), deployment.0.clone());
            }
            Some(Action::PauseSchedules { deployment }) => {
                (form.action, form.deployment) = ("pause".to_owned(), deployment.0.clone());
            }
            Some(Action::MoveAlias { model, alias }) => {
                form.action = "alias".to_owned();
                (form.moved, form.alias) = (model.clone(), alias.clone());
            }
            Some(Action::Notify { text }) => (form.action, form.text) = ("notify".to_owned(), text.clone()),
            None => {}
        }
        form
    }

    fn expectation(&self) -> Result<Expectation, String> {
        let model = self.model.trim().to_owned();
        Ok(match self.expect.as_str() {
            "drift" => Expectation::Drift { model },
            "version" => Expectation::NewVersion { model },
            "metric" => {
                let value = json::parse_real(self.value.trim());
                let value = value.ok_or("The value has to be a number, such as 0.8.")?;
                let name = self.metric.trim().to_owned();
                if name.is_empty() {
                    return Err("Type the metric's name, such as f1_macro.".to_owned());
                }
                Expectation::Metric { model, name, is_over: self.is_over, value }
            }
            _ => Expectation::FlowState {
                deployment: (!self.of.is_empty()).then(|| DeploymentId(self.of.clone())),
                states: StateName::named(&self.state).into_iter().collect(),
            },
        })
    }

    fn doing(&self) -> Result<Action, String> {
        let deployment = || match self.deployment.is_empty() {
            true => Err("Choose the deployment.".to_owned()),
            false => Ok(DeploymentId(self.deployment.clone())),
        };
        let typed = |text: &str, what: &str| match text.trim() {
            "" => Err(format!("Type {what}.")),
            text => Ok(text.to_owned()),
        };
        Ok(match self.action.as_str() {
            "run" => Action::RunDeployment { deployment: deployment()? },
            "pause" => Action::PauseSchedules { deployment: deployment()? },
            "alias" => Action::MoveAlias {
                model: typed(&self.moved, "the model's name")?,
                alias: typed(&self.alias, "the alias")?,
            },
            _ => Action::Notify { text: typed(&self.text, "what you are to be told")? },
        })
    }

    /// The automation, where it can work.
    ///
    /// # Errors
    /// One sentence: the first thing that is wrong.
    pub fn check(&self, now: Millis, entropy: [u8; 10]) -> Result<Automation, String> {
        let name = self.name.trim();
        if name.is_empty() {
            return Err("Type a name for the automation.".to_owned());
        }
        let number = |text: &str| format::parse_whole(text).ok_or("Type whole numbers, such as 1.");
        let threshold = u32::try_from(number(&self.threshold)?).unwrap_or(u32::MAX);
        let posture = if self.is_proactive { Posture::Proactive } else { Posture::Reactive };
        let within_s = number(&self.within)?.saturating_mul(60);
        let trigger = Trigger { posture, expect: self.expectation()?, threshold, within_s };
        let known = self.known.as_ref();
        let mut actions = vec![self.doing()?];
        actions.extend(known.iter().flat_map(|known| known.actions.iter().skip(1).cloned()));
        let automation = Automation {
            schema: SCHEMA,
            id: known.map_or_else(|| AutomationId::new(now, entropy), |known| known.id.clone()),
            created: known.map_or(now, |known| known.created),
            lifecycle: Lifecycle::Active,
            name: name.to_owned(),
            is_active: known.is_none_or(|known| known.is_active),
            trigger,
            actions,
            progress: TriggerProgress { since: now, ..TriggerProgress::default() },
        };
        check_automation(&automation).map_err(|error| format::sentence(&error.to_string()))?;
        Ok(automation)
    }
}

impl Default for AutomationForm {
    fn default() -> Self {
        Self::new()
    }
}

/// When an automation acts, in words.
pub fn trigger_words(trigger: &Trigger, book: &FlowBook) -> String {
    let of = |model: &str| if model.is_empty() { "any model".to_owned() } else { model.to_owned() };
    let what = match &trigger.expect {
        Expectation::FlowState { deployment, states } => {
            let whose = deployment.as_ref().map_or("any flow".to_owned(), |id| book.deployment_name(id));
            let states: Vec<&str> = states.iter().map(|state| state.as_str()).collect();
            let states = if states.is_empty() { "any state".to_owned() } else { states.join(" or ") };
            format!("a run of {whose} comes to {states}")
        }
        Expectation::Drift { model } => format!("drift is found for {}", of(model)),
        Expectation::NewVersion { model } => format!("{} has a new version", of(model)),
        Expectation::Metric { model, name, is_over, value } => {
            let word = if *is_over { "over" } else { "under" };
            format!("{name} of {} is {word} {value}", of(model))
        }
    };
    let times = if trigger.threshold == 1 { String::new() } else { format!(" {} times", trigger.threshold) };
    let within = match trigger.within_s {
        0 => String::new(),
        seconds => format!(" within {}", format::counted(seconds.div_ceil(60), "minute", "minutes")),
    };
    match trigger.posture {
        Posture::Reactive => format!("When {what}{times}{within}"),
        Posture::Proactive => format!("When it does not happen{within} that {what}{times}"),
    }
}

/// What an automation does, in words.
pub fn action_words(actions: &[Action], book: &FlowBook) -> String {
    let word = |action: &Action| match action {
        Action::RunDeployment { deployment } => format!("run {}", book.deployment_name(deployment)),
        Action::PauseSchedules { deployment } => {
            format!("switch the schedules of {} off", book.deployment_name(deployment))
        }
        Action::MoveAlias { model, alias } => format!("give the newest version of {model} the alias {alias}"),
        Action::Notify { text } => format!("tell me “{text}”"),
    };
    actions.iter().map(word).collect::<Vec<_>>().join(", then ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_automation_is_checked_and_comes_back_as_it_was() {
        let form = AutomationForm { name: "alarm".into(), ..AutomationForm::new() };
        let kept = form.check(Millis(5), [1; 10]).unwrap();
        let again = AutomationForm::of(&kept).check(Millis(9), [2; 10]).unwrap();
        assert_eq!((again.id.clone(), again.created), (kept.id.clone(), Millis(5)));
        assert_eq!((&again.trigger, &again.actions), (&kept.trigger, &kept.actions));
        let words = trigger_words(&kept.trigger, &FlowBook::default());
        assert_eq!(words, "When a run of any flow comes to Failed");
    }

    #[test]
    fn what_is_wrong_is_said() {
        let check = |change: &dyn Fn(&mut AutomationForm), expected: &str| {
            let mut form = AutomationForm { name: "alarm".into(), ..AutomationForm::new() };
            change(&mut form);
            let said = form.check(Millis(5), [1; 10]).err().unwrap_or_default();
            assert!(said.starts_with(expected), "{said}");
        };
        check(&|form| form.name.clear(), "Type a name");
        check(&|form| form.action = "run".into(), "Choose the deployment.");
        check(&|form| (form.expect, form.value) = ("metric".into(), "high".into()), "The value has to be");
        check(&|form| form.threshold = "0".into(), "It counts 1 to");
        check(&|form| form.is_proactive = true, "'within' is 60");
    }
}
