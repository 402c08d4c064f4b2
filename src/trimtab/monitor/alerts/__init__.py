"""Alerts beyond noise: rules, what they look at, and one state machine."""
