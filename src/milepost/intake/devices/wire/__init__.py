"""What the protocols share: reading bytes and text, checksums, clocks, framing."""
