"""Services that are asked over the network: one file each, over one client with one deadline."""
