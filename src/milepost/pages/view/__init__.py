"""What a page shows, worked out from a Track without I/O; the templates only lay it out."""
