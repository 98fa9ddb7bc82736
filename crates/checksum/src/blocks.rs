//! Hashes that work blocks of 64 bytes into a state of words: [`crate::sha256`] and [`crate::md5`].

/// A hash under way.
#[derive(Debug, Clone)]
pub(crate) struct Blocks {
    /// MD5 uses the first four.
    state: [u32; 8],
    compress: fn(&mut [u32; 8], &[u8; 64]),
    /// What has come of a block that is not full yet.
    block: [u8; 64],
    /// How many bytes have come in all.
    length: u64,
}

impl Blocks {
    pub(crate) const fn new(state: [u32; 8], compress: fn(&mut [u32; 8], &[u8; 64])) -> Self {
        Self { state, compress, block: [0; 64], length: 0 }
    }

    pub(crate) fn update(&mut self, mut bytes: &[u8]) {
        let begun = self.begun();
        self.length = self.length.wrapping_add(bytes.len() as u64);
        if begun > 0 {
            let (head, rest) = bytes.split_at(bytes.len().min(self.block.len().saturating_sub(begun)));
            self.keep(begun, head);
            if begun.saturating_add(head.len()) < self.block.len() {
                return;
            }
            (self.compress)(&mut self.state, &self.block);
            bytes = rest;
        }
        let (blocks, rest) = bytes.as_chunks();
        for block in blocks {
            (self.compress)(&mut self.state, block);
        }
        self.keep(0, rest);
    }

    /// The words at the end; `length` makes the bytes of the number of bits.
    pub(crate) fn finish(mut self, length: fn(u64) -> [u8; 8]) -> [u32; 8] {
        let bits = self.length.wrapping_mul(8);
        // One bit, then zeroes up to where the length begins.
        let zeroes = 55_usize.wrapping_sub(self.begun()) & 63;
        let padding: [u8; 64] = core::array::from_fn(|at| if at == 0 { 0x80 } else { 0 });
        self.update(padding.get(..=zeroes).unwrap_or_default());
        self.update(&length(bits));
        self.state
    }

    /// How much of the block has come.
    const fn begun(&self) -> usize {
        (self.length & 63) as usize
    }

    fn keep(&mut self, at: usize, bytes: &[u8]) {
        for (to, from) in self.block.iter_mut().skip(at).zip(bytes) {
            *to = *from;
        }
    }
}
