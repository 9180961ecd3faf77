"""Publishing: clues as lists and workbooks, in full for the role that may, masked for everyone else."""
