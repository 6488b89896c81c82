"""A small synthetic publisher: demo, canary and test origin."""
