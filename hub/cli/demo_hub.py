"""The hub's process behind `hub demo`: `python -m hub.cli.demo_hub [--sabotage NAME] SETTINGS`."""

from __future__ import annotations

import argparse
from pathlib import Path

from hub.app import unchanged
from hub.cli import event_loop
from hub.cli.running import serve
from hub.config import load
from hub.demo.sabotage import sabotage
from hub.observability.logs import configure


def main() -> None:
    """Run until SIGTERM. A sabotage wraps the road from outside: the hub itself has no switch for it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("settings", type=Path)
    parser.add_argument("--sabotage", default="")
    asked = parser.parse_args()
    configure(as_json=False)
    event_loop.run(serve(load(asked.settings), wrap=sabotage(asked.sabotage) if asked.sabotage else unchanged))


if __name__ == "__main__":
    main()
