//! Keywords that are compared as a whole.

use super::Named;
use super::canonical::{Order, in_order, under};
use super::mentions::{Mention, Outline};
use super::shape::Shape;
use super::variance::Variance;
use super::walk::Walk;
use crate::found::{Found, Shift};
use crate::path::Path;
use crate::{Effect, Kind};
use serde_json::Value;
use std::collections::BTreeSet;

/// What stands under a keyword in one of the schemas of a side.
#[derive(Debug, Clone, Copy)]
pub(super) struct Whole<'s> {
    pub(super) value: &'s Value,
    /// How its change shows in the schema that it is part of.
    pub(super) variance: Variance,
}

impl<'s> Walk<'_, 's> {
    /// Compares keywords that are only equal or not. Order doesn't count, and neither do the names of schemas.
    pub(super) fn opaque(&mut self, old: &Shape<'s>, new: &Shape<'s>, path: &Path) {
        self.mentioned(old, new);
        let keywords: BTreeSet<_> = old.opaque.keys().chain(new.opaque.keys()).copied().collect();
        for keyword in keywords {
            let of = |shape: &Shape<'s>| shape.opaque.get(keyword).cloned().unwrap_or_default();
            let (was, is) = (of(old), of(new));
            let (gone, come) = self.differing(keyword, &was, &is);
            if gone.is_empty() && come.is_empty() {
                continue;
            }
            let (effect, verb) = self.judged(keyword, &gone, &come, path);
            let message = format!("`{keyword}` of {} {verb}", path.label());
            let text = |side: &[Whole<'s>]| {
                let texts: BTreeSet<String> =
                    side.iter().map(|whole| under(keyword, whole.value).to_string()).collect();
                (!texts.is_empty()).then(|| format!("{keyword} {}", texts.into_iter().collect::<Vec<_>>().join(" ")))
            };
            self.with_effect(Kind::ConstraintChanged, effect, path, message).values(text(&was), text(&is));
        }
    }

    /// Puts those named schemas on the list that both sides mention.
    fn mentioned(&mut self, old: &Shape<'s>, new: &Shape<'s>) {
        let (old, new) = (mentions(old, self.schemas.before), mentions(new, self.schemas.after));
        for (name, variance) in old {
            if new.contains(&(name, variance)) {
                self.refer(name, name, variance);
            } else if new.iter().any(|(other, _)| *other == name) {
                self.refer(name, name, Variance::Unknown);
            }
        }
    }

    /// What only one side says. What refers to schemas that others took the place of is the same, as far as those are.
    fn differing(&mut self, keyword: &str, old: &[Whole<'s>], new: &[Whole<'s>]) -> (Vec<Whole<'s>>, Vec<Whole<'s>>) {
        let texts = |side: &[Whole<'s>]| -> BTreeSet<String> {
            side.iter().map(|whole| in_order(keyword, whole.value, Order::Any).to_string()).collect()
        };
        let without = |side: &[Whole<'s>], texts: &BTreeSet<String>| -> Vec<Whole<'s>> {
            let alone = |w: &&Whole<'s>| !texts.contains(&in_order(keyword, w.value, Order::Any).to_string());
            side.iter().filter(alone).copied().collect()
        };
        let (old, mut new) = (without(old, &texts(new)), without(new, &texts(old)));
        let mut gone = Vec::new();
        for whole in old {
            match new.iter().position(|other| self.replaced(keyword, &whole, other)) {
                Some(at) => drop(new.remove(at)),
                None => gone.push(whole),
            }
        }
        (gone, new)
    }

    /// Whether two say the same but for the names of schemas, and none of those is just another one of those there were.
    /// The pairs of names go on the list.
    fn replaced(&mut self, keyword: &str, old: &Whole<'s>, new: &Whole<'s>) -> bool {
        let old = Outline::of(keyword, old.value, old.variance, self.schemas.before);
        let new = Outline::of(keyword, new.value, new.variance, self.schemas.after);
        let pairs = || old.mentions.iter().zip(&new.mentions);
        let same = old.text == new.text && pairs().all(|((was, _), (is, _))| !self.schemas.exchanged(was, is));
        if same {
            for ((was, variance), (is, other)) in pairs() {
                self.refer(was, is, variance.or(*other));
            }
        }
        same
    }

    /// What differences under a keyword do, and words for it.
    fn judged(&mut self, keyword: &str, gone: &[Whole<'s>], come: &[Whole<'s>], path: &Path) -> (Effect, &'static str) {
        match (keyword, gone, come) {
            ("not", [], _) => (self.effect(Shift::Narrowed), "rules out more"),
            ("not", _, []) => (self.effect(Shift::Widened), "rules out less"),
            ("not", [old], [new]) => match self.weighed(old, new, path) {
                Some(effect) => (effect, "rules out something else"),
                None => (Effect::Breaking, "has changed, which can't be judged"),
            },
            _ => (Effect::Breaking, "has changed, which can't be judged"),
        }
    }

    /// The worst that comes of comparing two step by step, without telling the steps; `None` where nothing comes of it.
    fn weighed(&mut self, old: &Whole<'s>, new: &Whole<'s>, path: &Path) -> Option<Effect> {
        let mut found = Found::new(&self.found.service);
        self.aside(&mut found, old.variance)?.walk(&[old.value], &[new.value], path);
        found.sorted().iter().map(|change| change.effect).min()
    }
}

/// The named schemas that the keywords of a side mention.
fn mentions<'s>(shape: &Shape<'s>, named: &'s Named) -> BTreeSet<Mention<'s>> {
    let wholes = shape.opaque.iter().flat_map(|(keyword, wholes)| wholes.iter().map(move |whole| (keyword, whole)));
    wholes.flat_map(|(keyword, whole)| Outline::of(keyword, whole.value, whole.variance, named).mentions).collect()
}
