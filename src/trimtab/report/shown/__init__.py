"""Results as Python and notebooks show them: in a few lines, as a table with a chart, as a frame."""
