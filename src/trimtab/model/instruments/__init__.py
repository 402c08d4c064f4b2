"""What can be held, a file for each kind: its terms, and what every other module may ask of it."""
