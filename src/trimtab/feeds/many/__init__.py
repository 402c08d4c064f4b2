"""Files of many accounts."""
