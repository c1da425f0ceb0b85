"""GitHub: github.com and Enterprise Server."""

from __future__ import annotations
