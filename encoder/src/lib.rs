//! Texts as unit vectors: what means the same points the same way, whatever words it uses.
//!
//! The model is all-MiniLM-L6-v2, six layers of BERT with weights of eight bits (`assets/README.md`). The crate is
//! pure: the model's bytes in, texts to vectors out. [`model`] links the bytes into the binary, where nothing reads them
//! before the first [`Encoder::new`].
//!
//! ```text
//! asset      the file's layout
//! wordpiece  text to tokens
//! network    tokens to a vector for each of them
//! pool       those to one vector
//! matrix     one vector to how near it is to many
//! describe   a service to what the search wants to know of it, at compile time
//! ```
//!
//! Matrices are multiplied in integers of at most seven by eight bits, which no processor's kernel rounds or saturates;
//! what is left to floating point differs between processors by less than the vectors' own rounding in all but a few of
//! their components.

mod asset;
mod describe;
mod matrix;
mod network;
mod pool;
mod vector;
mod wordpiece;
mod words;

pub use describe::{describe, fingerprint};
pub use matrix::Matrix;
pub use vector::{DIMENSIONS, Vector};
pub use words::Words;

use asset::Reader;
use network::Network;
use rayon::{ThreadPool, ThreadPoolBuilder};
use wordpiece::Wordpiece;

/// Names the model and the way its vectors are made. Raise its number whenever the same text gives other vectors.
pub const NAME: &str = "minilm-l6-v2-int8-1";

/// Tokens of a text that are read, its two ends included. The rest is cut off.
const MAX_TOKENS: usize = 96;

/// The model's bytes.
#[cfg(feature = "model")]
pub fn model() -> &'static [u8] {
    include_bytes!("../assets/encoder.bin")
}

/// A file that is no model of this crate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the encoder's model is damaged: {0}; restore encoder/assets from version control and build again")]
pub struct Broken(&'static str);

/// The model, ready to use: some 12 MB of weights besides its bytes.
pub struct Encoder<'m> {
    wordpiece: Wordpiece<'m>,
    network: Network<'m>,
    /// One thread: a search costs one core, and waits for the search before it instead of taking all cores from calls.
    thread: ThreadPool,
}

impl std::fmt::Debug for Encoder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoder").field("model", &NAME).finish_non_exhaustive()
    }
}

impl<'m> Encoder<'m> {
    /// Reads a model. Takes some tens of milliseconds.
    pub fn new(model: &'m [u8]) -> Result<Self, Broken> {
        let mut reader = Reader::new(model)?;
        let shape = reader.shape()?;
        let wordpiece = Wordpiece::new(reader.vocabulary(shape.vocabulary)?)?;
        let network = Network::read(&mut reader, shape)?;
        let thread = ThreadPoolBuilder::new().num_threads(1).thread_name(|_| "encoder".into()).build();
        Ok(Encoder { wordpiece, network, thread: thread.map_err(|_| Broken("no thread can be started for it"))? })
    }

    /// The vector of a text, of length one. Of an empty text too, though it means nothing.
    pub fn encode(&self, text: &str) -> Vector {
        let tokens = self.wordpiece.tokens(text, MAX_TOKENS.min(self.network.longest()));
        let ids: Vec<u32> = tokens.iter().map(|token| token.id).collect();
        let hidden = self.thread.install(|| self.network.run(&ids));
        pool::pool(&tokens, &hidden)
    }

    /// The inner product of each row with `vector`, the bytes of a [`Vector`]; exact, and on the encoder's own thread.
    pub fn products(&self, rows: &Matrix, vector: &[i8]) -> Vec<i32> {
        self.thread.install(|| rows.times(vector))
    }

    /// Whether a word, in lower case, is one that the model knows as a whole: then it is spelled as it should be.
    pub fn knows(&self, word: &str) -> bool {
        self.wordpiece.knows(word)
    }
}
