"""Many accounts at once, in arrays: the same numbers and verdicts as one account measured, judged and planned alone."""
