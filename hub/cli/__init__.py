"""The console script `hub`: one file per subject; acts only through `hub.services`."""
