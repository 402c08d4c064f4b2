"""Answers as series: what a chart draws and a program reads, computed once and here."""
