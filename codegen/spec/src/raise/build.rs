//! Nodes that no document wrote, at the place of what they are made of.

use crate::{
    Span,
    node::{Kind, Member, Node},
};

pub(super) fn object(span: Span, members: Vec<Member>) -> Node {
    Node { span, kind: Kind::Object(members) }
}

pub(super) fn text(span: Span, text: impl Into<String>) -> Node {
    Node { span, kind: Kind::String(text.into()) }
}

pub(super) fn boolean(span: Span, value: bool) -> Node {
    Node { span, kind: Kind::Bool(value) }
}

pub(super) fn list(span: Span, items: Vec<Node>) -> Node {
    Node { span, kind: Kind::Array(items) }
}

/// A member whose key stands where its value does.
pub(super) fn member(key: &str, value: Node) -> Member {
    Member { key: key.to_owned(), key_span: value.span, value }
}

/// The members of an object, to be changed; none for anything else.
pub(super) fn members_mut(node: &mut Node) -> Option<&mut Vec<Member>> {
    match &mut node.kind {
        Kind::Object(members) => Some(members),
        _ => None,
    }
}

/// The members of an object; anything else has none.
pub(super) fn into_members(node: Node) -> Vec<Member> {
    match node.kind {
        Kind::Object(members) => members,
        _ => Vec::new(),
    }
}

/// Takes a member out of a list.
pub(super) fn take(members: &mut Vec<Member>, key: &str) -> Option<Member> {
    let at = members.iter().position(|member| member.key == key)?;
    Some(members.remove(at))
}

/// Takes the members out that `wanted` names, in their order.
pub(super) fn take_all(members: &mut Vec<Member>, wanted: impl Fn(&str) -> bool) -> Vec<Member> {
    let (taken, kept) = std::mem::take(members).into_iter().partition(|member| wanted(&member.key));
    *members = kept;
    taken
}
