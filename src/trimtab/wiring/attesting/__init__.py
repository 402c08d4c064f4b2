"""Attestations from and to files: what `trimtab attest` and `tt.attest` call."""
