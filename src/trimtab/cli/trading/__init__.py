"""Commands on orders: out as files, back as fills."""
