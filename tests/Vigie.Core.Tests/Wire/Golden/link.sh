#!/bin/bash
# Two network namespaces joined by a veth pair, and keepalived or FRR's vrrpd in the first one. Sourced by record.sh
# and measure.sh; it starts nothing by itself. Everything it makes has a name of its own and is removed on exit.

work=$(mktemp -d /tmp/vigie-golden.XXXXXX)
peer_ns="vgp$$"
watch_ns="vgw$$"
capture_pid=""
daemon_pids=()

# A command to be stopped later is started with a plain "ip netns exec" instead: a function in the background would be
# a shell of its own, whose process id is not the command's.
in_peer() { ip netns exec "$peer_ns" "$@"; }
in_watch() { ip netns exec "$watch_ns" "$@"; }

# wait_for COMMAND...: until it succeeds, at most 20 s.
wait_for() {
    local left=100
    until "$@"; do
        if [ $((left -= 1)) = 0 ]; then
            echo "still not true after 20 s: $*" >&2
            return 1
        fi
        sleep 0.2
    done
}

# stop_pid PID: a child of ours that has not been waited for; its number cannot have gone to another process.
stop_pid() {
    kill "$1" 2>/dev/null || true
    (sleep 5; kill -9 "$1" 2>/dev/null) &
    local killer=$!
    wait "$1" 2>/dev/null || true
    kill "$killer" 2>/dev/null || true
}

cleanup() {
    daemon_stop
    capture_stop
    ip netns del "$peer_ns" 2>/dev/null || true
    ip netns del "$watch_ns" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

link_up() {
    local ns
    for ns in "$peer_ns" "$watch_ns"; do
        ip netns add "$ns"
        ip netns exec "$ns" sysctl -qw net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_dad=0
        ip netns exec "$ns" ip link set lo up
    done
    # Fixed hardware addresses keep a second recording close to the first.
    in_peer ip link add eth0 address 02:00:00:00:00:01 type veth peer name eth0 netns "$watch_ns" address 02:00:00:00:00:02
    in_peer ip link set eth0 up
    in_watch ip link set eth0 up
    in_peer ip addr add 10.77.0.1/24 dev eth0
    in_peer ip addr add fd77::1/64 dev eth0
    in_watch ip addr add 10.77.0.2/24 dev eth0
    in_watch ip addr add fd77::2/64 dev eth0
}

# capture_start NAME: every frame that reaches the watcher goes to $work/NAME.pcap until capture_stop.
capture_start() {
    ip netns exec "$watch_ns" tcpdump -i eth0 -Q in --immediate-mode -U -w "$work/$1.pcap" 2>"$work/$1.tcpdump" &
    capture_pid=$!
    wait_for grep -qs 'listening on' "$work/$1.tcpdump"
}

capture_stop() {
    if [ -n "$capture_pid" ]; then stop_pid "$capture_pid"; fi
    capture_pid=""
}

# keepalived_start VERSION PRIORITY EXTRA ADDRESS...: one virtual router, VRID 51, $advert_int seconds.
advert_int=1
keepalived_start() {
    local version=$1 priority=$2 extra=$3
    shift 3
    {
        echo "global_defs { router_id peer"
        echo "  vrrp_version $version"
        echo "}"
        echo "vrrp_instance db {"
        echo "  state BACKUP"
        echo "  interface eth0"
        echo "  virtual_router_id 51"
        echo "  priority $priority"
        echo "  advert_int $advert_int"
        echo "  $extra"
        printf '  virtual_ipaddress {\n'
        printf '    %s\n' "$@"
        printf '  }\n}\n'
    } >"$work/keepalived.conf"
    ip netns exec "$peer_ns" keepalived -n -P -l -f "$work/keepalived.conf" -p "$work/keepalived.pid" -r "$work/vrrp.pid" \
        >"$work/keepalived.log" 2>&1 &
    daemon_pids=($!)
}

# frr_start VERSION PRIORITY: VRID 51 over macvlan interfaces as vrrpd wants them; version 2 is IPv4 alone.
frr_start() {
    local version=$1 priority=$2
    in_peer ip link add vrrp4 link eth0 type macvlan mode bridge
    in_peer ip link set vrrp4 address 00:00:5e:00:01:33
    in_peer sysctl -qw net.ipv6.conf.vrrp4.disable_ipv6=1
    in_peer ip addr add 10.77.0.100/24 dev vrrp4
    in_peer ip link set vrrp4 up
    if [ "$version" = 3 ]; then
        in_peer ip link add vrrp6 link eth0 type macvlan mode bridge
        in_peer ip link set vrrp6 address 00:00:5e:00:02:33
        in_peer ip addr add fd77::100/64 dev vrrp6
        in_peer ip link set vrrp6 up
    fi

    rm -rf "$work/frr"
    mkdir "$work/frr"
    chmod 755 "$work" "$work/frr"
    : >"$work/frr/zebra.conf"
    {
        echo "interface eth0"
        echo " vrrp 51 version $version"
        echo " vrrp 51 priority $priority"
        echo " vrrp 51 advertisement-interval 1000"
        echo " vrrp 51 ip 10.77.0.100"
        if [ "$version" = 3 ]; then echo " vrrp 51 ipv6 fd77::100"; fi
    } >"$work/frr/vrrpd.conf"
    chown -R frr:frr "$work/frr"

    local common=(--vty_socket "$work/frr" -z "$work/frr/zserv.api" --log stdout -P 0)
    ip netns exec "$peer_ns" /usr/lib/frr/zebra "${common[@]}" -f "$work/frr/zebra.conf" -i "$work/frr/zebra.pid" >"$work/zebra.log" 2>&1 &
    daemon_pids=($!)
    wait_for test -S "$work/frr/zserv.api"
    ip netns exec "$peer_ns" /usr/lib/frr/vrrpd "${common[@]}" -f "$work/frr/vrrpd.conf" -i "$work/frr/vrrpd.pid" >"$work/vrrpd.log" 2>&1 &
    daemon_pids=($! "${daemon_pids[@]}")
}

# One after the other: a vrrpd whose zebra is already gone does not resign.
daemon_stop() {
    local pid
    for pid in "${daemon_pids[@]}"; do stop_pid "$pid"; done
    daemon_pids=()
    in_peer ip link del vrrp4 2>/dev/null || true
    in_peer ip link del vrrp6 2>/dev/null || true
}
