"""Books through time: facts taken in, holdings of a day, runs kept."""
