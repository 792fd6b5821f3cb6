"""Fault runs with their controls: `manage.py lab NAME`."""
