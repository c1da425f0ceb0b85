"""Settings of pmsync: models, loading, errors, JSON Schema.

``load`` gives settings to entry points. Without a configuration file it needs
nothing but the standard library.
"""

from __future__ import annotations

from pmsync_config.errors import ConfigError, ConfigProblem
from pmsync_config.loading import Loaded, load
from pmsync_config.models import Settings

__all__ = ["ConfigError", "ConfigProblem", "Loaded", "Settings", "load"]
