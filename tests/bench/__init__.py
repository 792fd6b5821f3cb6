"""Workloads of `manage.py bench`: each beside its peers, which are other algorithms stated anew, and its limit."""
