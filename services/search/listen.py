"""The socket that the application is served on, taken before anything is served so that its port is known."""

import socket


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one.

    Small answers leave at once (TCP_NODELAY, which accepted connections inherit): asyncio sets this only on sockets
    that it made itself, and without it each answer waits 40 ms for the delayed acknowledgement of its head.

    Raises:
        OSError: the address is not ours, or in use.
    """
    listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
