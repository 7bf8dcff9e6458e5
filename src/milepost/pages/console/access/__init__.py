"""Who may come in: passwords, sessions, one-time links, roles, and the forms' tokens."""
