"""Linking: persons, households, months of entitlement and deaths, from the silver registers."""
