"""How a record becomes JSON, and how its type becomes a JSON Schema: two walks over the same fields."""
