#!/bin/sh
# Made-up houses: the sound one passes tools/check_rooms, and each bad include is caught with its place and reason.
set -u
tools=$1
house=$(mktemp -d)
trap 'rm -rf "$house"' EXIT
failures=0

fail() {
    failures=$((failures + 1))
    echo "FAILED: $1"
    [ $# -lt 2 ] || echo "$2" | sed 's/^/    /'
}

new_house() {
    rm -rf "${house:?}/src" "$house/apps"
    mkdir -p "$house/src/vethwork/base" "$house/apps/vethwork"
    echo '#include <arpa/inet.h>' >"$house/src/vethwork/base/ip.hpp"
    echo '#include "verb.hpp"' >"$house/apps/vethwork/main.cpp"
}

# put FILE INCLUDE: a file of the house whose third line is that include.
put() {
    mkdir -p "$(dirname "$house/$1")"
    printf '// A file.\n\n#include %s\n' "$2" >"$house/$1"
}

passes() {
    new_house
    put "$1" "$2"
    out=$("$tools/check_rooms" "$house" 2>&1) || fail "$1 may include $2" "$out"
}

caught() {
    new_house
    put "$1" "$2"
    out=$("$tools/check_rooms" "$house" 2>&1) && fail "$1: $2 was let pass"
    case $out in
        "$1:3: $2: "*"$3"*) ;;
        *) fail "$1: $2: the complaint does not say \"$3\"" "$out" ;;
    esac
}

passes src/vethwork/plan/order.cpp '<vethwork/topology/route.hpp>'
passes src/vethwork/plan/order.cpp '<linux/if_link.h>'
passes src/vethwork/topology/reference.hpp '<sys/types.h>'
passes src/vethwork/apply/run.cpp '<vethwork/netns/spawn.hpp>'
passes src/vethwork/observe/packet.cpp '<sys/socket.h>'
passes apps/vethwork/cmd_ip.cpp '<vethwork/report/text.hpp>'

caught src/vethwork/base/ip.cpp '<vethwork/netlink/message.hpp>' 'base may include only: nothing'
caught src/vethwork/topology/route.hpp '<vethwork/netlink/route.hpp>' 'topology may include only: base'
caught src/vethwork/netlink/link.cpp '<vethwork/plan/plan.hpp>' 'netlink may include only'
caught src/vethwork/traffic/server.cpp '<vethwork/observe/packet.hpp>' 'traffic may include only'
caught src/vethwork/report/text.cpp '<vethwork/apply/kernel.hpp>' 'report may include only'
caught src/vethwork/report/text.cpp '<unistd.h>' 'report is pure'
caught src/vethwork/plan/order.hpp '<sys/socket.h>' 'plan is pure'
caught src/vethwork/topology/read.cpp '<fstream>' 'topology is pure'
caught src/vethwork/base/text.cpp '<regex>' 'too heavy'
caught apps/vethwork/cmd_ip.cpp '<iostream>' 'too heavy'
caught src/vethwork/netns/handle.cpp '"handle.hpp"' 'spells its room'
caught src/vethwork/netns/handle.cpp '"apps/vethwork/verb.hpp"' 'never includes apps/'

new_house
put src/vethwork/cellar/wine.hpp '<vector>'
out=$("$tools/check_rooms" "$house" 2>&1) && fail "a room that nobody knows was let pass"
case $out in *'wine.hpp:1: (the file): lies in no room'*) ;; *) fail "an unknown room" "$out" ;; esac

rm -rf "$house/src/vethwork"
mkdir -p "$house/src/vethwork"
"$tools/check_rooms" "$house" >/dev/null 2>&1 && fail "a house without sources was let pass"

[ "$failures" = 0 ]
