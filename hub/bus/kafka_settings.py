"""How to reach a Kafka cluster, and the times and sizes its clients work with."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

SASL = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaSecurity:
    """TLS and SASL. Without a user name there is no SASL; `ca_file` is for a certificate authority of one's own."""

    tls: bool = False
    ca_file: str = ""
    username: str = ""
    password: str = ""
    mechanism: str = "PLAIN"

    def __repr__(self) -> str:
        return f"KafkaSecurity(tls={self.tls}, username={self.username!r}, mechanism={self.mechanism!r})"

    def build(self) -> BaseSecurity | None:
        """FastStream's form of it; None where nothing is asked for. Raises KeyError for an unknown mechanism."""
        context = ssl.create_default_context(cafile=self.ca_file or None) if self.tls else None
        if self.username:
            return SASL[self.mechanism](self.username, self.password, ssl_context=context, use_ssl=self.tls)
        return BaseSecurity(ssl_context=context, use_ssl=True) if self.tls else None


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaTimes:
    """Seconds. A batch must end within `handover_s`: so long do the other members wait for it when partitions move."""

    publish_s: float = 30.0
    session_s: float = 8.0        # a worker that died is noticed after this
    heartbeat_s: float = 2.5
    handover_s: float = 60.0
    commit_s: float = 1.0         # a commit costs 6 ms on Kafka 4.1 and is shown only: not one for every batch
    retry_first_s: float = 0.5
    retry_most_s: float = 30.0
    ask_s: float = 20.0           # topics, offsets, lag
