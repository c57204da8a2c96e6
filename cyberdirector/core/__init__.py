"""Canonical data and mathematics that every other package stands on (numpy only)."""
