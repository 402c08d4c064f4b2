"""Nouns without numbers: instruments, positions, contracts, mandates."""
