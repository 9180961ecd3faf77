"""Fairness: what the lists and the visits do to groups of people, told from data that no model sees."""
