"""What each kind of fact does to a book, one file for each family."""
