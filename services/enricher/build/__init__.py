"""Commands that rebuild the data files under `data/`. Nothing here runs in the service."""
