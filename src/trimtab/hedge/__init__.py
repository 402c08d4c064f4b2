"""Decisions: verdicts against a mandate, and the trades that bring beta back."""
