"""Orders as they leave: what is asked of a broker, at which price it was decided, and what fills made of it."""
