"""Whether something answers on this machine: past any proxy, and with nothing heavy imported."""

import http.client
import socket

HOST = "127.0.0.1"


def taken(port: int) -> bool:
    """Whether a program has this port, on the loopback address or on all of them."""
    with socket.socket() as caller:
        caller.settimeout(1)
        if caller.connect_ex((HOST, port)) == 0:
            return True
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            holder.bind((HOST, port))
        except PermissionError:
            return False  # a port below 1024: the server's own error says it best
        except OSError:
            return True
    return False


def healthy(port: int, seconds: float = 2.0) -> bool:
    """Whether a Label Studio answers there; says nothing about whose it is."""
    return _get(port, "/health", {}, seconds) == http.client.OK


def lets_in(port: int, token: str) -> bool | None:
    """Whether a token is known there; None where the answer is neither yes nor no."""
    headers = {"Authorization": f"Token {token}"}
    status = _get(port, "/api/current-user/whoami", headers, 30.0)
    return {http.client.OK: True, http.client.UNAUTHORIZED: False}.get(status)


def _get(port: int, path: str, headers: dict[str, str], seconds: float) -> int:
    """The answer's status; 0 where there is no answer."""
    connection = http.client.HTTPConnection(HOST, port, timeout=seconds)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
