"""The rule engine: reads mapping files strictly, compiles them once, applies them; runs their cases; routes and boundaries."""
