//! Where changes are gathered.

use crate::{Change, Direction, Effect, Kind, Subject};
use std::collections::BTreeSet;
use uaps_model::{Operation, ServiceId};

/// How the set of possible values changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shift {
    /// It lost some.
    Narrowed,
    /// It gained some.
    Widened,
    /// Both, or nobody knows.
    Changed,
}

impl Shift {
    /// A caller is hurt by less that is taken, and by more that is given.
    pub(crate) fn effect(self, direction: Direction) -> Effect {
        match (self, direction) {
            (Shift::Narrowed, Direction::Response) | (Shift::Widened, Direction::Request) => Effect::Compatible,
            _ => Effect::Breaking,
        }
    }
}

/// The changes of one service.
#[derive(Debug)]
pub(crate) struct Found {
    /// The service that they are changes of.
    pub(crate) service: ServiceId,
    changes: Vec<Change>,
}

impl Found {
    /// Nothing yet.
    pub(crate) fn new(service: &ServiceId) -> Self {
        Found { service: service.clone(), changes: Vec::new() }
    }

    /// Adds a change, and gives it back for what else is to be said of it.
    pub(crate) fn add(
        &mut self,
        kind: Kind,
        effect: Effect,
        subject: &Subject,
        pointer: impl Into<String>,
        message: impl Into<String>,
    ) -> Added<'_> {
        self.changes.push(Change {
            service: self.service.clone(),
            effect,
            subject: subject.clone(),
            pointer: pointer.into(),
            kind,
            before: None,
            after: None,
            message: message.into(),
            tools: Vec::new(),
        });
        Added(self.changes.last_mut())
    }

    /// Breaking ones first, then by place. Of two that have one fingerprint the first stays.
    pub(crate) fn sorted(mut self) -> Vec<Change> {
        self.changes.sort_by(|a, b| {
            let by_place =
                a.effect.cmp(&b.effect).then_with(|| (&a.subject, &a.pointer).cmp(&(&b.subject, &b.pointer)));
            by_place.then_with(|| a.kind.cmp(&b.kind)).then_with(|| (&a.before, &a.after).cmp(&(&b.before, &b.after)))
        });
        let mut known = BTreeSet::new();
        self.changes.retain(|change| known.insert(change.fingerprint()));
        self.changes
    }

    /// The changes so far, for who knows more about them.
    pub(crate) fn changes_mut(&mut self) -> &mut [Change] {
        &mut self.changes
    }
}

/// A change that was just added.
pub(crate) struct Added<'f>(Option<&'f mut Change>);

impl Added<'_> {
    /// How it was and how it is.
    pub(crate) fn values(self, before: impl Into<Option<String>>, after: impl Into<Option<String>>) {
        if let Some(change) = self.0 {
            change.before = before.into();
            change.after = after.into();
        }
    }
}

/// An operation as the subject of a change.
pub(crate) fn subject(operation: &Operation) -> Subject {
    Subject::Operation { path: operation.path.clone(), method: operation.method, tool: operation.tool.clone() }
}
