"""What `manage.py up`, `test` and every other command need on one machine: engines, processes, emulators."""
