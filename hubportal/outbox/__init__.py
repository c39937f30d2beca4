"""Mail that leaves: a row first, then claimed, sent and marked (README.md)."""
