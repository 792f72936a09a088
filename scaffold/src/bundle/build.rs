//! The document with every reference into another file answered.

use super::Files;
use super::find::{Target, find};
use super::location::Refused;
use super::names::{self, Names, Section};
use crate::places::{Place, below, element, section};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::rc::Rc;
use uaps_spec::{Code, Diagnostic, FileId, Kind, Member, Node, Span, limits};

/// The rule that reports references out of a document, whose warning this is before it is one.
pub(super) const EXTERNAL: Code = Code { id: "UAPS301", name: "reference-external" };

/// What stands in for a value that came from elsewhere.
const NOWHERE: Span = Span { file: FileId(u32::MAX), start: 0, end: 0 };

/// A value of another file that waits to be written into the document.
struct Shared {
    file: usize,
    pointer: String,
    place: Place,
    section: Section,
    name: String,
}

pub(super) struct Builder<'f, 'l, 'c> {
    files: &'f mut Files<'l, 'c>,
    is_swagger: bool,
    names: Names,
    /// Shared objects of the document that are nothing but a reference elsewhere: the value takes their place.
    homes: HashMap<Span, Target>,
    /// Addresses that schemas of the document have themselves.
    own: BTreeSet<String>,
    waiting: VecDeque<Shared>,
    warnings: Vec<Diagnostic>,
    told: BTreeSet<(usize, String)>,
    nodes: usize,
    /// Whether anything of another file is in the document.
    has_changed: bool,
}

/// Where the builder is.
#[derive(Clone)]
struct At {
    file: usize,
    place: Place,
    depth: usize,
    /// What is being written in place, outermost first.
    inside: Vec<Target>,
}

impl<'f, 'l, 'c> Builder<'f, 'l, 'c> {
    pub(super) fn new(files: &'f mut Files<'l, 'c>, root: &Node) -> Self {
        Builder {
            files,
            is_swagger: root.get("swagger").is_some(),
            names: Names::default(),
            homes: HashMap::new(),
            own: own_addresses(root),
            waiting: VecDeque::new(),
            warnings: Vec::new(),
            told: BTreeSet::new(),
            nodes: 0,
            has_changed: false,
        }
    }

    /// The whole document, what could not be had, and whether another file is a part of it.
    pub(super) fn document(mut self, root: &Node) -> (Node, Vec<Diagnostic>, bool) {
        self.keep_names(root);
        let mut built = self.build(root, &At { file: 0, place: Place::Root, depth: 0, inside: Vec::new() });
        while let Some(shared) = self.waiting.pop_front() {
            let Some(tree) = self.tree(shared.file) else { continue };
            let Some(node) = tree.pointer(&shared.pointer) else { continue };
            let at = At { file: shared.file, place: shared.place, depth: 3, inside: Vec::new() };
            let value = self.build(node, &at);
            insert(&mut built, shared.section, &shared.name, value);
        }
        (built, self.warnings, self.has_changed)
    }

    /// Names of the document stay. `Pet: { $ref: schemas/Pet.yaml }` gives the file's schema its name.
    fn keep_names(&mut self, root: &Node) {
        let mut folders = vec![(root, Place::Root)];
        folders.extend(root.get("components").map(|node| (node, Place::Components)));
        for member in folders.into_iter().flat_map(|(node, place)| {
            node.members().iter().filter_map(move |member| Some((&member.value, below(place, &member.key)?)))
        }) {
            let (folder, Place::Named(kind)) = member else { continue };
            let place = Place::One(kind);
            let Some(section) = section(place, self.is_swagger) else { continue };
            for member in folder.members() {
                let reference = member.value.str_at("$ref").filter(|text| !self.is_own(0, text));
                let target = match (reference, member.value.members()) {
                    (Some(reference), [_]) => find(self.files, 0, reference).ok(),
                    _ => None,
                };
                let target = target.filter(|target| matches!(target, Target::Foreign { .. }));
                let first = target.clone().filter(|target| self.names.get(target, section).is_none());
                self.names.keep(section, &member.key, &member.value, target);
                if let Some(first) = first {
                    self.homes.insert(member.value.span, first);
                }
            }
        }
    }

    fn build(&mut self, node: &Node, at: &At) -> Node {
        self.nodes += 1;
        if let Some(reference) = reference_of(node, at)
            && let Some(built) = self.reference(node, reference, at)
        {
            return built;
        }
        let inner = |place| At { place, depth: at.depth + 1, ..at.clone() };
        let kind = match &node.kind {
            Kind::Array(items) => match element(at.place) {
                Some(place) => {
                    let inner = inner(place);
                    Kind::Array(items.iter().map(|item| self.build(item, &inner)).collect())
                }
                None => return self.copy(node),
            },
            Kind::Object(_) if at.place == Place::Mapping => {
                Kind::Object(node.members().iter().map(|member| self.mapped(member, at)).collect())
            }
            Kind::Object(members) => {
                // A name that a schema gives itself counts in its own file, where every reference to it is found here.
                let is_name = |key: &str| {
                    at.file != 0
                        && at.place == SCHEMA
                        && matches!(key, "$anchor" | "$dynamicAnchor" | "$recursiveAnchor")
                };
                let members = members.iter().filter(|member| !is_name(&member.key));
                let members = members.map(|member| match below(at.place, &member.key) {
                    Some(place) => {
                        let value = self.build(&member.value, &inner(place));
                        Member { key: member.key.clone(), key_span: member.key_span, value }
                    }
                    None => {
                        let value = self.copy(&member.value);
                        Member { key: member.key.clone(), key_span: member.key_span, value }
                    }
                });
                Kind::Object(members.collect())
            }
            _ => return self.copy(node),
        };
        Node { span: node.span, kind }
    }

    /// Data as they are.
    fn copy(&mut self, node: &Node) -> Node {
        self.nodes = self.nodes.saturating_add(weight(node));
        node.clone()
    }

    /// A reference's place. `None` where the reference stays as it is.
    fn reference(&mut self, node: &Node, reference: &str, at: &At) -> Option<Node> {
        if self.is_own(at.file, reference) {
            return None;
        }
        let target = match find(self.files, at.file, reference) {
            Ok(target) => target,
            Err(refused) => {
                let text = self.seen_from_document(at.file, reference);
                self.tell(at.file, reference, node, &refused);
                return Some(self.with_reference(node, text, at));
            }
        };
        let Target::Foreign { file, pointer } = &target else {
            let Target::Document(text) = target else { return None };
            // The document calls itself by its name.
            self.has_changed = true;
            return Some(self.with_reference(node, text, at));
        };
        let tree = self.tree(*file)?;
        let value = tree.pointer(pointer)?;
        let is_home = at.file == 0 && self.homes.get(&node.span) == Some(&target);
        if let Some(section) = section(at.place, self.is_swagger).filter(|_| !is_home) {
            let name = match self.names.get(&target, section) {
                Some(name) => name.to_owned(),
                None => {
                    let wanted = self.wanted(reference, *file, pointer);
                    let (name, is_new) = self.names.give(target.clone(), section, &wanted, value);
                    if is_new {
                        let (file, pointer, place) = (*file, pointer.clone(), at.place);
                        self.waiting.push_back(Shared { file, pointer, place, section, name: name.clone() });
                    }
                    name
                }
            };
            self.has_changed = true;
            return Some(self.with_reference(node, names::reference(section, &name), at));
        }
        // Written in place.
        let too_much = at.inside.contains(&target)
            || at.depth > limits::MAX_DEPTH / 2
            || self.nodes > limits::MAX_NODES / 2
            || at.inside.len() > 8;
        if too_much {
            let refused = Refused {
                reason: "leads back to itself, or through too many files".to_owned(),
                help: "say by the overlay what stands there".to_owned(),
            };
            let text = self.seen_from_document(at.file, reference);
            self.tell(at.file, reference, node, &refused);
            return Some(self.with_reference(node, text, at));
        }
        self.has_changed = true;
        let mut inside = at.inside.clone();
        inside.push(target.clone());
        let mut built = self.build(value, &At { file: *file, place: at.place, depth: at.depth, inside });
        // What stands beside the reference of a path counts more than what the reference leads to.
        if let Kind::Object(members) = &mut built.kind {
            for member in node.members().iter().filter(|member| member.key != "$ref") {
                let place = below(at.place, &member.key);
                let value = match place {
                    Some(place) => self.build(&member.value, &At { place, depth: at.depth + 1, ..at.clone() }),
                    None => self.copy(&member.value),
                };
                let member = Member { value, ..member.clone() };
                match members.iter_mut().find(|known| known.key == member.key) {
                    Some(known) => *known = member,
                    None => members.push(member),
                }
            }
        }
        Some(built)
    }

    /// `node` with another `$ref`, and its other members as they are.
    fn with_reference(&mut self, node: &Node, text: String, at: &At) -> Node {
        let keyword = if node.get("$ref").is_some() { "$ref" } else { DYNAMIC };
        let members = node.members().iter().map(|member| {
            let (key, value) = match below(at.place, &member.key) {
                _ if member.key == keyword => {
                    ("$ref".to_owned(), Node { span: member.value.span, kind: Kind::String(text.clone()) })
                }
                Some(place) => {
                    let at = At { place, depth: at.depth + 1, ..at.clone() };
                    (member.key.clone(), self.build(&member.value, &at))
                }
                None => (member.key.clone(), self.copy(&member.value)),
            };
            Member { key, key_span: member.key_span, value }
        });
        Node { span: node.span, kind: Kind::Object(members.collect()) }
    }

    /// A discriminator's value names a schema by a word or by a reference.
    fn mapped(&mut self, member: &Member, at: &At) -> Member {
        let is_word = |text: &str| at.file == 0 && self.names.has(SCHEMA, self.is_swagger, text);
        let text = member.value.as_str().filter(|text| text.contains(['/', '#', '.']) && !is_word(text));
        let Some(text) = text else { return member.clone() };
        let schema = At { place: SCHEMA, ..at.clone() };
        let name = Member { key: "$ref".to_owned(), key_span: member.key_span, value: member.value.clone() };
        let reference = Node { span: member.value.span, kind: Kind::Object(vec![name]) };
        let built = self.reference(&reference, text, &schema);
        let text = built.as_ref().and_then(|built| built.str_at("$ref")).unwrap_or(text).to_owned();
        Member { value: Node { span: member.value.span, kind: Kind::String(text) }, ..member.clone() }
    }

    /// A name for the target, as the reference calls it.
    fn wanted(&self, reference: &str, file: usize, pointer: &str) -> String {
        let location = self.files.list.get(file).map(|file| &file.location);
        let by_target = location.map(|location| names::wanted(pointer, location)).unwrap_or_default();
        // A reference through a file of references says the name that its authors use.
        match reference.split_once("#/") {
            Some((_, said)) if pointer.is_empty() => {
                location.map(|location| names::wanted(&format!("/{said}"), location)).unwrap_or(by_target)
            }
            _ => by_target,
        }
    }

    /// Whether a reference of the document stays inside it.
    fn is_own(&self, file: usize, reference: &str) -> bool {
        let address = reference.split('#').next().unwrap_or_default();
        file == 0 && (address.is_empty() || self.own.contains(address))
    }

    /// A reference that leads nowhere, as it reads from the document.
    fn seen_from_document(&self, file: usize, reference: &str) -> String {
        let (name, fragment) = reference.split_once('#').map_or((reference, None), |(name, rest)| (name, Some(rest)));
        let base = self.files.list.get(file).map(|file| &file.location);
        let location = match (file, base) {
            (0, _) | (_, None) => return reference.to_owned(),
            (_, Some(base)) if name.is_empty() => base.to_string(),
            (_, Some(base)) => base.join(name).map_or_else(|_| name.to_owned(), |location| location.to_string()),
        };
        fragment.map_or(location.clone(), |fragment| format!("{location}#{fragment}"))
    }

    fn tell(&mut self, file: usize, reference: &str, node: &Node, refused: &Refused) {
        if !self.told.insert((file, reference.to_owned())) {
            return;
        }
        let span = node.get("$ref").or_else(|| node.get(DYNAMIC)).map_or(node.span, |value| value.span);
        let message = format!("the reference `{reference}` {}", refused.reason);
        self.warnings.push(Diagnostic::warning(EXTERNAL, message, span).help(refused.help.clone()));
    }

    fn tree(&self, file: usize) -> Option<Rc<Node>> {
        self.files.list.get(file)?.tree.as_ref().ok().cloned()
    }
}

const SCHEMA: Place = Place::One(crate::places::Kind::Schema);

const DYNAMIC: &str = "$dynamicRef";

/// What a node refers to. The anchor of a `$dynamicRef` in the document itself is its reader's business: in a file it is
/// that file's.
fn reference_of<'n>(node: &'n Node, at: &At) -> Option<&'n str> {
    node.str_at("$ref").or_else(|| node.str_at(DYNAMIC).filter(|_| at.place == SCHEMA))
}

/// What a value counts for: its nodes, and its text by length.
fn weight(node: &Node) -> usize {
    let (mut weight, mut todo) = (0_usize, vec![node]);
    while let Some(node) = todo.pop() {
        let text =
            node.as_str().map_or(0, str::len) + node.members().iter().map(|member| member.key.len()).sum::<usize>();
        weight = weight.saturating_add(1 + text / limits::TEXT_BYTES);
        todo.extend(node.items());
        todo.extend(node.members().iter().map(|member| &member.value));
    }
    weight
}

/// The `$id`s of the document: a reference to one of them leads to no file.
fn own_addresses(root: &Node) -> BTreeSet<String> {
    let mut own = BTreeSet::new();
    let mut todo = vec![root];
    while let Some(node) = todo.pop() {
        own.extend(node.str_at("$id").map(|id| id.trim_end_matches('#').to_owned()));
        todo.extend(node.items());
        todo.extend(node.members().iter().map(|member| &member.value));
    }
    own
}

/// Adds a shared object, and the folders it stands in.
fn insert(root: &mut Node, section: Section, name: &str, value: Node) {
    let mut node = root;
    for key in section.iter().copied().chain([name]) {
        let Kind::Object(members) = &mut node.kind else { return };
        let at = members.iter().position(|member| member.key == key).unwrap_or_else(|| {
            let value = Node { span: NOWHERE, kind: Kind::Object(Vec::new()) };
            members.push(Member { key: key.to_owned(), key_span: NOWHERE, value });
            members.len() - 1
        });
        let Some(member) = members.get_mut(at) else { return };
        node = &mut member.value;
    }
    *node = value;
}
