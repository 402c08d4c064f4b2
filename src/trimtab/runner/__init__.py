"""What runs on and on: the loop that watches."""
