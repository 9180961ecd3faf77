"""What developers run: generated pages, the package for clusters, writing a rule."""
