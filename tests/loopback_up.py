"""Brings the loopback interface up in a network namespace of one's own, where the ip program is missing."""

from __future__ import annotations

import fcntl
import socket
import struct

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    name = struct.pack("16sh", b"lo", 0) + bytes(22)
    flags = struct.unpack("16sh", fcntl.ioctl(sock, SIOCGIFFLAGS, name)[:18])[1]
    fcntl.ioctl(sock, SIOCSIFFLAGS, struct.pack("16sh", b"lo", flags | IFF_UP) + bytes(22))
