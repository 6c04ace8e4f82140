"""What a cleaning refuses, as statements; the sentences are in `hub.texts.cleaning`."""

from __future__ import annotations

from hub.errors import DataError


class NoSuchCleaning(DataError):
    """Fact: `cleaning`."""

    code = "no-such-cleaning"


class NoSuchCluster(DataError):
    """Facts: `cleaning`, `cluster`."""

    code = "no-such-cluster"


class ClusterDecided(DataError):
    """It was proposed or accepted already. Facts: `cluster`, `state`."""

    code = "cluster-decided"


class ListedTwice(DataError):
    """A list names the same local code twice. Facts: `system`, `local`."""

    code = "listed-twice"
