//! A fold over events: the plans of a run, those of nested patterns under the step that they belong to.
//!
//! A pattern publishes its plan at the path of its [`Cx`](crate::Cx). It is a child of the plan at the longest path
//! above its own, under the step that was in progress there when it was published. It holds no worker; the
//! [`Roster`](crate::Roster) has both.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::event::{Event, EventKind};
use crate::plain;
use crate::plan::{Plan, PlanChange, StepId};

/// The plans of a run as a forest. Serialised as the list of its nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct PlanTree {
    nodes: Vec<PlanNode>,
    /// The plan that was published last at a path.
    #[serde(skip)]
    latest: BTreeMap<Vec<String>, usize>,
}

/// One plan that was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PlanNode {
    /// The labels on the path of the pattern whose plan it is.
    pub path: Vec<String>,
    /// The plan as it is now.
    pub plan: Plan,
    /// What it belongs to; none for an outermost plan.
    pub under: Option<Under>,
}

/// The place of a nested plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Under {
    /// The plan above it: its place in [`PlanTree::nodes`].
    pub node: usize,
    /// The step that was in progress there. None when none was.
    pub step: Option<StepId>,
}

impl PlanTree {
    /// The plans of a whole run.
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut tree = Self::default();
        events.into_iter().for_each(|event| tree.apply(event));
        tree
    }

    /// Takes one more event.
    pub fn apply(&mut self, event: &Event) {
        match &event.kind {
            // A run that is taken up again publishes its plans anew.
            EventKind::RunStarted { .. } => *self = Self::default(),
            EventKind::PlanChanged {
                path,
                plan,
                published,
            } => match self.latest.get(path) {
                Some(&node) if !published => self.change(node, plan),
                _ => self.publish(path, plan),
            },
            _ => {}
        }
    }

    /// Every plan, in the order in which they were published; a parent stands before its children.
    pub fn nodes(&self) -> &[PlanNode] {
        &self.nodes
    }

    /// The outermost plan that was published last.
    pub fn outermost(&self) -> Option<&Plan> {
        let root = self.nodes.iter().rev().find(|node| node.under.is_none());
        root.map(|node| &node.plan)
    }

    /// The plan that was published last at this path.
    pub fn at(&self, path: &[String]) -> Option<&PlanNode> {
        self.latest.get(path).map(|&node| &self.nodes[node])
    }

    /// The plans right under a step of a plan, in the order in which they were published.
    pub fn under(&self, node: usize, step: StepId) -> impl Iterator<Item = &PlanNode> {
        let under = Some(Under {
            node,
            step: Some(step),
        });
        self.nodes.iter().filter(move |node| node.under == under)
    }

    fn publish(&mut self, path: &[String], plan: &Plan) {
        let above = (0..path.len())
            .rev()
            .find_map(|end| self.latest.get(&path[..end]));
        let under = above.map(|&node| Under {
            node,
            step: self.nodes[node].plan.current().map(|step| step.id),
        });
        self.latest.insert(path.to_vec(), self.nodes.len());
        self.nodes.push(PlanNode {
            path: path.to_vec(),
            plan: plan.clone(),
            under,
        });
    }

    fn change(&mut self, node: usize, plan: &Plan) {
        let before = std::mem::replace(&mut self.nodes[node].plan, plan.clone());
        let reworded = PlanChange::between(&before, plan).reworded;
        if reworded.is_empty() {
            return;
        }
        // What stood under a step stays under it when it is said in other words.
        let reworded: BTreeMap<StepId, StepId> = reworded.into_iter().collect();
        for under in self.nodes.iter_mut().filter_map(|node| node.under.as_mut()) {
            if under.node == node
                && let Some(step) = &mut under.step
            {
                *step = reworded.get(step).copied().unwrap_or(*step);
            }
        }
    }
}

/// What is still to be written, from the last to the first.
enum Todo {
    Plan { node: usize, depth: usize },
    Step { node: usize, step: usize, depth: usize },
}

impl fmt::Display for PlanTree {
    /// A line for each step, nested plans indented under theirs and headed by the labels on the way to them. Those
    /// whose step is not known or no more stand at the end of the plan above.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut children: BTreeMap<Option<Under>, Vec<usize>> = BTreeMap::new();
        for (index, node) in self.nodes.iter().enumerate() {
            let under = node.under.map(|under| Under {
                step: under
                    .step
                    .filter(|id| self.nodes[under.node].plan.step(*id).is_some()),
                ..under
            });
            children.entry(under).or_default().push(index);
        }
        let plans = |under: Option<Under>, depth: usize| {
            let children = children.get(&under).into_iter().flatten().rev();
            children.map(move |&node| Todo::Plan { node, depth })
        };
        let headed = children.get(&None).is_some_and(|roots| roots.len() > 1);
        let mut todo: Vec<Todo> = plans(None, 0).collect();
        // A stack of what is left rather than recursion: the depth is in the hands of whoever wrote the events.
        while let Some(next) = todo.pop() {
            match next {
                Todo::Plan { node, depth } => {
                    if depth > 0 || headed {
                        writeln!(f, "{:1$}{2}:", "", 4 * depth, self.heading(node))?;
                    }
                    todo.extend(plans(Some(Under { node, step: None }), depth + 1));
                    let steps = 0..self.nodes[node].plan.steps().len();
                    todo.extend(steps.rev().map(|step| Todo::Step { node, step, depth }));
                }
                Todo::Step { node, step, depth } => {
                    let step = &self.nodes[node].plan.steps()[step];
                    let (mark, text) = (step.status.mark(), plain::line(&step.text, 200));
                    writeln!(f, "{:1$}{mark} {text}", "", 4 * depth)?;
                    let step = Some(step.id);
                    todo.extend(plans(Some(Under { node, step }), depth + 1));
                }
            }
        }
        Ok(())
    }
}

impl PlanTree {
    /// What the plan at `path` is called when it is a nested one.
    pub(crate) fn nested_heading(&self, path: &[String]) -> Option<String> {
        let node = *self.latest.get(path)?;
        self.nodes[node].under?;
        Some(self.heading(node))
    }

    /// The labels on the way from the plan above.
    fn heading(&self, node: usize) -> String {
        let node = &self.nodes[node];
        let above = node.under.map_or(0, |under| self.nodes[under.node].path.len());
        let labels: Vec<String> = node.path[above..]
            .iter()
            .map(|label| plain::line(label, 40))
            .collect();
        if labels.is_empty() {
            return "plan".to_owned();
        }
        labels.join(" / ")
    }
}
