#!/bin/sh
# tests/tools/readme_session_test.sh PROGRAM SOURCE: the README's half minute does what it says, in namespaces.
set -u
program=$(realpath "$1") source=$2
namespaces="--user --map-root-user --net --mount --pid --fork --mount-proc --kill-child"
# shellcheck disable=SC2086  # a list of words
unshare $namespaces true || { echo "SKIPPED: no private namespaces here"; exit 77; }

box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
ln -s "$program" "$box/vethwork"
{
    echo 'set -ex'
    echo 'mount -t tmpfs tmpfs /run && mkdir /run/netns'
    awk '/^```/ { on = !on; next } on && sub(/^# /, "")' "$source/README.md"
} >"$box/session"
[ "$(grep -c '^vethwork ' "$box/session")" -ge 8 ] || { echo "FAILED: the README has no session"; exit 1; }
# shellcheck disable=SC2086  # a list of words
PATH=$box:/usr/sbin:/usr/bin:/sbin:/bin unshare $namespaces /bin/sh "$box/session" >"$box/said" 2>&1
status=$?
cat "$box/said"
[ "$status" = 0 ] && grep -q '1 packets transmitted, 1 received' "$box/said"
