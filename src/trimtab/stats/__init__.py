"""Numbers without nouns: arrays in, arrays out."""
