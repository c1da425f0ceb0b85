"""Trackers that keep tickets as Beads does."""

from __future__ import annotations
