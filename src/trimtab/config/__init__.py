"""The settings of a workspace: trimtab.toml read, checked, and each value traced to where it came from."""
