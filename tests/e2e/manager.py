"""What a window manager does when the cross in the corner of a window is clicked: it sends WM_DELETE_WINDOW."""

from __future__ import annotations

import ctypes

_CLIENT_MESSAGE = 33
_FORMAT = 32


class _Message(ctypes.Structure):
    """XClientMessageEvent of Xlib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("serial", ctypes.c_ulong),
        ("send_event", ctypes.c_int),
        ("display", ctypes.c_void_p),
        ("window", ctypes.c_ulong),
        ("message_type", ctypes.c_ulong),
        ("format", ctypes.c_int),
        ("data", ctypes.c_long * 5),
    )


class _Event(ctypes.Union):
    """XEvent, which is as large as 24 longs."""

    _fields_ = (("message", _Message), ("pad", ctypes.c_long * 24))


def ask_to_close(display: str, window: int) -> None:
    """Ask the program to close a window of its own."""
    xlib = ctypes.CDLL("libX11.so.6")
    xlib.XOpenDisplay.restype = ctypes.c_void_p
    xlib.XOpenDisplay.argtypes = [ctypes.c_char_p]
    xlib.XInternAtom.restype = ctypes.c_ulong
    xlib.XInternAtom.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
    xlib.XSendEvent.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_long, ctypes.c_void_p]
    xlib.XCloseDisplay.argtypes = [ctypes.c_void_p]
    connection = xlib.XOpenDisplay(display.encode())
    assert connection, f"no display {display}"
    try:
        event = _Event()
        event.message.type = _CLIENT_MESSAGE
        event.message.window = window
        event.message.message_type = xlib.XInternAtom(connection, b"WM_PROTOCOLS", 0)
        event.message.format = _FORMAT
        event.message.data[0] = xlib.XInternAtom(connection, b"WM_DELETE_WINDOW", 0)
        assert xlib.XSendEvent(connection, window, 0, 0, ctypes.byref(event))
    finally:
        # Closing also sends what is buffered.
        xlib.XCloseDisplay(connection)
