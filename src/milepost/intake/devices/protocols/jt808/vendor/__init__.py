"""What makers add to positions beyond the standard."""
