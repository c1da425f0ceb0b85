"""The tracker, state and repository adapters of pmsync."""
