"""The verbs of orders. All that moves an order goes through `transition`."""

from .actors import HOUSE, Actor, actor_of
from .choices import Choice, choices
from .drafts import Asked, create, edit
from .moving import transition

__all__ = ["HOUSE", "Actor", "Asked", "Choice", "actor_of", "choices", "create", "edit", "transition"]
