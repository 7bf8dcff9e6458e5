"""The PostgreSQL store: embedded, or any server by URL."""
