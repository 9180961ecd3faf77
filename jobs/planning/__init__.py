"""Planning: which cases a budget of visits goes to, what it should yield, and the lists that inspectors get."""
