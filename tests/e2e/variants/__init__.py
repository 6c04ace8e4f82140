"""Shop variants of the field, each through CRM, ERP and MES over real HTTP."""
