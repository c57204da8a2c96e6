"""Staging: who stands where, and what each camera sees."""
