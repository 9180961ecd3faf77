"""The mingjing command and what runs several stages."""
