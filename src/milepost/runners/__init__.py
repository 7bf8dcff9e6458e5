"""Floor 5: ways to run the engine. `inline`: one process, all rooms."""
