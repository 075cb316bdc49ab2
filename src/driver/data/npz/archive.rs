//! ZIP archives as far as NPZ files need them: stored or deflated entries, found through the central directory.
//!
//! Own code, because it must not trust a size it reads: memory grows with the bytes that are really there, checksums
//! are verified, and an entry that lies ends in an error.

use std::collections::BTreeMap;
use std::io::Read;

/// An entry of the central directory.
struct Entry {
    method: u16,
    encrypted: bool,
    crc: u32,
    packed: u64,
    size: u64,
    offset: u64,
}

/// An archive in memory.
pub(super) struct Archive<'a> {
    bytes: &'a [u8],
    entries: BTreeMap<String, Entry>,
}

/// `N` little-endian bytes at `at`, as a number.
fn word<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let word = bytes.get(at..at.checked_add(N)?)?;
    Some(word.iter().rev().fold(0, |sum, &byte| sum << 8 | u64::from(byte)))
}

impl<'a> Archive<'a> {
    /// Reads the central directory; the error says what is wrong with the file.
    pub(super) fn open(bytes: &'a [u8]) -> Result<Self, &'static str> {
        let tail = bytes.len().saturating_sub(22 + 0xffff);
        let end = bytes[tail..]
            .windows(4)
            .rposition(|window| window == b"PK\x05\x06")
            .ok_or("is not an NPZ file, or is truncated")?
            + tail;
        let comment = word::<2>(bytes, end + 20).ok_or("is truncated")? as usize;
        if end + 22 + comment > bytes.len() {
            return Err("is truncated");
        }
        let count = word::<2>(bytes, end + 10).ok_or("is truncated")?;
        let mut at = word::<4>(bytes, end + 16).ok_or("is truncated")? as usize;
        if count == 0xffff || at == 0xffff_ffff {
            return Err("is an archive of more than 4 GB, which is not supported");
        }
        let mut entries = BTreeMap::new();
        for _ in 0..count {
            let (name, entry, next) = directory_entry(bytes, at).ok_or("has a broken directory")?;
            entries.insert(name, entry);
            at = next;
        }
        Ok(Self { bytes, entries })
    }

    /// The names, ascending, without `.npy`.
    pub(super) fn names(&self) -> Vec<&str> {
        self.entries.keys().map(|name| name.strip_suffix(".npy").unwrap_or(name)).collect()
    }

    /// The content of entry `name` or `name.npy`; `None` if there is no such entry.
    pub(super) fn read(&self, name: &str) -> Option<Result<Vec<u8>, &'static str>> {
        let entry = self.entries.get(name).or_else(|| self.entries.get(&format!("{name}.npy")))?;
        Some(self.unpack(entry))
    }

    fn unpack(&self, entry: &Entry) -> Result<Vec<u8>, &'static str> {
        if entry.encrypted {
            return Err("is encrypted");
        }
        let offset = entry.offset as usize;
        let local = self.bytes.get(offset..).filter(|rest| rest.starts_with(b"PK\x03\x04")).ok_or("is truncated")?;
        let names = word::<2>(local, 26).zip(word::<2>(local, 28)).ok_or("is truncated")?;
        let start = 30 + (names.0 + names.1) as usize;
        let end =
            usize::try_from(entry.packed).ok().and_then(|packed| start.checked_add(packed)).ok_or("is truncated")?;
        let packed = local.get(start..end).ok_or("is truncated")?;
        let content = match entry.method {
            0 => packed.to_vec(),
            8 => {
                let mut content = Vec::new();
                let mut decoder = flate2::read::DeflateDecoder::new(packed).take(entry.size.saturating_add(1));
                decoder.read_to_end(&mut content).map_err(|_| "does not decompress")?;
                content
            }
            _ => return Err("is compressed by another method than deflate"),
        };
        let mut crc = flate2::Crc::new();
        crc.update(&content);
        if content.len() as u64 != entry.size || crc.sum() != entry.crc {
            return Err("does not match its checksum");
        }
        Ok(content)
    }
}

/// The entry of the central directory at `at`, its name, and where the next one starts.
fn directory_entry(bytes: &[u8], at: usize) -> Option<(String, Entry, usize)> {
    let entry = bytes.get(at..)?;
    if !entry.starts_with(b"PK\x01\x02") {
        return None;
    }
    let lengths = [word::<2>(entry, 28)? as usize, word::<2>(entry, 30)? as usize, word::<2>(entry, 32)? as usize];
    let name = String::from_utf8_lossy(entry.get(46..46 + lengths[0])?).into_owned();
    let extra = entry.get(46 + lengths[0]..46 + lengths[0] + lengths[1])?;
    let mut sizes = [word::<4>(entry, 24)?, word::<4>(entry, 20)?, word::<4>(entry, 42)?];
    widen(extra, &mut sizes)?;
    let found = Entry {
        method: word::<2>(entry, 10)? as u16,
        encrypted: word::<2>(entry, 8)? & 1 == 1,
        crc: word::<4>(entry, 16)? as u32,
        packed: sizes[1],
        size: sizes[0],
        offset: sizes[2],
    };
    Some((name, found, at + 46 + lengths.iter().sum::<usize>()))
}

/// Takes from the ZIP64 extra field (kind 1) what does not fit in 32 bits: size, packed size, offset, in that order.
fn widen(extra: &[u8], sizes: &mut [u64; 3]) -> Option<()> {
    let mut at = 0;
    while at + 4 <= extra.len() {
        let (kind, length) = (word::<2>(extra, at)?, word::<2>(extra, at + 2)? as usize);
        if kind == 1 {
            let mut field = at + 4;
            for size in sizes.iter_mut().filter(|size| **size == 0xffff_ffff) {
                *size = word::<8>(extra, field)?;
                field += 8;
            }
        }
        at += 4 + length;
    }
    Some(())
}
