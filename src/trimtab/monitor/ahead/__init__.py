"""Where beta goes from here, and when it may leave its band."""
