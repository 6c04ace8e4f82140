"""Bad input through the real connectors, their shipped mappings and real HTTP."""
