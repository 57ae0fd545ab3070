#!/bin/sh
# tests/tools/documents_test.sh PROGRAM SOURCE: the README and the manual page name the verbs that the program has,
# no more and no fewer; and the manual page has no mistakes that man can see.
set -u
program=$1 source=$2
failures=0
fail() { failures=$((failures + 1)); echo "FAILED: $1"; }

has=$("$program" --help | awk '/^Verbs:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }' | sort)
readme=$(sed -n 's/^| `vethwork \([a-z]*\)` |.*/\1/p' "$source/README.md" | sort)
manual=$(awk '/^\.SH/ { on = $2 == "VERBS" } on && /^\.B [a-z]*$/ && after == ".TP" { print $2 } { after = $0 }' \
    "$source/man/vethwork.1" | sort)

[ -n "$has" ] || fail "the program names no verbs"
[ "$readme" = "$has" ] || fail "README.md has the verbs: $(echo $readme); the program: $(echo $has)"
[ "$manual" = "$has" ] || fail "man/vethwork.1 has the verbs: $(echo $manual); the program: $(echo $has)"

if command -v man >/dev/null && man --version >/dev/null 2>&1; then
    complaints=$(LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l "$source/man/vethwork.1" 2>&1 >/dev/null)
    [ -z "$complaints" ] || fail "man: $complaints"
fi
[ "$failures" = 0 ]
