"""Parts that several questions have: records of their own, each read by its consumer."""
