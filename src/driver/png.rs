//! Grey images as PNG files: one chunk of pixels, no filters.
//!
//! The few images a run leaves behind need none of what a PNG crate offers; compression comes from the library that reads
//! the image sets anyway.

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use std::io::{self, Write};

/// The bytes of a PNG file of grey pixels, row after row from the top, 0 is black.
///
/// # Errors
/// If `pixels` are not `width * height`, or more than the format can hold.
pub fn grey(width: usize, height: usize, pixels: &[u8]) -> io::Result<Vec<u8>> {
    let side = |side: usize| u32::try_from(side).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput));
    if width == 0 || height == 0 || width.checked_mul(height) != Some(pixels.len()) {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    let mut header = Vec::with_capacity(13);
    header.extend(side(width)?.to_be_bytes());
    header.extend(side(height)?.to_be_bytes());
    // Eight bits of grey; the only compression and filtering there are; not interlaced.
    header.extend([8, 0, 0, 0, 0]);
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
    for row in pixels.chunks_exact(width) {
        zlib.write_all(&[0])?;
        zlib.write_all(row)?;
    }
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut out, *b"IHDR", &header)?;
    chunk(&mut out, *b"IDAT", &zlib.finish()?)?;
    chunk(&mut out, *b"IEND", &[])?;
    Ok(out)
}

/// Length, name, content, checksum over the last two.
fn chunk(out: &mut Vec<u8>, name: [u8; 4], content: &[u8]) -> io::Result<()> {
    let len = u32::try_from(content.len()).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    let mut crc = Crc::new();
    crc.update(&name);
    crc.update(content);
    out.extend(len.to_be_bytes());
    out.extend(name);
    out.extend(content);
    out.extend(crc.sum().to_be_bytes());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::ZlibDecoder;
    use std::io::Read;

    #[test]
    fn an_image_is_read_back() {
        let pixels = [0, 50, 100, 150, 200, 250];
        let file = grey(3, 2, &pixels).unwrap();
        assert_eq!(&file[..8], b"\x89PNG\r\n\x1a\n");
        let mut rest = &file[8..];
        let mut chunks = Vec::new();
        while !rest.is_empty() {
            let len = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
            chunks.push((&rest[4..8], &rest[8..8 + len]));
            rest = &rest[12 + len..];
        }
        assert_eq!(chunks.iter().map(|(name, _)| *name).collect::<Vec<_>>(), [b"IHDR", b"IDAT", b"IEND"]);
        assert_eq!(chunks[0].1, [0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, 0]);
        let mut raw = Vec::new();
        ZlibDecoder::new(chunks[1].1).read_to_end(&mut raw).unwrap();
        assert_eq!(raw, [0, 0, 50, 100, 0, 150, 200, 250]);
        // The published checksum of every empty last chunk.
        assert_eq!(&file[file.len() - 4..], [0xae, 0x42, 0x60, 0x82]);
    }

    #[test]
    fn sizes_must_fit() {
        assert!(grey(2, 2, &[0; 3]).is_err());
        assert!(grey(0, 0, &[]).is_err());
        assert!(grey(usize::MAX, 2, &[0; 3]).is_err());
    }
}
