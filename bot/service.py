"""What a service manager is told over its socket, if there is one (systemd's sd_notify protocol).

One datagram of `NAME=value` lines is all there is to it: sd_notify(3).
"""

from __future__ import annotations

import logging
import os
import socket
from typing import Final

LOG = logging.getLogger(__name__)
READY: Final = "READY=1"
ALIVE: Final = "WATCHDOG=1"
STOPPING: Final = "STOPPING=1"


def tell_service_manager(state: str) -> None:
    """Send a line to the socket that NOTIFY_SOCKET names; without one there is nobody to tell."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.connect(address.replace("@", "\0", 1) if address.startswith("@") else address)
            manager.sendall(state.encode())
    except OSError as error:
        LOG.warning("the service manager could not be told %s (%s)", state, error)
