"""Charts: of text for a terminal, as SVG for a page. They draw what they are given and compute nothing."""
