"""Cleaning before going live, and again every so often: the lists of several systems side by side, one code each."""
