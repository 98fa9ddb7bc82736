//! MD5 of RFC 1321, section 3.4, as a plain loop. Nobody is safe from an attacker by it: it is what S3 calls the `ETag` of an
//! object that was sent in one piece, and so the one proof that needs nothing signed.
//!
//! Written here because of its size, as SHA-256 is: the tests compare it with the crate `md-5`.

use crate::blocks::Blocks;

/// A hash that has seen no byte.
pub(crate) const fn start() -> Blocks {
    Blocks::new([0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0, 0, 0, 0], compress)
}

/// Its value, and zeroes.
pub(crate) fn finish(blocks: Blocks) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (to, word) in bytes.as_chunks_mut().0.iter_mut().zip(blocks.finish(u64::to_le_bytes)) {
        *to = word.to_le_bytes();
    }
    bytes
}

/// How far each step turns: four steps in turns, in each of four rounds.
const TURNS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

/// Step by step the absolute sine of 1, 2, 3 … radians, as a fraction of 2^32.
#[rustfmt::skip]
const T: [u32; 64] = [
    0xd76a_a478, 0xe8c7_b756, 0x2420_70db, 0xc1bd_ceee, 0xf57c_0faf, 0x4787_c62a, 0xa830_4613, 0xfd46_9501,
    0x6980_98d8, 0x8b44_f7af, 0xffff_5bb1, 0x895c_d7be, 0x6b90_1122, 0xfd98_7193, 0xa679_438e, 0x49b4_0821,
    0xf61e_2562, 0xc040_b340, 0x265e_5a51, 0xe9b6_c7aa, 0xd62f_105d, 0x0244_1453, 0xd8a1_e681, 0xe7d3_fbc8,
    0x21e1_cde6, 0xc337_07d6, 0xf4d5_0d87, 0x455a_14ed, 0xa9e3_e905, 0xfcef_a3f8, 0x676f_02d9, 0x8d2a_4c8a,
    0xfffa_3942, 0x8771_f681, 0x6d9d_6122, 0xfde5_380c, 0xa4be_ea44, 0x4bde_cfa9, 0xf6bb_4b60, 0xbebf_bc70,
    0x289b_7ec6, 0xeaa1_27fa, 0xd4ef_3085, 0x0488_1d05, 0xd9d4_d039, 0xe6db_99e5, 0x1fa2_7cf8, 0xc4ac_5665,
    0xf429_2244, 0x432a_ff97, 0xab94_23a7, 0xfc93_a039, 0x655b_59c3, 0x8f0c_cc92, 0xffef_f47d, 0x8584_5dd1,
    0x6fa8_7e4f, 0xfe2c_e6e0, 0xa301_4314, 0x4e08_11a1, 0xf753_7e82, 0xbd3a_f235, 0x2ad7_d2bb, 0xeb86_d391,
];

/// Works a block into the state.
#[expect(clippy::indexing_slicing, reason = "the places are below 16 and 4 by their masks, and the compiler knows it")]
fn compress(state: &mut [u32; 8], block: &[u8; 64]) {
    let mut x = [0_u32; 16];
    for (word, bytes) in x.iter_mut().zip(block.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    let [mut a, mut b, mut c, mut d, ..] = *state;
    for (step, t) in T.iter().enumerate() {
        let (mixed, place) = match step >> 4 {
            0 => (d ^ (b & (c ^ d)), step),
            1 => (c ^ (d & (b ^ c)), step.wrapping_mul(5).wrapping_add(1)),
            2 => (b ^ c ^ d, step.wrapping_mul(3).wrapping_add(5)),
            _ => (c ^ (b | !d), step.wrapping_mul(7)),
        };
        let sum = a.wrapping_add(mixed).wrapping_add(*t).wrapping_add(x[place & 15]);
        let turned = sum.rotate_left(TURNS[(step >> 4) & 3][step & 3]);
        (a, b, c, d) = (d, b.wrapping_add(turned), b, c);
    }
    for (word, more) in state.iter_mut().zip([a, b, c, d]) {
        *word = word.wrapping_add(more);
    }
}
