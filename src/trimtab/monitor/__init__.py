"""Drift by cause, alerts beyond noise: what changed, and whether anyone should hear of it."""
