"""What a user waits for: bars on a terminal, and what compiles ahead of its first use."""
