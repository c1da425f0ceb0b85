"""One pass: discover, read, observe, plan, guard, journal, apply."""
