"""The test settings with a metered site; SITE_METERING has members as JSON."""

import json
import os

from config.settings.test import *  # noqa: F403

METERED = {"paths": ["/m/"], "skip_paths": ["/m/free/"], "wallet_header": "X-Wallet", "estimate": "10"}

ROOT_URLCONF = "tests.usage.site.urls"
TRUSTED_PROXIES = 1
METERING = {**METERED, **json.loads(os.environ.get("SITE_METERING", "{}"))}
