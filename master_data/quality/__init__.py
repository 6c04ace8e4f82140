"""How good the dictionary is, and what is told with it: figures with targets, each with the rows that spoil it."""
