//! What services and tools are about, as directions that a request's is compared with.

use super::reading::{self, Matrix};
use super::{Indexed, largest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use std::ops::Range;
use uaps_model::{Meaning, Point};

/// Services in which half of what all services have in common is taken out of each. All of it in a large catalogue:
/// where everything is about travel, that something is about travel tells nothing.
const HALF_COMMON: f32 = 10.0;

/// A direction in eight bits a component, of any length.
type Row = Vec<i8>;

/// Directions of documents.
#[derive(Debug)]
struct Directions {
    rows: Matrix,
    /// What makes a row's length one; 0 for a document without direction.
    scales: Vec<f32>,
}

impl Directions {
    fn of(rows: &[Option<Row>]) -> Self {
        let width = rows.iter().flatten().map(Vec::len).next().unwrap_or(0);
        let (mut all, mut scales) = (Row::with_capacity(rows.len() * width), Vec::with_capacity(rows.len()));
        for row in rows {
            let row = row.as_deref().filter(|row| row.len() == width);
            scales.push(row.map_or(0.0, shortening));
            match row {
                Some(row) => all.extend(row),
                None => all.extend(std::iter::repeat_n(0, width)),
            }
        }
        Directions { rows: Matrix::new(width, &all), scales }
    }

    /// The cosine of each with `asked`; 0 where there is no direction.
    fn cosines(&self, asked: &[i8]) -> Vec<f32> {
        let shortening = shortening(asked);
        let products = reading::products(&self.rows, asked);
        let along = products.into_iter().chain(std::iter::repeat(0));
        self.scales.iter().zip(along).map(|(scale, along)| along as f32 * scale * shortening).collect()
    }
}

/// What makes a row's length one.
fn shortening(row: &[i8]) -> f32 {
    let squares: i32 = row.iter().map(|x| i32::from(*x) * i32::from(*x)).sum();
    if squares > 0 { (squares as f32).sqrt().recip() } else { 0.0 }
}

/// The directions of an index's documents.
#[derive(Debug)]
pub(super) struct Senses {
    services: Directions,
    /// The same without what all services have in common.
    distinct: Directions,
    tools: Directions,
}

/// How near a request is to each document: 1 for the same meaning, about 0 for nothing in common.
#[derive(Debug)]
pub(super) struct Sense {
    pub(super) services: Vec<f32>,
    /// The same, of what tells services apart.
    pub(super) distinct: Vec<f32>,
    tools: Vec<f32>,
}

impl Senses {
    /// `meanings` are those of the index's services, each with the names of its tools in their order. `None` where no
    /// service has one that can be used.
    pub(super) fn build(meanings: &[(Option<Meaning>, Vec<&str>)]) -> Option<Self> {
        let (mut services, mut tools) = (Vec::new(), Vec::new());
        for (meaning, names) in meanings {
            let meaning = meaning.as_ref().filter(|meaning| reading::ENCODER_NAME == Some(meaning.encoder.as_str()));
            services.push(meaning.and_then(|meaning| row(&meaning.service)));
            tools.extend(names.iter().map(|name| row(meaning?.tools.get(*name)?)));
        }
        let services_known = services.iter().any(Option::is_some);
        services_known.then(|| Senses {
            distinct: Directions::of(&distinct(&services)),
            services: Directions::of(&services),
            tools: Directions::of(&tools),
        })
    }

    /// Compares a request with every document. `None` where it can't be read.
    pub(super) fn read(&self, text: &str) -> Option<Sense> {
        let asked = reading::read(text)?;
        Some(Sense {
            services: self.services.cosines(&asked),
            distinct: self.distinct.cosines(&asked),
            tools: self.tools.cosines(&asked),
        })
    }
}

impl Sense {
    /// Those of a service's tools.
    pub(super) fn of_tools(&self, range: &Range<usize>) -> &[f32] {
        self.tools.get(range.clone()).unwrap_or_default()
    }

    /// The best of a service's tools; 0 without any.
    pub(super) fn best_tool(&self, indexed: &Indexed) -> f32 {
        largest(self.of_tools(&indexed.tools))
    }
}

fn row(point: &Point) -> Option<Row> {
    let bytes = STANDARD_NO_PAD.decode(&point.vector).ok().filter(|bytes| bytes.len() == reading::DIMENSIONS)?;
    Some(bytes.into_iter().map(u8::cast_signed).collect())
}

/// Each direction without its share of the mean of all.
fn distinct(services: &[Option<Row>]) -> Vec<Option<Row>> {
    let known = services.iter().flatten().count() as f32;
    let share = known / (known + HALF_COMMON);
    let mut common: Vec<f32> = Vec::new();
    for row in services.iter().flatten() {
        common.resize(row.len().max(common.len()), 0.0);
        let scale = shortening(row) * share / known;
        common.iter_mut().zip(row).for_each(|(to, x)| *to += f32::from(*x) * scale);
    }
    let without = |row: &Row| {
        let scale = shortening(row);
        let rest: Vec<f32> = row.iter().zip(&common).map(|(x, common)| f32::from(*x) * scale - common).collect();
        let largest = rest.iter().fold(f32::MIN_POSITIVE, |largest, x| largest.max(x.abs()));
        // Within ±127 by the largest, so that the cast cuts nothing off.
        rest.iter().map(|x| (x / largest * 127.0).round() as i8).collect()
    };
    services.iter().map(|row| row.as_ref().map(without)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cosines_are_of_directions_not_of_lengths() {
        let all = Directions::of(&[Some(vec![10, 0]), None, Some(vec![0, 127]), Some(vec![-3, 0])]);
        assert_eq!(all.cosines(&[5, 0]), [1.0, 0.0, 0.0, -1.0]);
        assert_eq!(Directions::of(&[None, None]).cosines(&[5, 0]), [0.0, 0.0]);
    }

    #[test]
    fn what_all_have_in_common_tells_none_from_another() {
        let many: Vec<Option<Row>> = (0..100).map(|n| Some(vec![100, if n < 50 { 20 } else { -20 }])).collect();
        let all = distinct(&many);
        let first = all[0].as_ref().unwrap();
        assert!(first[1].abs() > first[0].abs(), "{first:?}");
        let one = distinct(&[Some(vec![100, 20]), None]);
        assert_eq!(one, [Some(vec![127, 25]), None]);
    }
}
