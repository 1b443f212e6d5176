"""Runs an exported Prefect project. In: JSON on stdin, {"folder": "..."}. Out: JSON.

A temporary server of Prefect's answers: the project is deployed there, and its flow run twice.
"""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

work = json.load(sys.stdin)
home = tempfile.mkdtemp()
os.environ.update(
    PREFECT_HOME=home,
    PREFECT_SERVER_ANALYTICS_ENABLED="false",
    PREFECT_LOGGING_LEVEL="ERROR",
    PREFECT_CLI_PROMPT="false",
)
os.chdir(work["folder"])
sys.path.insert(0, work["folder"])

from prefect import __version__  # noqa: E402
from prefect.client.orchestration import get_client  # noqa: E402
from prefect.settings import PREFECT_API_URL  # noqa: E402
from prefect.testing.utilities import prefect_test_harness  # noqa: E402

with contextlib.redirect_stdout(sys.stderr), prefect_test_harness(server_startup_timeout=120):
    environment = {**os.environ, "PREFECT_API_URL": PREFECT_API_URL.value()}
    prefect = [sys.executable, "-m", "prefect"]
    for words in (["work-pool", "create", "reviews", "--type", "process"], ["--no-prompt", "deploy", "--all"]):
        subprocess.run([*prefect, *words], env=environment, check=True, stdout=sys.stderr)
    with get_client(sync_client=True) as client:
        deployed = client.read_deployments()[0]
    import flow

    runs = [flow.reviews(), flow.reviews()]

schedules = [
    {"schedule": json.loads(kept.schedule.model_dump_json()), "active": kept.active} for kept in deployed.schedules
]
json.dump(
    {
        "version": __version__,
        "deployment": deployed.name,
        "entrypoint": deployed.entrypoint,
        "parameters": deployed.parameters,
        "schedules": schedules,
        "runs": runs,
        "files": sorted(str(path) for path in Path(".").glob("*.db")),
    },
    sys.stdout,
)
