"""A machine without a network: ``unshare --net python loopback.py COMMAND...`` runs a command that sees only itself."""

import fcntl
import os
import socket
import struct
import sys

_SET_FLAGS = 0x8914  # SIOCSIFFLAGS, netdevice(7)
_UP = 0x1 | 0x40  # IFF_UP | IFF_RUNNING

if __name__ == "__main__":
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, _SET_FLAGS, struct.pack("16sH14x", b"lo", _UP))
    os.execvp(sys.argv[1], sys.argv[1:])
