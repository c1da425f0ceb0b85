"""The state as commits of a ref, in the remote or in this clone."""
