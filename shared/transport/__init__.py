"""How messages travel. The only folder that may know Kafka; what stages compute is in their own folders."""
