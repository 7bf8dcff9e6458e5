"""Tables that people bring: CSV, XLSX, JSON, NDJSON; which column means what, row by row."""
