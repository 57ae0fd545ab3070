#!/bin/sh
# tools/vmtest where it cannot begin: what it says, and that it ends with 2. (With qemu it is its own test.)
set -u
tools=$1
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
failures=0

# refuses WORD... -- TEXT: vmtest with these words ends with 2 and says TEXT.
refuses() {
    words=
    while [ "$1" != -- ]; do
        words="$words $1"
        shift
    done
    # shellcheck disable=SC2086  # a list of words
    out=$(PATH=$path "$tools/vmtest" $words </dev/null 2>&1)
    status=$?
    case "$status $out" in
        "2 "*"$2"*) ;;
        *) failures=$((failures + 1)); echo "FAILED:$words: exit $status, $out" ;;
    esac
}

path=$PATH
refuses --everything -- 'usage: tools/vmtest [--build DIR] [--filter REGEX]'
refuses --filter -- 'usage: '
refuses --build "$box/none" -- 'is no build folder with tests'

# A machine without qemu.
mkdir "$box/bin" "$box/build"
: >"$box/build/CTestTestfile.cmake"
for program in dirname realpath sed uname sh; do ln -s "$(command -v "$program")" "$box/bin/$program"; done
path=$box/bin
if [ "$(uname -m)" = x86_64 ]; then
    refuses --build "$box/build" -- 'not here: qemu-system-x86_64 busybox'
    refuses --build "$box/build" -- 'apt-get install -y --no-install-recommends qemu-system-x86 '
fi

[ "$failures" = 0 ]
