"""Why beta changed: by cause and by position, with nothing left over."""
