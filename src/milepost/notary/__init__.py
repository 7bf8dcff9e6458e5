"""The unchangeable journal: logs, proofs, signed checkpoints, witnesses. See docs/proof.md."""
