"""Which store, which feed, which channel and which document: parts are picked here, and nothing is computed."""
