sockets = None
