"""Where others reach this machine: never at an address that means themselves."""

import ipaddress
import socket

from pipeline.ledger.addresses import of_this_machine


def test_there_is_at_least_one_and_none_means_the_one_who_reads_it() -> None:
    found = of_this_machine()
    assert found
    assert len(found) == len(set(found))
    for one in found:
        if one != socket.gethostname():
            address = ipaddress.ip_address(one)
            assert not address.is_loopback
            assert not address.is_unspecified
