"""A real Tryton 8.0 as the ERP of the loop."""
