"""A folder in which files of quotes arrive, and how far each of them was read."""
