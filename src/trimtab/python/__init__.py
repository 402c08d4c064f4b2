"""Python, as a face beside the command line: keywords become a question, the question is answered."""
