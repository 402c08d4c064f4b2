"""Several benchmarks and currencies at once."""
