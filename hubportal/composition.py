"""What an upper app offers a lower one, found by the name of a module, the way Django finds `admin.py`."""

from functools import cache
from importlib import import_module
from types import ModuleType

from django.apps import apps
from django.utils.module_loading import module_has_submodule


@cache
def modules(name: str) -> tuple[ModuleType, ...]:
    """Return the module `name` of each installed app that has one, ground floor first (a demo fills in this order)."""
    found = [
        import_module(f"{config.name}.{name}")
        for config in apps.get_app_configs()
        if config.module is not None and module_has_submodule(config.module, name)
    ]
    return tuple(reversed(found))
