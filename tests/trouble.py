"""Trouble that tests make on purpose: connections cut, databases that are not there."""

import os
import socket
from contextlib import contextmanager


def cut_off(connection) -> None:
    """What a restarted server or a dropped cable does to an open connection of Django's."""
    connection.ensure_connection()
    with socket.socket(fileno=os.dup(connection.connection.fileno())) as line:
        line.shutdown(socket.SHUT_RDWR)


@contextmanager
def database_away(connection):
    """No server answers on this connection, nor on any that would be opened in its place."""
    host = connection.settings_dict["HOST"]
    connection.close()
    connection.settings_dict["HOST"] = "/nowhere"
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["HOST"] = host
