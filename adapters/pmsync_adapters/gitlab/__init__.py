"""GitLab, gitlab.com or self-managed, through python-gitlab."""

from __future__ import annotations
