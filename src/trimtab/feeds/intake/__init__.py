"""Files on their way into a journal: read by what they hold, and looked for in folders where they arrive."""
