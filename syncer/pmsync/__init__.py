"""Keep the action items of post-mortems and their tickets the same thing."""
