"""Tests of the dictionary."""
