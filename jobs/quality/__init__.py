"""Quality: measuring what was delivered, holding it against the suites, and telling each department what to mend."""
