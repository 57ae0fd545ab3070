# shellcheck shell=sh
# Sourced by tools/tour and tools/lab_tour: a box of private namespaces to play in, and claims that are checked.
# shellcheck disable=SC2016,SC2034  # lines for eval hold names that are meant for later

# play_in_a_box TOUR WORD...: called with PROGRAM as the only word, plays TOUR again inside private namespaces and ends
# with its status. What the box holds is put there by the tour's own `furnish BOX PROGRAM`. Called inside (the shell is
# process 1 there), sets `box`, goes there and returns.
play_in_a_box() {
    tour=$1
    shift
    if [ "${1-}" = --inside ] && [ $$ = 1 ]; then
        trap 'exit 130' INT TERM  # all that this shell started ends with it
        box=$2
        cd "$box" || exit 1
        return
    fi
    if [ $# != 1 ] || [ ! -x "$1" ]; then
        echo "usage: tools/${tour##*/} PROGRAM" >&2
        exit 2
    fi
    namespaces="--net --mount --pid --fork --mount-proc --kill-child"
    [ "$(id -u)" = 0 ] || namespaces="--user --map-root-user $namespaces"
    # shellcheck disable=SC2086  # a list of words
    unshare $namespaces true || { echo "SKIPPED: no private namespaces here"; exit 77; }
    box=$(mktemp -d)
    trap 'rm -rf "$box"' EXIT
    trap 'exit 130' INT TERM
    mkdir "$box/bin"
    furnish "$box" "$(realpath "$1")"
    # shellcheck disable=SC2086  # a list of words
    unshare $namespaces /bin/sh "$(realpath "$tour")" --inside "$box"
    exit
}

# all_hold NAME: how many of the claims of tour NAME hold; fails where one does not.
all_hold() {
    printf '\n%s: %d of %d claims hold\n' "$1" $((claims - broken)) "$claims"
    [ "$broken" = 0 ]
}

claims=0 broken=0 status=0
if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then
    bold=$(printf '\033[1m') red=$(printf '\033[31m') plain=$(printf '\033[0m')
else
    bold='' red='' plain=''
fi

chapter() { printf '\n%s== %s%s\n' "$bold" "$1" "$plain"; }
say() { printf '%s\n' "$@"; }
type_in() { printf '\n%s$ %s%s\n' "$bold" "$1" "$plain"; }

# run LINE: shows a line as the reader would type it, runs it, and shows and keeps what it prints.
run() {
    type_in "$1"
    eval "$1" >out 2>&1 </dev/null
    status=$?
    cat out
}

# claim SENTENCE LINE: the sentence holds if the line, run silently, succeeds.
claim() {
    claims=$((claims + 1))
    if eval "$2"; then
        printf '  ✓ %s\n' "$1"
    else
        broken=$((broken + 1))
        printf '  %s✗ %s%s\n' "$red" "$1" "$plain"
    fi
}
works() { claim "$1" '[ "$status" = 0 ]'; }
fails() { claim "$1" '[ "$status" != 0 ]'; }

# shows SENTENCE PATTERN: a whole line of what was just printed is as the pattern says.
shows() {
    pattern="^ *$2 *\$"
    claim "$1" 'grep -qE -- "$pattern" out'
}
shows_no() {
    pattern=$2
    claim "$1" '! grep -qE -- "$pattern" out'
}
