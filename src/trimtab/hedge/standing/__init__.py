"""Figures of a whole book, as it stands before a plan and as it stands after one."""
