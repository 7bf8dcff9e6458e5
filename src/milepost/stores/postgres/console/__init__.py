"""What the console keeps: worries, saved views, acts that can be undone, the audit log."""
