"""Orders that left and fills that came back, as facts of a journal."""
