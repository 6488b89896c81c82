"""What the outside can see of a running stage: metrics, logs, health."""
