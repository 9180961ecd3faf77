"""Deliveries: the manifest, the survey of each file, and the decoding of files into rows of text."""
