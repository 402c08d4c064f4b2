"""A question and what it is answered from become a result: a file for each kind of question."""
