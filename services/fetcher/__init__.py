"""Feeds and pages come in, politely and safely: sources to ."""
