//! Properties.

use super::shape::{Other, Shape};
use super::walk::Walk;
use crate::found::Shift;
use crate::path::{Path, Step};
use crate::{Direction, Effect, Kind};
use std::collections::BTreeSet;

impl<'s> Walk<'_, 's> {
    /// Compares properties by name, then those without one.
    ///
    /// Names are judged by what people do with them and not by what a schema strictly accepts: whoever reads an answer
    /// skips what they don't know, and whoever sent a property that is gone meant something by it.
    pub(super) fn object(&mut self, old: &Shape<'s>, new: &Shape<'s>, path: &Path) {
        let names = |shape: &Shape<'s>| shape.properties.keys().chain(&shape.required).copied().collect::<Vec<_>>();
        let all: BTreeSet<&str> = names(old).into_iter().chain(names(new)).collect();
        for name in all {
            self.property(name, old, new, &path.then(Step::Property(name.to_owned())));
        }
        self.others(old, new, path);
    }

    fn property(&mut self, name: &str, old: &Shape<'s>, new: &Shape<'s>, path: &Path) {
        let required = (old.required.contains(name), new.required.contains(name));
        match (old.properties.get(name), new.properties.get(name)) {
            (Some(was), Some(is)) => {
                self.presence(required, path);
                self.walk(was, is, path);
            }
            (Some(was), None) => match &new.other {
                // It lives on among the properties without a name.
                Other::Schemas(is) => {
                    self.presence(required, path);
                    self.walk(was, is, path);
                }
                Other::Open if required.1 => {
                    self.presence(required, path);
                    let message = format!("{} may be anything now", path.label());
                    self.say(Kind::TypeWidened, Shift::Widened, path, message);
                }
                Other::Open | Other::Closed => {
                    let message = format!("{} is gone", path.label());
                    let shift = if new.other == Other::Closed { Shift::Narrowed } else { Shift::Widened };
                    self.by_habit(Kind::PropertyRemoved, (Effect::Breaking, shift), path, message);
                }
            },
            (None, Some(is)) => match &old.other {
                Other::Schemas(was) => {
                    self.presence(required, path);
                    self.walk(was, is, path);
                }
                Other::Open | Other::Closed => self.added(required, old.other == Other::Closed, path),
            },
            (None, None) => self.presence(required, path),
        }
    }

    fn added(&mut self, required: (bool, bool), closed: bool, path: &Path) {
        if required == (false, true) {
            let effect = Shift::Narrowed.effect(self.direction);
            let shift = if closed { Shift::Changed } else { Shift::Narrowed };
            let verb = if self.direction == Direction::Request { "required" } else { "always there" };
            let message = format!("{} is new and {verb}", path.label());
            self.by_habit(Kind::RequiredPropertyAdded, (effect, shift), path, message);
        } else {
            let shift = if closed { Shift::Widened } else { Shift::Narrowed };
            let message = format!("{} is new", path.label());
            self.by_habit(Kind::PropertyAdded, (Effect::Compatible, shift), path, message);
        }
    }

    fn presence(&mut self, required: (bool, bool), path: &Path) {
        let request = self.direction == Direction::Request;
        let (kind, shift, verb) = match required {
            (false, true) if request => (Kind::PropertyBecameRequired, Shift::Narrowed, "must be given now"),
            (false, true) => (Kind::PropertyBecameRequired, Shift::Narrowed, "is always there now"),
            (true, false) if request => (Kind::PropertyBecameOptional, Shift::Widened, "may be left out now"),
            (true, false) => (Kind::PropertyBecameOptional, Shift::Widened, "may be missing now"),
            _ => return,
        };
        self.say(kind, shift, path, format!("{} {verb}", path.label()));
    }

    fn others(&mut self, old: &Shape<'s>, new: &Shape<'s>, path: &Path) {
        let (kind, shift, message) = match (&old.other, &new.other) {
            (Other::Schemas(was), Other::Schemas(is)) => {
                self.walk(was, is, &path.then(Step::Other));
                return;
            }
            (Other::Open, Other::Open) | (Other::Closed, Other::Closed) => return,
            (_, Other::Closed) => (
                Kind::OtherPropertiesNarrowed,
                Shift::Narrowed,
                format!("{} may have no other properties any more", path.label()),
            ),
            (Other::Open, Other::Schemas(_)) => (
                Kind::OtherPropertiesNarrowed,
                Shift::Narrowed,
                format!("other properties of {} must fit a schema now", path.label()),
            ),
            // Whoever read the values of a map by their schema can't do so any more.
            (Other::Schemas(_), Other::Open) => (
                Kind::OtherPropertiesWidened,
                Shift::Widened,
                format!("other properties of {} may be anything now", path.label()),
            ),
            (Other::Closed, _) => {
                let message = format!("{} may have other properties now", path.label());
                self.by_habit(Kind::OtherPropertiesWidened, (Effect::Compatible, Shift::Widened), path, message);
                return;
            }
        };
        self.say(kind, shift, path, message);
    }
}
