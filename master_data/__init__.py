"""The dictionary: one code for each thing, and what every system calls it."""
