"""Watching: quotes in, observations, alerts, messages out."""
