"""Read models, journeys and KPIs, built from events; everything here can be thrown away and rebuilt from the archive."""
