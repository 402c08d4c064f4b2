"""What a run over many accounts writes."""
