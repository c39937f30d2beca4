"""Relay notes on the portal: written, sent, read, answered."""
