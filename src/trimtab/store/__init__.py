"""What is kept: the journal, the price files, and the lock around both."""
