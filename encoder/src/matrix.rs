//! Vectors of eight bits that are compared with one at once.

use rten_gemm::{GemmExecutor, GemmInputA, GemmInputB, GemmOptions, PackedBMatrix};
use rten_tensor::NdTensorView;

/// Rows of eight-bit components, ready for the kernels of this processor.
pub struct Matrix {
    width: usize,
    rows: usize,
    /// Absent where there is nothing to be packed.
    packed: Option<PackedBMatrix<i8>>,
}

impl std::fmt::Debug for Matrix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Matrix").field("rows", &self.rows).field("width", &self.width).finish_non_exhaustive()
    }
}

impl Matrix {
    /// Rows of `width` components, one after the other; what is left over at the end is no row.
    pub fn new(width: usize, components: &[i8]) -> Self {
        let rows = components.len().checked_div(width).unwrap_or(0);
        let all = NdTensorView::from_data([rows, width], components.get(..rows * width).unwrap_or_default());
        let packed = (rows > 0).then(|| kernels().prepack_b(all.transposed()));
        Matrix { width, rows, packed }
    }

    /// The inner product of each row with `vector`, which has as many components, each within ±127; zeros where it has not.
    pub(crate) fn times(&self, vector: &[i8]) -> Vec<i32> {
        let Some(packed) = self.packed.as_ref().filter(|_| vector.len() == self.width) else {
            return vec![0; self.rows];
        };
        let mut products = vec![0; 2 * self.rows];
        // What is above zero and what is below it are rows of their own, of seven bits and without a sign: two products of
        // seven by eight bits are the most that the kernels of older processors can add up exactly.
        let above = vector.iter().map(|x| x.max(&0).unsigned_abs().min(127));
        let below = vector.iter().map(|x| x.min(&0).unsigned_abs().min(127));
        let both: Vec<u8> = above.chain(below).collect();
        let both = GemmInputA::Unpacked(NdTensorView::from_data([2, self.width], both.as_slice()));
        let done = kernels().gemm(&mut products, both, GemmInputB::Packed(packed), GemmOptions::default());
        debug_assert!(done.is_ok(), "sizes are of one matrix: {done:?}");
        let below = products.split_off(self.rows);
        products.iter_mut().zip(below).for_each(|(product, below)| *product -= below);
        products
    }
}

/// Nothing but a choice by what the processor can do.
fn kernels() -> GemmExecutor<u8, i8, i32> {
    GemmExecutor::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(width: usize, rows: &[i8], vector: &[i8]) {
        let expected: Vec<i32> = rows
            .chunks_exact(width)
            .map(|row| row.iter().zip(vector).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum())
            .collect();
        assert_eq!(Matrix::new(width, rows).times(vector), expected, "{width} x {}", expected.len());
    }

    #[test]
    fn products_are_exact_up_to_the_largest_components() {
        let wave = |n: usize, of: usize| (0..n).map(move |at| ((at * of) % 255) as u8).map(|x| (x as i8).max(-127));
        for (width, rows) in [(1, 1), (3, 7), (384, 1), (384, 5), (384, 199), (64, 1000)] {
            let all: Vec<i8> = wave(width * rows, 37).collect();
            check(width, &all, &wave(width, 91).collect::<Vec<_>>());
            check(width, &vec![127; width * rows], &vec![127; width]);
            check(width, &vec![-127; width * rows], &vec![127; width]);
            check(width, &vec![127; width * rows], &vec![-127; width]);
            // No encoder makes it, but a catalogue from elsewhere may hold it.
            check(width, &vec![-128; width * rows], &vec![127; width]);
        }
    }

    #[test]
    fn a_vector_of_another_width_is_like_none() {
        assert_eq!(Matrix::new(2, &[1, 2, 3, 4, 5]).times(&[1]), [0, 0]);
        assert!(Matrix::new(2, &[]).times(&[1, 1]).is_empty());
        assert!(Matrix::new(0, &[]).times(&[]).is_empty());
    }
}
