"""What one input may take."""

SECONDS, MEBIBYTES = 3, 300
"""Of the processor, and added to the most memory that the process ever held."""
