"""Documents for people outside: PDF, signed so that nobody can change them unseen."""
