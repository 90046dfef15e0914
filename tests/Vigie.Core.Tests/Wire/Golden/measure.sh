#!/bin/bash
# Measures which version 3 advertisements over IPv4 keepalived and FRR's vrrpd accept: each is made Active with
# priority 100, then hears hand-made advertisements of priority 200 for nine seconds. One that accepts them falls
# silent; one that refuses them goes on advertising. They come every 1.3 s: an Active keepalived starts its timer anew
# at whatever it hears, valid or not, and would fall silent under any that came more often than its own interval.
# Needs what record.sh needs, and python3. Prints one line per case; the results are in
# docs/decisions/0002-ipv4-checksum-form.md. About five minutes.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/Vigie.Core.Tests/Wire/Golden/link.sh
. "$here/link.sh"

# "wrong" must be refused, or the measurement says nothing.
cases=(wrong message-only pseudo-header reserved-message-only reserved-pseudo-header
    surplus-covered-message-only surplus-covered-pseudo-header surplus-uncovered-message-only surplus-uncovered-pseudo-header)

# own_advertisements CAPTURE SINCE: how many the peer has sent since this second of the epoch.
own_advertisements() {
    tshark -r "$work/$1.pcap" -Y "vrrp && ip.src == 10.77.0.1 && frame.time_epoch >= $2" 2>/dev/null | wc -l
}

peer_is_active() { [ "$(own_advertisements m 0)" -gt 0 ]; }

measure() {
    local peer=$1 case=$2 from verdict
    capture_start m
    wait_for peer_is_active
    from=$(date +%s)
    in_watch python3 "$here/inject.py" "$case" 9
    capture_stop
    # The first three seconds are for falling silent, the other six for staying so.
    if [ "$(own_advertisements m $((from + 3)))" = 0 ]; then verdict=accepted; else verdict=refused; fi
    printf '%-32s %-34s %s\n' "$peer" "$case" "$verdict"
}

link_up
for case in "${cases[@]}"; do
    keepalived_start 3 100 "" 10.77.0.100/24
    measure keepalived "$case"
    daemon_stop
done
for case in "${cases[@]}"; do
    frr_start 3 100
    measure "FRR vrrpd" "$case"
    daemon_stop
done
