//! A document that is spread over files, as one.
//!
//! Pure: texts come through a callback. Every reference into another file becomes a reference to a shared object of the
//! document, under the name it has there; what can't be shared, such as a path, is written in its place. What can't be
//! had stays a reference and is told, because the rest of the document is as good as before.

mod build;
mod emit;
mod find;
mod location;
mod names;

pub use location::Location;

use build::Builder;
use std::collections::HashMap;
use std::rc::Rc;
use uaps_spec::{Diagnostic, FileId, Node, Sources, limits, parse_document, sha256_hex};

/// Files of one document.
const MAX_FILES: usize = 500;
/// Files that lead from one to the next.
const MAX_CHAIN: usize = 50;

/// Gives a file, or says in a few words why there is none.
pub type Load<'l> = dyn FnMut(&Location) -> Result<Loaded, String> + 'l;

/// A file that was asked for.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Its text.
    pub text: String,
    /// Where it really is, from which its references start: a server may have sent us on.
    pub location: Location,
}

/// One document made of all its files.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// Its text. Byte for byte what came where no other file is a part of it.
    pub text: String,
    /// The files it is made of, the document itself first; empty where it is a file by itself.
    pub files: Vec<BundledFile>,
    /// The texts that the warnings point into.
    pub sources: Sources,
    /// References that lead nowhere, each with its place, its reason and what mends it.
    pub warnings: Vec<Diagnostic>,
}

/// A file that became a part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundledFile {
    /// Its path below the document's folder, or its address.
    pub name: String,
    /// SHA-256 of its text, 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// Bundles `text`, which came from `location`, with what its references lead to.
pub fn bundle(location: Location, text: &str, load: &mut Load<'_>) -> Bundle {
    let unchanged = |sources, warnings| Bundle { text: text.to_owned(), files: Vec::new(), sources, warnings };
    let mut files = Files::new(load);
    // A document that can't be read is told by whoever reads it next.
    let Some(root) = files.add_root(location, text) else { return unchanged(files.sources, Vec::new()) };
    let (root, warnings, has_changed) = Builder::new(&mut files, &root).document(&root);
    if !has_changed {
        return unchanged(files.sources, warnings);
    }
    let text = emit::text(&files.sources, &root, crate::is_json(text));
    let read = files.list.iter().filter(|file| file.tree.is_ok());
    let read = read.map(|file| BundledFile { name: file.location.to_string(), sha256: file.sha256.clone() });
    Bundle { text, files: read.collect(), warnings, sources: files.sources }
}

/// A file that a reference led to.
struct File {
    location: Location,
    /// Its tree, or why there is none; the text completes the sentence "the file …".
    tree: Result<Rc<Node>, String>,
    /// What has a name of its own in it, once somebody asked.
    anchors: Option<HashMap<String, String>>,
    sha256: String,
    /// How many files lead from the document to it.
    chain: usize,
}

/// What came of asking for a file.
enum Fetched {
    /// It is one that came before, under another address.
    Known(usize),
    New {
        location: Location,
        tree: Node,
        sha256: String,
    },
}

/// The files met so far; the document is the first.
struct Files<'l, 'c> {
    load: &'l mut Load<'c>,
    list: Vec<File>,
    known: HashMap<Location, usize>,
    sources: Sources,
    bytes: usize,
}

impl<'l, 'c> Files<'l, 'c> {
    fn new(load: &'l mut Load<'c>) -> Self {
        Files { load, list: Vec::new(), known: HashMap::new(), sources: Sources::default(), bytes: 0 }
    }

    fn add_root(&mut self, location: Location, text: &str) -> Option<Rc<Node>> {
        let id = self.sources.add(location.to_string(), text);
        let tree = Rc::new(parse_document(&self.sources, id).0?);
        self.bytes = text.len();
        self.known.insert(location.clone(), 0);
        let sha256 = sha256_hex(text);
        self.list.push(File { location, tree: Ok(tree.clone()), anchors: None, sha256, chain: 0 });
        Some(tree)
    }

    /// The number of the file at `location`, fetched the first time it is asked for.
    fn get(&mut self, location: Location, from: usize) -> usize {
        if let Some(known) = self.known.get(&location) {
            return *known;
        }
        let chain = self.list.get(from).map_or(0, |file| file.chain) + 1;
        let asked = location.clone();
        let (location, tree, sha256) = match self.fetch(&location, chain) {
            Ok(Fetched::Known(number)) => {
                self.known.insert(asked, number);
                return number;
            }
            Ok(Fetched::New { location, tree, sha256 }) => (location, Ok(Rc::new(tree)), sha256),
            Err(reason) => (location, Err(reason), String::new()),
        };
        let number = self.list.len();
        self.known.insert(asked, number);
        self.known.insert(location.clone(), number);
        self.list.push(File { location, tree, anchors: None, sha256, chain });
        number
    }

    /// The pointer to what calls itself `name` in a file.
    fn anchor(&mut self, file: usize, name: &str) -> Option<String> {
        let file = self.list.get_mut(file)?;
        let tree = file.tree.as_ref().ok()?;
        file.anchors.get_or_insert_with(|| find::anchors(tree)).get(name).cloned()
    }

    fn fetch(&mut self, location: &Location, chain: usize) -> Result<Fetched, String> {
        if self.list.len() > MAX_FILES {
            return Err(format!("is one of more than {MAX_FILES}, the limit of a document"));
        }
        if chain > MAX_CHAIN {
            return Err(format!("is at the end of more than {MAX_CHAIN} files, each named by the one before"));
        }
        let loaded = (self.load)(location).map_err(|reason| format!("can't be had: {reason}"))?;
        let Loaded { text, location } = loaded;
        if let Some(known) = self.known.get(&location) {
            return Ok(Fetched::Known(*known));
        }
        self.bytes = self.bytes.saturating_add(text.len());
        if self.bytes > limits::MAX_BYTES {
            let limit = limits::MAX_BYTES / 1_048_576;
            return Err(format!("makes the document larger than {limit} MiB, the limit of a document"));
        }
        let id: FileId = self.sources.add(location.to_string(), text.as_str());
        match parse_document(&self.sources, id) {
            (Some(tree), _) => Ok(Fetched::New { location, tree, sha256: sha256_hex(&text) }),
            (None, found) => {
                let why = found.first().map(|d| format!(": {} ({})", d.message, self.sources.locate(d.primary.span)));
                Err(format!("can't be read{}", why.unwrap_or_default()))
            }
        }
    }
}
