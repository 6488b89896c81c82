"""What every service stands on: messages, topology, identity, settings, transport, search index."""
