"""Settings of pmsync: models, loading, errors, JSON Schema."""
