//! The forward pass of BERT: tokens in, a vector for each of them out.
//!
//! Weights are `i8` with one scale a column. What is multiplied with them is rounded to seven bits, with a scale and a
//! zero of its own for each token, so that products are sums of integers: exact, and quick on processors that have
//! instructions for them. Attention stays in floating point; it is small.

use crate::Broken;
use crate::asset::{Reader, Shape};
use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_simd::{SimdOp, SimdUnaryOp};
use rten_tensor::{NdTensor, NdTensorView};
use rten_vecmath::{ExtendInit, Gelu, MinMax, Normalize, NormalizeOptions, Quantize, Softmax, Sum, SumSquareSub};

/// Largest value of a rounded activation: seven bits. A product of two such with weights of eight fits into 16 bits,
/// which is what the kernels of older processors add up in.
const LARGEST: f32 = 127.0;

/// Kept from a variance of zero; the model was trained with it.
const EPSILON: f32 = 1e-12;

pub(crate) struct Network<'m> {
    shape: Shape,
    tokens: Rows<'m>,
    positions: Rows<'m>,
    /// Added to every token: all are of the first of two segments.
    segment: Vec<f32>,
    norm: Norm,
    layers: Vec<Layer>,
}

/// A table of vectors, each with its scale.
struct Rows<'m> {
    scales: Vec<f32>,
    values: &'m [u8],
}

struct Norm {
    scale: Vec<f32>,
    bias: Vec<f32>,
}

/// Weights, ready for the kernels of this processor.
struct Linear {
    scales: Vec<f32>,
    biases: Vec<f32>,
    weights: PackedBMatrix<i8>,
    /// Of each column of weights.
    sums: Vec<i32>,
}

struct Layer {
    /// Queries, keys and values side by side.
    attention: Linear,
    attended: Linear,
    attended_norm: Norm,
    inner: Linear,
    outer: Linear,
    outer_norm: Norm,
}

impl<'m> Network<'m> {
    /// Takes everything that is left in the file.
    pub(crate) fn read(reader: &mut Reader<'m>, shape: Shape) -> Result<Self, Broken> {
        let integers = GemmExecutor::new();
        let Shape { hidden, inner, .. } = shape;
        let tokens = Rows::read(reader, shape.vocabulary, hidden)?;
        let positions = Rows::read(reader, shape.positions, hidden)?;
        let segment = reader.floats(hidden)?;
        let norm = Norm::read(reader, hidden)?;
        let mut layers = Vec::with_capacity(shape.layers);
        for _ in 0..shape.layers {
            layers.push(Layer {
                attention: Linear::read(reader, &integers, hidden, 3 * hidden)?,
                attended: Linear::read(reader, &integers, hidden, hidden)?,
                attended_norm: Norm::read(reader, hidden)?,
                inner: Linear::read(reader, &integers, hidden, inner)?,
                outer: Linear::read(reader, &integers, inner, hidden)?,
                outer_norm: Norm::read(reader, hidden)?,
            });
        }
        reader.end()?;
        Ok(Network { shape, tokens, positions, segment, norm, layers })
    }

    /// Tokens that it was trained to read at once.
    pub(crate) fn longest(&self) -> usize {
        self.shape.positions
    }

    /// A vector for each token, one after the other. Ids that the vocabulary does not hold are left out.
    pub(crate) fn run(&self, ids: &[u32]) -> Vec<f32> {
        let hidden = self.shape.hidden;
        let mut state: Vec<f32> = Vec::with_capacity(ids.len() * hidden);
        let known = ids.iter().filter_map(|id| self.tokens.get(*id as usize, hidden));
        for (token, position) in known.zip(self.positions.all(hidden)) {
            let sum =
                token.zip(position).zip(&self.segment).map(|((token, position), segment)| token + position + segment);
            state.extend(sum);
        }
        self.norm.apply(&mut state);
        // Nothing but a choice by what the processor can do; they are not `Send`, so that none is kept.
        let (integers, floats) = (GemmExecutor::new(), GemmExecutor::new());
        for layer in &self.layers {
            let projected = layer.attention.apply(&integers, &state);
            let attended = self.attend(&floats, &projected, state.len() / hidden);
            add(&mut state, &layer.attended.apply(&integers, &attended));
            layer.attended_norm.apply(&mut state);
            let mut inner = layer.inner.apply(&integers, &state);
            Gelu {}.map_mut(&mut inner);
            add(&mut state, &layer.outer.apply(&integers, &inner));
            layer.outer_norm.apply(&mut state);
        }
        state
    }

    /// Lets every token look at all others, head by head.
    fn attend(&self, floats: &GemmExecutor, projected: &[f32], count: usize) -> Vec<f32> {
        let Shape { hidden, heads, .. } = self.shape;
        let size = hidden / heads;
        let all = NdTensorView::from_data([count, 3 * hidden], projected);
        let mut attended = NdTensor::<f32, 2>::zeros([count, hidden]);
        let mut scores = vec![0.0_f32; count * count];
        let mut mixed = vec![0.0_f32; count * size];
        let sharpness = 1.0 / (size as f32).sqrt();
        for head in 0..heads {
            let part = |of: usize| {
                let start = of * hidden + head * size;
                all.slice((.., start..start + size))
            };
            let (queries, keys, values) = (part(0), part(1), part(2));
            let options = GemmOptions { alpha: sharpness, ..GemmOptions::default() };
            let keys = GemmInputB::Unpacked(keys.transposed());
            let scored = floats.gemm(&mut scores, GemmInputA::Unpacked(queries), keys, options);
            for row in scores.chunks_exact_mut(count) {
                Softmax::new_mut(row).dispatch();
            }
            let weights = NdTensorView::from_data([count, count], scores.as_slice());
            let values = GemmInputB::Unpacked(values);
            let taken = floats.gemm(&mut mixed, GemmInputA::Unpacked(weights), values, GemmOptions::default());
            debug_assert!(scored.is_ok() && taken.is_ok(), "{scored:?} {taken:?}");
            let mixed = NdTensorView::from_data([count, size], mixed.as_slice());
            attended.slice_mut((.., head * size..(head + 1) * size)).copy_from(&mixed);
        }
        attended.into_data()
    }
}

impl<'m> Rows<'m> {
    fn read(reader: &mut Reader<'m>, count: usize, width: usize) -> Result<Self, Broken> {
        Ok(Rows { scales: reader.floats(count)?, values: reader.bytes(count.saturating_mul(width))? })
    }

    fn get(&self, at: usize, width: usize) -> Option<impl Iterator<Item = f32> + 'm> {
        let scale = *self.scales.get(at)?;
        let row = self.values.get(at * width..(at + 1) * width)?;
        Some(row.iter().map(move |byte| f32::from(byte.cast_signed()) * scale))
    }

    fn all(&self, width: usize) -> impl Iterator<Item = impl Iterator<Item = f32> + 'm> {
        (0..self.scales.len()).map_while(move |at| self.get(at, width))
    }
}

impl Norm {
    fn read(reader: &mut Reader<'_>, width: usize) -> Result<Self, Broken> {
        Ok(Norm { scale: reader.floats(width)?, bias: reader.floats(width)? })
    }

    fn apply(&self, rows: &mut [f32]) {
        let width = self.scale.len();
        for row in rows.chunks_exact_mut(width) {
            let mean = Sum::new(row).dispatch() / width as f32;
            let variance = SumSquareSub::new(row, mean).dispatch() / width as f32;
            let options = NormalizeOptions {
                pre_scale_bias: mean,
                scale: 1.0 / (variance + EPSILON).sqrt(),
                element_scale: Some(&self.scale),
                bias: 0.0,
                element_bias: Some(&self.bias),
            };
            Normalize::new_mut(row, options).dispatch();
        }
    }
}

impl Linear {
    fn read(
        reader: &mut Reader<'_>,
        integers: &GemmExecutor<u8, i8, i32>,
        depth: usize,
        width: usize,
    ) -> Result<Self, Broken> {
        let (scales, biases) = (reader.floats(width)?, reader.floats(width)?);
        let values: Vec<i8> = reader.bytes(depth.saturating_mul(width))?.iter().map(|b| b.cast_signed()).collect();
        let weights = integers.prepack_b(NdTensorView::from_data([depth, width], values.as_slice()));
        let mut sums = vec![0_i32; width];
        for row in values.chunks_exact(width.max(1)) {
            sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += i32::from(*value));
        }
        Ok(Linear { scales, biases, weights, sums })
    }

    /// `input`, rows of as many values as there are rows of weights, times the weights, plus the biases.
    fn apply(&self, integers: &GemmExecutor<u8, i8, i32>, input: &[f32]) -> Vec<f32> {
        let (depth, width) = (self.weights.rows(), self.biases.len());
        let rows = input.len() / depth;
        let mut rounded: Vec<u8> = Vec::with_capacity(input.len());
        let (mut steps, mut zeros) = (Vec::with_capacity(rows), Vec::<u8>::with_capacity(rows));
        for row in input.chunks_exact(depth) {
            let (low, high) = MinMax::new(row).dispatch();
            let (low, high) = (low.min(0.0), high.max(0.0));
            let step = ((high - low) / LARGEST).max(f32::MIN_POSITIVE);
            // Between 0 and 127, so that the cast cuts nothing off.
            let zero = (-low / step).round() as u8;
            rounded.extend_init(|room| {
                let room = room.get_mut(..depth).unwrap_or_default();
                Quantize::new(row, room, 1.0 / step, zero).dispatch()
            });
            steps.push(step);
            zeros.push(zero);
        }
        let mut sums = vec![0_i32; rows * width];
        let matrix = NdTensorView::from_data([rows, depth], rounded.as_slice());
        let product = integers.gemm(
            &mut sums,
            GemmInputA::Unpacked(matrix),
            GemmInputB::Packed(&self.weights),
            GemmOptions::default(),
        );
        debug_assert!(product.is_ok(), "sizes come from one file: {product:?}");
        let mut out = Vec::with_capacity(sums.len());
        // What the zeros add up to is taken off here: rten-gemm 0.27 can do it, but mixes up the zeros of different rows.
        for ((sums, step), zero) in sums.chunks_exact(width).zip(steps).zip(zeros) {
            let zero = i32::from(zero);
            let columns = sums.iter().zip(&self.sums).zip(self.scales.iter().zip(&self.biases));
            out.extend(
                columns.map(|((sum, column), (scale, bias))| (sum - zero * column) as f32 * (step * scale) + bias),
            );
        }
        out
    }
}

fn add(to: &mut [f32], from: &[f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}
