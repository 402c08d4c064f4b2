"""Margin of venue accounts as tables."""
