"""Calendars of exchanges: the table that the package ships, and files of days that differ from it."""
