"""Concerns, relay notes and answers."""
