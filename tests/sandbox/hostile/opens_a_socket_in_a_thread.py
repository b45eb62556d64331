"""Behind the back of whoever asks."""

import socket, threading, time


def attack(rows):
    threading.Thread(target=lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM), daemon=True).start()
    time.sleep(5)
