"""A book quote by quote: the numbers of `expose`, kept up to date."""
