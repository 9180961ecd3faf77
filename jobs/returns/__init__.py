"""Returns: what people hand back, verdicts and decisions. Read like a delivery, and kept with who brought it in."""
