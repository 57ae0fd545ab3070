#!/bin/sh
# tools/install_packages against an apt that is made up: what it asks for, and what it says when that fails.
set -u
tools=$1
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
failures=0

fail() {
    failures=$((failures + 1))
    echo "FAILED: $1"
    echo "$out" | sed 's/^/    /'
}
says() { case $out in *"$1"*) ;; *) fail "does not say: $1" ;; esac; }

# An installed package is a line of $box/installed; apt-get keeps a diary.
cat >"$box/dpkg-query" <<'END'
#!/bin/sh
for package; do :; done
grep -qx "$package" "$BOX/installed" && echo 'install ok installed'
END
cat >"$box/apt-get" <<'END'
#!/bin/sh
echo "$*" >>"$BOX/diary"
case " $* " in
    *" update "*) exit "${UPDATE_EXIT:-0}" ;;
    *" install "*) for package; do echo "$package"; done >>"$BOX/installed" ;;
esac
END
printf '#!/bin/sh\nexit 1\n' >"$box/sudo"
printf '#!/bin/sh\necho "${USER_ID:-0}"\n' >"$box/id"
chmod +x "$box/dpkg-query" "$box/apt-get" "$box/sudo" "$box/id"

# install WORD...: runs the tool from a clean state; sets out and status. $installed is there beforehand.
install() {
    : >"$box/diary"
    printf '%s\n' $installed >"$box/installed"
    out=$(BOX=$box PATH=$box:$PATH "$tools/install_packages" "$@" </dev/null 2>&1)
    status=$?
}

build='g++ cmake ninja-build libfmt-dev libcli11-dev libfyaml-dev nlohmann-json3-dev'

installed=$build
install build
[ "$status" = 0 ] && [ ! -s "$box/diary" ] || fail "with all installed, apt is asked nothing"

installed=${build#g++ cmake }
install build
[ "$status" = 0 ] || fail "exit $status after a good installation"
says 'installing: cmake g++'
grep -q ' update$' "$box/diary" && grep -q ' cmake g++$' "$box/diary" || fail "apt was not asked for what is missing"

UPDATE_EXIT=100
export UPDATE_EXIT
install build
[ "$status" = 0 ] || fail "a failed update alone does not end it"
says 'apt-get update failed (100)'
UPDATE_EXIT=124
install build
[ "$status" = 1 ] || fail "exit $status where apt hangs"
says 'did not end within'
unset UPDATE_EXIT

USER_ID=1000
export USER_ID
install build
[ "$status" = 1 ] && [ ! -s "$box/diary" ] || fail "an ordinary user without sudo"
says 'missing: cmake g++'
says 'apt-get install -y --no-install-recommends cmake g++'
unset USER_ID

install everything
[ "$status" = 2 ] || fail "exit $status for an unknown set"
says 'unknown set "everything"'

[ "$failures" = 0 ]
