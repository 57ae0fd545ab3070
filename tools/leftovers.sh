# shellcheck shell=sh
# tools/leftovers.sh, for scripts to source: proves, inside namespaces of their own, that nothing is left of labs.
# enter_sandbox "$@" runs the script again in new user, network, mount and pid namespaces, with an empty /run;
# $memory is a folder for the script's own files; `remember` notes what there is; `nothing_left` compares, and gives the differences.

sandbox="unshare --user --map-root-user --net --mount --pid --fork --mount-proc --kill-child"

enter_sandbox() {
    if [ "${IN_SANDBOX-}" = yes ]; then
        unset XDG_RUNTIME_DIR
        memory=$(mktemp -d)  # in /tmp, which is not looked at
        trap 'rm -rf "$memory"' EXIT
        mount -t tmpfs tmpfs /run && mkdir /run/netns
        return
    fi
    # shellcheck disable=SC2086  # a list of words
    $sandbox true 2>/dev/null || { echo "SKIPPED: no private namespaces here"; exit 77; }
    # The sanitizers' look for leaks at the end reads /proc/self, which is nobody's in a rootless lab's space.
    # shellcheck disable=SC2086
    exec env IN_SANDBOX=yes ASAN_OPTIONS="detect_leaks=0${ASAN_OPTIONS:+:$ASAN_OPTIONS}" $sandbox "$@"
}

# Processes of this pid namespace but for this script, what it waits for, and what has ended.
other_processes() {
    for pid in /proc/[0-9]*; do
        read -r _ name stands _ 2>/dev/null <"$pid/stat" || continue
        [ "${pid#/proc/}" = 1 ] || [ "$stands" = Z ] || echo "process ${pid#/proc/} $name"
    done
}

# Each line one thing: processes, files, mounts, links of this namespace.
what_there_is() {
    other_processes
    find /run -mindepth 1
    while read -r _ _ _ root place _; do echo "mount $root $place"; done </proc/self/mountinfo
    while read -r name _; do case $name in *:) echo "link $name" ;; esac done </proc/self/net/dev
}

# The kernel counts namespaces for each user namespace, and refuses more than a limit that its root may set. So:
# with a limit of K one more can be made if and only if there are fewer than K. Nothing else on the machine counts.
limit_of() { case $1 in net | user | mnt | pid) echo "/proc/sys/user/max_$1_namespaces" ;; esac; }
one_more_fits() {
    case $1 in
        mnt) unshare --mount true ;;
        *) unshare "--$1" true ;;
    esac 2>/dev/null
}

kinds="net user mnt pid"
remember() {
    for kind in $kinds; do
        limit=$(limit_of "$kind") most=0
        until echo "$most" >"$limit" && one_more_fits "$kind"; do
            most=$((most + 1))
            [ "$most" -lt 50 ] || { echo "cannot count namespaces ($kind)"; exit 1; }
        done
        eval "most_$kind=$most"
        echo 1000000 >"$limit"
    done
    what_there_is >"$memory/now"
    sort <"$memory/now" >"$memory/before"
}

# The kernel ends namespaces in its own time after the last handle has gone: it has 20 s for that.
no_namespace_left() {
    limit=$(limit_of "$1")
    eval "echo \$most_$1" >"$limit"
    deadline=$(($(date +%s) + 20)) fits=no
    until [ "$fits" = yes ]; do
        if one_more_fits "$1"; then fits=yes; elif [ "$(date +%s)" -ge "$deadline" ]; then break; fi
    done
    echo 1000000 >"$limit"
    [ "$fits" = yes ]
}

# A process that was killed while the kernel makes namespaces for it ends when they are made: it has 2 s for that.
wait_for_the_dying() {
    grep '^process ' "$memory/before" >"$memory/lived" || :
    deadline=$(($(date +%s) + 2))
    until other_processes >"$memory/alive"; sort "$memory/alive" | cmp -s - "$memory/lived"; do
        [ "$(date +%s)" -le "$deadline" ] || return 0
    done
}

nothing_left() {
    wait_for_the_dying
    what_there_is >"$memory/now"  # in this shell: a pipe's processes would be seen
    sort <"$memory/now" >"$memory/after"
    good=yes
    cmp -s "$memory/before" "$memory/after" || { good=no; diff "$memory/before" "$memory/after"; }
    for kind in $kinds; do
        no_namespace_left "$kind" || { good=no; echo "a namespace is left ($kind)"; }
    done
    [ "$good" = yes ]
}
