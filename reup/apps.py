"""The roof as an app: it owns the commands that see every other one."""

from django.apps import AppConfig


class Roof(AppConfig):
    name = "reup"
    label = "reup"
