"""As an honest model, whether it worked or not."""

import socket


def attack(rows):
    try:
        socket.create_connection(("127.0.0.1", AIM["port"]), 1)
    except BaseException:
        pass
