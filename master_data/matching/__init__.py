"""Duplicates: which entries of a kind are alike, how much, and why."""
