"""Cases: kinds, the automatic check, and the desk that takes steps."""
