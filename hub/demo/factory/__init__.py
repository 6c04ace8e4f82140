"""The demo's pump factory: one brain, three sets of books."""

from hub.demo.factory.factory import Factory
from hub.demo.factory.seeds import Answer, answers, seed

__all__ = ["Answer", "Factory", "answers", "seed"]
