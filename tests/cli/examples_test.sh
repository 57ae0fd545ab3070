#!/bin/sh
# tests/cli/examples_test.sh PROGRAM SOURCE: each of examples/ as people use it, as root and rootless: checked, up,
# a ping between the nodes of its first ping test, as its file says, nothing to do for a second up, and down, after
# which nothing is left. Each lab lives in namespaces of its own.
set -u

# The sanitizers' look for leaks at the end reads /proc/self, which is nobody's in a rootless lab's space.
export ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}"

# Within the namespaces: one example on one footing.
one_example() {
    program=$1 file=$2 footing=${3-}
    labs=/run/vethwork
    mount -t tmpfs tmpfs /run && mkdir /run/netns
    in_lab() { verb=$1; shift; "$program" "$verb" $footing -f "$file" "$@"; }
    fail() { echo "FAILED: $(basename "$file") $footing: $1"; [ ! -s /run/said ] || sed 's/^/    /' /run/said; exit 1; }
    # The processes of this pid namespace but for this shell and what it waits for.
    others() { for pid in /proc/[0-9]*; do
        read -r _ name state _ 2>/dev/null <"$pid/stat" || continue
        [ "${pid#/proc/}" = 1 ] || [ "$state" = Z ] || echo "${pid#/proc/} $name"
    done; }

    # shellcheck disable=SC2046  # two words: who sends, and to whom
    set -- $(sed -n 's/.*ping: { *from: *\([^,]*\), *to: *\([^,} ]*\).*/\1 \2/p' "$file" | head -n 1)
    [ $# = 2 ] || fail "has no ping test"
    in_lab check -q >/run/said 2>&1 || fail "check"
    in_lab up >/run/said 2>&1
    case $? in
        0) ;;
        3) echo "left out, this kernel lacks what it needs: $(basename "$file") $footing: $(sed -n 2p /run/said)"; exit 3 ;;
        *) fail "up" ;;
    esac
    # As long as the test itself may take: routing daemons need a while.
    within=$(sed -n 's/.*within: *\([0-9]*\)s.*ping: .*/\1/p' "$file" | head -n 1)
    deadline=$(($(date +%s) + ${within:-5}))
    until in_lab exec "$1" -- "$program" ping -c 1 -W 2 "$2" >/run/said 2>&1; do
        [ "$(date +%s)" -lt "$deadline" ] || fail "no answer from $2 to $1 within ${within:-5} s"
    done
    in_lab status >/run/said 2>&1 || fail "is not as its file says"
    in_lab up -j >/run/said 2>&1 || fail "second up"
    grep -q '"steps": 0,' /run/said || fail "a second up finds something to do"
    in_lab down >/run/said 2>&1 || fail "down"
    rm /run/said
    [ -z "$(ls -A /run/netns)" ] || fail "left in /run/netns: $(ls -A /run/netns)"
    [ ! -e "$labs" ] || [ -z "$(find "$labs" -type f)" ] || fail "left: $(find "$labs" -type f)"
    others >/run/said  # in this shell: a substitution would be a process of its own
    [ ! -s /run/said ] || fail "processes are left"
}

if [ "$1" = --one ]; then
    shift
    one_example "$@"
    exit
fi

program=$(realpath "$1") source=$(realpath "$2")
namespaces="--user --map-root-user --net --mount --pid --fork --mount-proc --kill-child"
# shellcheck disable=SC2086  # a list of words
unshare $namespaces true || { echo "SKIPPED: no private namespaces here"; exit 77; }
unset XDG_RUNTIME_DIR

failures=0 runs=0
for file in "$source"/examples/*.vethwork.yaml; do
    if grep -q python3 "$file" && ! command -v python3 >/dev/null; then
        echo "left out, there is no python3: $(basename "$file")"
        continue
    fi
    if grep -q 'bird\.conf' "$file" && ! PATH=$PATH:/usr/sbin command -v bird >/dev/null; then
        echo "left out, there is no bird: $(basename "$file")"
        continue
    fi
    if grep -q '/usr/lib/frr/' "$file" && [ ! -x /usr/lib/frr/zebra ]; then
        echo "left out, there is no frr: $(basename "$file")"
        continue
    fi
    for footing in "" --rootless; do
        runs=$((runs + 1))
        # shellcheck disable=SC2086  # a list of words
        timeout -k 5 60 unshare $namespaces "$0" --one "$program" "$file" $footing </dev/null
        case $? in
            0) ;;
            3) runs=$((runs - 1)) ;;
            *) failures=$((failures + 1)) ;;
        esac
    done
done
echo "$runs labs, $failures failures"
[ "$runs" -ge 20 ] && [ "$failures" = 0 ]
