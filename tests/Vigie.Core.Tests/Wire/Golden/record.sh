#!/bin/bash
# Records what keepalived and FRR's vrrpd really send and writes one hex file per message beside this script. Needs
# root, iproute2, tcpdump, tshark, jq, keepalived and frr. Run it again only to record from other versions: the tests
# read the files and need none of this. About a minute.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/Vigie.Core.Tests/Wire/Golden/link.sh
. "$here/link.sh"

keepalived_version=$(keepalived -v 2>&1 | sed -n '1s/Keepalived v\([^ ]*\).*/\1/p')
frr_version=$(/usr/lib/frr/vrrpd --version | sed -n '1s/vrrpd version //p')

# keep FILE CAPTURE FILTER COMMENT: the first frame of the capture that the filter accepts.
keep() {
    local hex
    hex=$(tshark -r "$work/$2.pcap" -Y "$3" -T json -x 2>/dev/null | jq -r '.[0]._source.layers.frame_raw[0] // empty')
    if [ -z "$hex" ]; then
        echo "no frame for $1 ($3)" >&2
        return 1
    fi
    {
        echo "# $4"
        echo "$hex" | fold -w 32 | sed 's/../& /g; s/ $//'
    } >"$here/$1.hex"
    echo "$1.hex"
}

# run_keepalived CAPTURE VERSION EXTRA ADDRESS...: becomes Active after 3.4 s, advertises, resigns.
run_keepalived() {
    local name=$1 version=$2 extra=$3
    shift 3
    capture_start "$name"
    keepalived_start "$version" 150 "$extra" "$@"
    sleep 6
    daemon_stop
    sleep 0.5
    capture_stop
}

run_frr() {
    capture_start "$1"
    frr_start "$2" 150
    sleep 7
    daemon_stop
    sleep 0.5
    capture_stop
}

record_keepalived() {
    local by="keepalived $keepalived_version, VRID 51, priority 150, 1 s"
    run_keepalived k2 2 "" 10.77.0.100/24
    keep keepalived-v2 k2 'vrrp.prio == 150' "$by: version 2 without authentication"
    keep keepalived-v2-resign k2 'vrrp.prio == 0' "$by: version 2, priority 0 at SIGTERM"
    keep keepalived-arp k2 'arp' "$by: gratuitous ARP"
    run_keepalived k2p 2 'authentication {
        auth_type PASS
        auth_pass secret
    }' 10.77.0.100/24 10.77.0.101/24
    keep keepalived-v2-password k2p 'vrrp.prio == 150' "$by: version 2, auth_type PASS, auth_pass secret, two addresses"
    keep keepalived-v2-password-resign k2p 'vrrp.prio == 0' "$by: version 2, auth_type PASS, auth_pass secret, priority 0 at SIGTERM"
    run_keepalived k3 3 "" 10.77.0.100/24 10.77.0.101/24
    keep keepalived-v3-ipv4 k3 'vrrp.prio == 150' "$by: version 3 over IPv4, two addresses"
    keep keepalived-v3-ipv4-resign k3 'vrrp.prio == 0' "$by: version 3 over IPv4, priority 0 at SIGTERM"
    run_keepalived k6 3 "" fe80::100/64 fd77::100/64
    keep keepalived-v3-ipv6 k6 'vrrp.prio == 150' "$by: version 3 over IPv6, two addresses"
    keep keepalived-v3-ipv6-resign k6 'vrrp.prio == 0' "$by: version 3 over IPv6, priority 0 at SIGTERM"
    keep keepalived-na k6 'icmpv6.type == 136' "$by: unsolicited neighbour advertisement"
}

record_keepalived_unicast() {
    local by="keepalived $keepalived_version, VRID 51, priority 150, 1 s" to4='unicast_src_ip 10.77.0.1
    unicast_peer {
        10.77.0.2
    }' to6='unicast_src_ip fd77::1
    unicast_peer {
        fd77::2
    }'
    run_keepalived u2 2 "$to4" 10.77.0.100/24
    keep keepalived-v2-unicast u2 'vrrp.prio == 150' "$by: version 2 to the peer 10.77.0.2"
    run_keepalived u3 3 "$to4" 10.77.0.100/24
    keep keepalived-v3-ipv4-unicast u3 'vrrp.prio == 150' "$by: version 3 over IPv4 to the peer 10.77.0.2"
    keep keepalived-v3-ipv4-unicast-resign u3 'vrrp.prio == 0' "$by: version 3 over IPv4 to the peer 10.77.0.2, priority 0 at SIGTERM"
    run_keepalived u6 3 "$to6" fe80::100/64 fd77::100/64
    keep keepalived-v3-ipv6-unicast u6 'vrrp.prio == 150' "$by: version 3 over IPv6 to the peer fd77::2"
    keep keepalived-v3-ipv6-unicast-resign u6 'vrrp.prio == 0' "$by: version 3 over IPv6 to the peer fd77::2, priority 0 at SIGTERM"
}

record_keepalived_fast() {
    for advert_int in 0.1 0.01; do
        local by="keepalived $keepalived_version, VRID 51, priority 150, $advert_int s"
        run_keepalived q4 3 "" 10.77.0.100/24
        keep "keepalived-v3-ipv4-$advert_int" q4 'vrrp.prio == 150' "$by: version 3 over IPv4"
        run_keepalived q6 3 "" fe80::100/64 fd77::100/64
        keep "keepalived-v3-ipv6-$advert_int" q6 'vrrp.prio == 150' "$by: version 3 over IPv6"
    done
    advert_int=1
}

record_frr() {
    local by="FRR vrrpd $frr_version, VRID 51, priority 150, 1 s"
    run_frr f3 3
    keep frr-v3-ipv4 f3 'vrrp.prio == 150 && ip' "$by: version 3 over IPv4"
    keep frr-v3-ipv4-resign f3 'vrrp.prio == 0 && ip' "$by: version 3 over IPv4, priority 0 at SIGTERM"
    keep frr-v3-ipv6 f3 'vrrp.prio == 150 && ipv6' "$by: version 3 over IPv6"
    keep frr-v3-ipv6-resign f3 'vrrp.prio == 0 && ipv6' "$by: version 3 over IPv6, priority 0 at SIGTERM"
    keep frr-arp f3 'arp' "$by: gratuitous ARP"
    keep frr-na f3 'icmpv6.type == 136' "$by: unsolicited neighbour advertisement"
    run_frr f2 2
    keep frr-v2 f2 'vrrp.prio == 150' "$by: version 2"
    keep frr-v2-resign f2 'vrrp.prio == 0' "$by: version 2, priority 0 at SIGTERM"
}

link_up
# With arguments only these: record.sh record_keepalived_fast
parts=("$@")
[ $# -gt 0 ] || parts=(record_keepalived record_keepalived_unicast record_keepalived_fast record_frr)
for part in "${parts[@]}"; do
    "$part"
done
