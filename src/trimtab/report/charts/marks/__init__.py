"""What charts are made of: marks, axes, colours and words. They know no document."""
