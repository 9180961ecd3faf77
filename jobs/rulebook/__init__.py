"""What a rule is made of: facts, the time engine, outcomes. The rules themselves are in jobs.rules."""
