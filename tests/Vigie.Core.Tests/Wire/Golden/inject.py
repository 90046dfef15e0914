#!/usr/bin/env python3
"""Sends hand-made version 3 advertisements over IPv4 for measure.sh: VRID 51, priority 200, 1 s, one address.

usage: inject.py CASE SECONDS [DESTINATION]     (in a network namespace that has 10.77.0.2)
"""
import socket
import struct
import sys
import time

SOURCE, VIP, PROTOCOL = "10.77.0.2", "10.77.0.100", 112


def checksum(data):
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - total


def message(case, destination):
    # The surplus is not zeros, so that it matters whether a receiver sums it.
    surplus = bytes(range(1, 29)) if case.startswith("surplus") else b""
    interval = 0xF000 | 100 if case.startswith("reserved") else 100
    fields = struct.pack(">BBBBHH", 0x31, 51, 200, 1, interval, 0) + socket.inet_aton(VIP)
    covered = fields + surplus if case.startswith("surplus-covered") else fields
    pseudo = b""
    if case.endswith("pseudo-header"):
        pseudo = socket.inet_aton(SOURCE) + socket.inet_aton(destination) + struct.pack(">BBH", 0, PROTOCOL, len(covered))
    value = checksum(pseudo + covered)
    if case == "wrong":
        value ^= 0x0101
    return fields[:6] + struct.pack(">H", value) + fields[8:] + surplus


def main():
    case, seconds = sys.argv[1], float(sys.argv[2])
    destination = sys.argv[3] if len(sys.argv) > 3 else "224.0.0.18"
    sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, PROTOCOL)
    sender.bind((SOURCE, 0))
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(SOURCE))
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 64 if case.startswith("ttl") else 255)
    sender.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, 255)
    data = message(case, destination)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sender.sendto(data, (destination, 0))
        time.sleep(1.3)


main()
