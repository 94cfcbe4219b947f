//! Source rows: rows of imported files in their original form, kept for as many days as the program says.
//!
//! Some dozen rows of a run are packed together: one by one they would be larger than the mentions that they became. The rows of a person
//! who is erased or opts out are taken out of their block.

pub mod store;

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

use crate::kernel::error::{Error, Result};

/// A line of a file, from 1, and the row that began there.
pub type SourceRow = (i64, String);

/// Rows of one run that follow each other.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SourceRowBlock {
    pub first_line: i64,
    pub last_line: i64,
    /// How many rows it holds.
    pub held: i64,
    /// A JSON list of `[line, row]`, with gzip; plain where a migration wrote it.
    pub packed: Vec<u8>,
}

impl SourceRowBlock {
    /// Packs rows, sorted by line. None without rows.
    ///
    /// # Errors
    /// None that a caller could mend.
    pub fn pack(rows: &[SourceRow]) -> Result<Option<Self>> {
        let (Some((first_line, _)), Some((last_line, _))) = (rows.first(), rows.last()) else { return Ok(None) };
        let text = serde_json::to_vec(rows).map_err(unreadable)?;
        let mut packer = GzEncoder::new(Vec::with_capacity(text.len() / 3), Compression::fast());
        packer.write_all(&text).map_err(unreadable)?;
        let packed = packer.finish().map_err(unreadable)?;
        Ok(Some(Self { first_line: *first_line, last_line: *last_line, held: i64::try_from(rows.len()).unwrap_or(0), packed }))
    }

    /// The rows that it holds.
    ///
    /// # Errors
    /// `Internal` where it is damaged.
    pub fn unpack(&self) -> Result<Vec<SourceRow>> {
        if !self.packed.starts_with(&[0x1f, 0x8b]) {
            return serde_json::from_slice(&self.packed).map_err(unreadable);
        }
        let mut text = Vec::new();
        GzDecoder::new(&self.packed[..]).read_to_end(&mut text).map_err(unreadable)?;
        serde_json::from_slice(&text).map_err(unreadable)
    }

    /// The block without some of its rows: itself where none of them is there, none where no other is left or it is damaged.
    ///
    /// # Errors
    /// As `pack`.
    pub fn without(self, goes: impl Fn(&SourceRow) -> bool) -> Result<Option<Self>> {
        // The owners of the rows of a damaged block are unknown, so the block is deleted.
        let Ok(mut rows) = self.unpack() else { return Ok(None) };
        let before = rows.len();
        rows.retain(|row| !goes(row));
        if rows.len() == before { Ok(Some(self)) } else { Self::pack(&rows) }
    }
}

fn unreadable(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("rows of an import could not be packed or unpacked: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<SourceRow> {
        (3..67).map(|line| (line, format!("{line},\"It \"\"died\"\" 💻 again\",zoe_{line}"))).collect()
    }

    #[test]
    fn rows_come_back_as_they_stood_and_take_less_room() {
        let block = SourceRowBlock::pack(&rows()).expect("packs").expect("rows");
        assert_eq!((block.first_line, block.last_line, block.held), (3, 66, 64));
        assert_eq!(block.unpack().expect("unpacks"), rows());
        assert!(block.packed.len() * 2 < rows().iter().map(|(_, text)| text.len()).sum());
        assert_eq!(SourceRowBlock::pack(&[]).expect("packs"), None);
    }

    #[test]
    fn a_row_can_be_taken_out_and_a_damaged_block_goes() {
        let block = SourceRowBlock::pack(&rows()).expect("packs").expect("rows");
        assert_eq!(block.clone().without(|_| false).expect("packs").as_ref(), Some(&block));
        let left = block.clone().without(|(line, _)| *line == 3).expect("packs").expect("rows");
        assert_eq!((left.first_line, left.held), (4, 63));
        assert_eq!(block.clone().without(|_| true).expect("packs"), None);
        let damaged = SourceRowBlock { packed: b"WHS".to_vec(), ..block };
        assert!(damaged.unpack().is_err());
        assert_eq!(damaged.without(|_| false).expect("goes"), None);
    }

    #[test]
    fn what_a_migration_wrote_is_read() {
        let plain = SourceRowBlock { first_line: 2, last_line: 2, held: 1, packed: br#"[[2,"a,b"]]"#.to_vec() };
        assert_eq!(plain.unpack().expect("reads"), [(2, "a,b".to_owned())]);
    }
}
