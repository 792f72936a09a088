//! The members of an object while it is read.

use crate::node::Member;
use crate::{Diagnostic, Span, codes};
use std::collections::HashMap;

/// Objects up to this size are searched from front to back, which is quicker than keeping an index of them.
const SEARCHED: usize = 16;

/// Members in the order of their first occurrence, each key once.
#[derive(Debug, Default)]
pub(crate) struct Members {
    list: Vec<Member>,
    /// Where each key stands in the list; empty while the list is short.
    index: HashMap<String, usize>,
}

impl Members {
    /// Adds a member. Of two with one key the last counts, as in most readers; the one before it comes back.
    pub fn put(&mut self, member: Member) -> Option<Member> {
        match self.find(&member.key) {
            Some(at) => Some(std::mem::replace(&mut self.list[at], member)),
            None => {
                self.push(member);
                None
            }
        }
    }

    /// The finished list.
    pub fn into_list(self) -> Vec<Member> {
        self.list
    }

    fn find(&self, key: &str) -> Option<usize> {
        if self.list.len() <= SEARCHED {
            return self.list.iter().position(|member| member.key == key);
        }
        self.index.get(key).copied()
    }

    fn push(&mut self, member: Member) {
        self.list.push(member);
        let unknown = match self.list.len() - 1 {
            below if below < SEARCHED => return,
            SEARCHED => 0,
            last => last,
        };
        let new = self.list.iter().enumerate().skip(unknown);
        self.index.extend(new.map(|(at, member)| (member.key.clone(), at)));
    }
}

/// What is said of a key that an object has twice, of which `first` is not read.
pub(crate) fn duplicate(first: &Member, span: Span) -> Diagnostic {
    let message = format!("the key `{}` occurs twice in this object", first.key);
    Diagnostic::warning(codes::DUPLICATE_KEY, message, span)
        .label("this one counts, being the last")
        .related(first.key_span, "this one is not read")
        .help("remove or rename one of the two")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{FileId, Kind, Node};

    #[test]
    fn small_and_large_objects_know_their_keys() {
        let member = |key: usize, start: usize| {
            let span = Span { file: FileId(0), start, end: start };
            Member { key: key.to_string(), key_span: span, value: Node { span, kind: Kind::Null } }
        };
        for count in [1, SEARCHED - 1, SEARCHED, SEARCHED + 1, 100] {
            let mut members = Members::default();
            for key in 0..count {
                assert!(members.put(member(key, key)).is_none());
            }
            for key in 0..count {
                assert_eq!(members.put(member(key, 2000)).map(|m| m.key_span.start), Some(key), "{key} of {count}");
            }
            let list = members.into_list();
            assert!(list.iter().enumerate().all(|(at, m)| m.key == at.to_string() && m.key_span.start == 2000));
        }
    }
}
