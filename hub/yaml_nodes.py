"""YAML text as nodes, each with its place in the file. libyaml where it is built in: a tenth of the time at every start."""

from __future__ import annotations

import yaml

LOADER: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def compose(text: str) -> yaml.Node | None:
    """The root node; None for an empty text. Raises yaml.YAMLError."""
    node: yaml.Node | None = yaml.compose(text, Loader=LOADER)
    return node
