#!/bin/sh
# tools/test_summary on a made-up result of CTest: the whole text is compared.
set -u
tools=$1
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
tab=$(printf '\t')

# case_of NAME STATUS: a test case; its output on stdin.
case_of() {
    printf '%s<testcase name="%s" classname="%s" time="0.1" status="%s">\n' "$tab" "$1" "$1" "$2"
    printf '%s%s<system-out>' "$tab" "$tab"
    cat
    printf '</system-out>\n%s</testcase>\n' "$tab"
}

{
    echo '<testsuite name="(empty)" tests="5">'
    printf '[  PASSED  ] 15 tests.\n' | case_of base_unit run
    printf '' | case_of tools.check_rooms run
    printf 'a_test.cpp:2: Skipped\nno &quot;vlan&quot; here\n[  SKIPPED ] A.B (0 ms)\n[  PASSED  ] 0 tests.\n[  SKIPPED ] 1 test, listed below:\n' |
        case_of a.A.B notrun
    printf 'SKIPPED: no clang-format 14 here\n' | case_of tools.format_check notrun
    printf '[  SKIPPED ] no sandbox here: unshare: EPERM\n' | case_of a.A.C notrun
    printf 'a_test.cpp:7: Skipped\nno &quot;vlan&quot; here\n[  FAILED  ] A.D (0 ms)\n[  FAILED  ] A.E (1 ms)\n[  PASSED  ] 3 tests.\n' |
        case_of a_unit fail
    echo '</testsuite>'
} >"$box/tests.xml"

cat >"$box/expected" <<'END'
FAILED   a_unit
SKIPPED    2   no "vlan" here
SKIPPED    1   no clang-format 14 here
SKIPPED    1   no sandbox here: unshare: EPERM
SKIPPED   40   no namespaces
check: 19 passed, 2 failed, 44 skipped
END

"$tools/test_summary" "$box/tests.xml" 40 "no namespaces" >"$box/said" && { echo "FAILED: exit 0 with failed tests"; exit 1; }
diff -u "$box/expected" "$box/said" || exit 1

printf '' | case_of only.One run >"$box/tests.xml"
[ "$("$tools/test_summary" "$box/tests.xml")" = "check: 1 passed, 0 failed, 0 skipped" ] || { echo "FAILED: one test"; exit 1; }
"$tools/test_summary" "$box/none.xml" 2>/dev/null && { echo "FAILED: exit 0 without a file"; exit 1; }
exit 0
