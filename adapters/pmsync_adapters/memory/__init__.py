"""A tracker in the memory of this process: the reference of the port."""

from __future__ import annotations

from pmsync_adapters.memory.project import MemoryProject, Write
from pmsync_adapters.memory.tracker import MemoryTracker

__all__ = ["MemoryProject", "MemoryTracker", "Write"]
