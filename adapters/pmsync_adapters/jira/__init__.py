"""Jira, Cloud and Data Center."""

from __future__ import annotations

from pmsync_adapters.jira.tracker import JiraTracker

__all__ = ["JiraTracker"]
