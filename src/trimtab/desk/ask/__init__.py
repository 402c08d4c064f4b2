"""Questions that a moment answers, one use case each."""
