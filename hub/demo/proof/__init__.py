"""The proof: what CRM, ERP and MES themselves hold, compared. It reads their books and nothing else."""

from hub.demo.proof.findings import Finding, Proof
from hub.demo.proof.prove import prove

__all__ = ["Finding", "Proof", "prove"]
