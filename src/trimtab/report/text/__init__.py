"""Pictures made of text, for a terminal. They draw what they are given and compute nothing."""
