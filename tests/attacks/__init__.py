"""Attacks, each with the system or the advisory that it comes from; docs/security.md says which test answers which."""
