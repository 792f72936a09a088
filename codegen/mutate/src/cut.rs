//! A slice in the document's own spelling: what it doesn't keep is cut out of the text.

use crate::slice::{Fate, Keep, Original};
use std::ops::Range;
use uaps_spec::{Node, Sources, parse};

impl Original {
    /// The slice as a text. `None` where cutting leaves something that can't be read, as when an anchor is cut off and
    /// its aliases stay.
    pub(crate) fn cut(&self, keep: &Keep) -> Option<String> {
        let mut cuts = Cuts { text: &self.text, keep, found: Vec::new() };
        cuts.object(self.root.as_ref()?, &mut Vec::new());
        let mut cuts = cuts.found;
        cuts.sort_by_key(|(range, _)| range.start);
        let mut slice = String::new();
        let mut at = 0;
        for (range, with) in cuts {
            slice.push_str(self.text.get(at..range.start)?);
            slice.push_str(with);
            at = range.end;
        }
        slice.push_str(self.text.get(at..)?);
        let mut sources = Sources::default();
        let file = sources.add("", slice.as_str());
        let (node, found) = parse(&sources, file);
        (node.is_some() && found.is_empty()).then_some(slice)
    }
}

struct Cuts<'t> {
    text: &'t str,
    keep: &'t Keep,
    /// Ranges that don't overlap, with what takes their place.
    found: Vec<(Range<usize>, &'static str)>,
}

impl Cuts<'_> {
    fn object(&mut self, node: &Node, place: &mut Vec<String>) {
        let members = node.members();
        let fates: Vec<Fate> = members.iter().map(|m| self.keep.fate(place, &m.key, &m.value)).collect();
        let in_braces = self.text.get(node.span.start..).is_some_and(|text| text.starts_with('{'));
        if !in_braces && !fates.is_empty() && fates.iter().all(|fate| *fate == Fate::Goes) {
            // Nothing under a key would be null.
            return self.found.push((node.span.start..node.span.end, "{}"));
        }
        let last_kept = fates.iter().rposition(|fate| *fate != Fate::Goes);
        for (at, (member, fate)) in members.iter().zip(&fates).enumerate() {
            let next = members.get(at + 1);
            match fate {
                Fate::Stays => {}
                Fate::Emptied => self.found.push((member.value.span.start..member.value.span.end, "{}")),
                Fate::Opened => {
                    place.push(member.key.clone());
                    self.object(&member.value, place);
                    place.pop();
                }
                Fate::Goes if !in_braces => {
                    let end =
                        next.map_or_else(|| self.line_after(member.value.span.end), |n| self.line_of(n.key_span.start));
                    self.found.push((self.line_of(member.key_span.start)..end, ""));
                }
                // A comma goes with the member before it, save at the end.
                Fate::Goes if last_kept.is_none_or(|last| at < last) => {
                    let end = next.map_or(member.value.span.end, |next| next.key_span.start);
                    self.found.push((member.key_span.start..end, ""));
                }
                Fate::Goes => {
                    let start = members.get(at - 1).map_or(member.key_span.start, |before| before.value.span.end);
                    self.found.push((start..member.value.span.end, ""));
                }
            }
        }
    }

    fn line_of(&self, at: usize) -> usize {
        self.text.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |end| end + 1)
    }

    fn line_after(&self, at: usize) -> usize {
        // A block of text ends where the next key begins, as far as the reader is concerned.
        let at = self.text.get(..at).map_or(at, |before| before.trim_end().len());
        self.text.get(at..).and_then(|rest| rest.find('\n')).map_or(self.text.len(), |end| at + end + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Rng;

    const BLOCK: &str = "\
openapi: 3.0.3
# The paths.
paths:
  /a:
    parameters:
      - $ref: '#/components/parameters/Page'
    get: { responses: { '200': { $ref: '#/components/responses/Ok' } } }
    post:
      description: |
        Much text.

        And more.
  /b:
    put:
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/B' } } } }
components:
  parameters:
    Page: { name: page, in: query }
  responses:
    Ok: { description: Ok. }
  schemas:
    A: { type: object }
    B:
      type: object # far
      properties: { a: { $ref: '#/components/schemas/A/properties/x' } }
    C: { type: string }
";

    fn value(text: &str) -> serde_json::Value {
        let mut sources = Sources::default();
        let file = sources.add("", text);
        parse(&sources, file).0.unwrap().to_json()
    }

    /// Cut from the text or built from the tree, block or flow: a slice is one and the same value.
    #[test]
    fn text_and_tree_agree() {
        let json = value(BLOCK).to_string();
        let pretty = serde_json::to_string_pretty(&value(BLOCK)).unwrap();
        let mut sizes = std::collections::BTreeSet::new();
        for original in [Original::new("a", BLOCK), Original::new("a", json), Original::new("a", pretty)] {
            for number in 0..40 {
                let keep = original.choose(&mut Rng::new(1, "a", number)).unwrap();
                let cut = original.cut(&keep).unwrap();
                assert_eq!(value(&cut), value(&original.tree(&keep).unwrap().json()), "{cut}");
                sizes.insert(cut.len());
            }
        }
        assert!(sizes.len() > 9, "the slices differ");
    }

    #[test]
    fn a_slice_holds_what_it_reaches_and_no_more() {
        let original = Original::new("a", BLOCK);
        let mut kept = std::collections::BTreeSet::new();
        for number in 0..40 {
            let keep = original.choose(&mut Rng::new(7, "a", number)).unwrap();
            if keep.paths.len() == 1 && keep.paths.contains_key("/b") {
                kept.insert(original.cut(&keep).unwrap());
            }
        }
        let [slice] = &kept.into_iter().collect::<Vec<_>>()[..] else { panic!("one slice has /b alone") };
        let expected = ["openapi", "put:", "B:\n      type: object # far", "A: {"];
        assert!(expected.iter().all(|part| slice.contains(part)), "{slice}");
        assert!(["/a", "Page", "Ok", "C:"].iter().all(|part| !slice.contains(part)), "{slice}");
    }
}
