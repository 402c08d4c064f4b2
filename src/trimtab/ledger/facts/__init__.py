"""What can be written down: one typed record for each kind of thing that happens to a book."""
