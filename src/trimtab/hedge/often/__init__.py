"""How often to hedge: closed forms, simulation, bands."""
