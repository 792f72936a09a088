//! The layout of the model's file, as `assets/convert.py` writes it.

use crate::Broken;

/// What the file starts with.
const MAGIC: &[u8] = b"PNBENC01";

/// The network's sizes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shape {
    pub(crate) layers: usize,
    pub(crate) hidden: usize,
    pub(crate) heads: usize,
    pub(crate) inner: usize,
    pub(crate) positions: usize,
    pub(crate) vocabulary: usize,
}

/// Takes the file's parts in their order.
#[derive(Debug)]
pub(crate) struct Reader<'m> {
    rest: &'m [u8],
}

impl<'m> Reader<'m> {
    pub(crate) fn new(bytes: &'m [u8]) -> Result<Self, Broken> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(Broken("it does not start as one"))?;
        Ok(Reader { rest })
    }

    pub(crate) fn shape(&mut self) -> Result<Shape, Broken> {
        let mut next = || self.number();
        let (layers, hidden, heads, inner) = (next()?, next()?, next()?, next()?);
        let (positions, vocabulary) = (next()?, next()?);
        let sound = hidden == crate::DIMENSIONS && heads > 0 && hidden % heads == 0 && positions > 2;
        sound
            .then_some(Shape { layers, hidden, heads, inner, positions, vocabulary })
            .ok_or(Broken("its sizes are odd"))
    }

    /// `count` tokens, one a line.
    pub(crate) fn vocabulary(&mut self, count: usize) -> Result<Vec<&'m str>, Broken> {
        let length = self.number()?;
        let text = std::str::from_utf8(self.bytes(length)?).map_err(|_| Broken("its vocabulary is no text"))?;
        let tokens: Vec<&str> = text.split('\n').collect();
        (tokens.len() == count).then_some(tokens).ok_or(Broken("its vocabulary is cut"))
    }

    /// An unsigned number of 32 bits.
    fn number(&mut self) -> Result<usize, Broken> {
        let bytes = self.bytes(4)?.first_chunk().ok_or(Broken("it ends early"))?;
        usize::try_from(u32::from_le_bytes(*bytes)).map_err(|_| Broken("its sizes are odd"))
    }

    /// `count` floats.
    pub(crate) fn floats(&mut self, count: usize) -> Result<Vec<f32>, Broken> {
        let bytes = self.bytes(count.saturating_mul(4))?;
        Ok(bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect())
    }

    /// `count` bytes, each of which is an `i8`.
    pub(crate) fn bytes(&mut self, count: usize) -> Result<&'m [u8], Broken> {
        let (taken, rest) = self.rest.split_at_checked(count).ok_or(Broken("it ends early"))?;
        self.rest = rest;
        Ok(taken)
    }

    pub(crate) fn end(&self) -> Result<(), Broken> {
        self.rest.is_empty().then_some(()).ok_or(Broken("it goes on after its end"))
    }
}
