"""What each kind of instrument is worth, what it moves with, and what it is worth after a move: a file for each."""
