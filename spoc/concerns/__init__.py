"""Pages of concerns, relay notes and answers; what they are and what may happen to them is in `spoc.models`."""
