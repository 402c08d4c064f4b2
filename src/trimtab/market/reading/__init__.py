"""From frames of any library to one table of prices: layout, stamps, numbers, sessions."""
