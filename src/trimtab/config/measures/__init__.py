"""What beta is measured against, and betas that are stated: sections of trimtab.toml with checks of their own."""
