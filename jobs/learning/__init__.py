"""Learning: verdicts in, the account of all clues, and a ranking that gets better with them."""
