//! A QR code as its modules, drawn by whoever prints it.

/// The modules of a QR code without the white around it, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    size: usize,
    dark: Vec<bool>,
}

/// Modules of white around a code (ISO/IEC 18004).
pub(crate) const QUIET: usize = 4;

impl Code {
    /// A code of `size` modules a side; `None` unless there are exactly that many.
    pub fn new(size: usize, dark: Vec<bool>) -> Option<Code> {
        (size > 0 && size.checked_mul(size) == Some(dark.len())).then_some(Code { size, dark })
    }

    /// Modules a side, with the white around.
    pub(crate) fn side(&self) -> usize {
        self.size.saturating_add(QUIET.saturating_mul(2))
    }

    /// Runs of dark modules: column, row and length, counted with the white around.
    pub(crate) fn runs(&self) -> Vec<(usize, usize, usize)> {
        let mut runs = Vec::new();
        for (y, row) in self.dark.chunks(self.size).enumerate() {
            let mut x: usize = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run.first() == Some(&true) {
                    runs.push((x.saturating_add(QUIET), y.saturating_add(QUIET), run.len()));
                }
                x = x.saturating_add(run.len());
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_dark_modules() {
        let code = Code::new(3, vec![true, true, false, false, false, false, true, false, true]).unwrap();
        assert_eq!(code.runs(), [(4, 4, 2), (4, 6, 1), (6, 6, 1)]);
        assert_eq!(code.side(), 11);
        assert_eq!(Code::new(3, vec![true; 8]), None);
    }
}
