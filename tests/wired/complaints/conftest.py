"""The stands of the contract suite, for what merchants complain about elsewhere."""

from tests.wired.contract.conftest import _no_real_waiting, any_stand, stand

__all__ = ["_no_real_waiting", "any_stand", "stand"]
