"""Every way of changing beta, side by side."""
