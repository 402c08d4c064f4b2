"""An account as a journal knows it: what it held on any day, and what it earned."""
