"""Tells Django where the `sandbox` command lives; there are no tables here."""

from django.apps import AppConfig


class Sandbox(AppConfig):
    name = "apps.sandbox"
    verbose_name = "Emulators"
