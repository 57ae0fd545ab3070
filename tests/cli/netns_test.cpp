// The program called as `ip netns …`: whole output, errors, exit status.
#include <gtest/gtest.h>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

/// The program under the name `ip`, so that it is a drop-in.
Outcome ip(std::vector<std::string> words) {
    words.insert(words.begin(), as_ip());
    return run(words);
}

void expect(std::vector<std::string> const& words, int status, std::string const& out,
            std::string const& err) {
    auto const outcome = ip(words);
    std::string line;
    for (auto const& word : words) line += word + " ";
    EXPECT_EQ(outcome.status, status) << line;
    EXPECT_EQ(outcome.out, out) << line;
    EXPECT_EQ(outcome.err, err) << line;
}

TEST(IpNetns, AddsListsAndDeletes) {
    expect({"netns"}, 0, "", "");
    expect({"netns", "add", "a"}, 0, "", "");
    expect({"netns", "set", "a", "5"}, 0, "", "");
    expect({"netns"}, 0, "a (id: 5)\n", "");
    expect({"-j", "netns", "list"}, 0, "[{\"name\":\"a\",\"id\":5}]\n", "");
    expect({"netns", "list-id"}, 0, "nsid 5 (iproute2 netns name: a)\n", "");
    expect({"netns", "del", "a"}, 0, "", "");
    expect({"netns", "list"}, 0, "", "");
}

TEST(IpNetns, ComplainsAsIproute2Does) {
    expect({"netns", "add"}, 1, "", "No netns name specified\n");
    expect({"netns", "add", "a/b"}, 255, "", "Invalid netns name \"a/b\"\n");
    expect({"netns", "del", "zz"}, 1, "",
           "Cannot remove namespace file \"/run/netns/zz\": No such file or directory\n");
    expect({"netns", "set", "zz", "1"}, 1, "",
           "Cannot open network namespace \"zz\": No such file or directory\n");
    expect({"netns", "pids", "zz"}, 1, "", "Cannot open network namespace: No such file or directory\n");
    expect({"netns", "identify", "abc"}, 1, "", "Specified string 'abc' is not a pid\n");
    expect({"netns", "exec", "zz", "true"}, 255, "",
           "Cannot open network namespace \"zz\": No such file or directory\n");
    expect({"netns", "exec", "zz"}, 1, "", "No command specified\n");
    expect({"netns", "frob"}, 255, "", "Command \"frob\" is unknown, try \"ip netns help\".\n");
    expect({"netns", "list-id", "target-nsid", "77"}, 1, "",
           "Error: Invalid target network namespace id.\nDump terminated\n");
}

TEST(IpNetns, BecomesTheProgramItExecutes) {
    expect({"netns", "add", "a"}, 0, "", "");
    expect({"netns", "exec", "a", "sh", "-c", "exit 7"}, 7, "", "");
    expect({"netns", "exec", "a", "ls", "/sys/class/net"}, 0, "lo\n", "");
    auto const shown = shell("sh -c 'echo $$; exec /run/ip netns exec a sh -c \"echo \\$\\$\"'");
    auto const half = shown.out.size() / 2;
    EXPECT_EQ(shown.out.substr(0, half), shown.out.substr(half)) << shown.out;
}

TEST(IpNetns, ExecutesInAll) {
    expect({"netns", "add", "a"}, 0, "", "");
    expect({"-all", "netns", "exec", "echo", "hi"}, 0, "\nnetns: a\nhi\n", "");
    expect({"-all", "netns", "delete"}, 0, "", "");
    expect({"netns"}, 0, "", "");
}

TEST(IpNetns, WorksInANamespaceByOption) {
    expect({"netns", "add", "a"}, 0, "", "");
    expect({"-n", "a", "netns", "identify"}, 0, "a\n", "");
    expect({"-n", "zz", "link"}, 255, "",
           "Cannot open network namespace \"zz\": No such file or directory\n");
}

}  // namespace
}  // namespace vethwork::test
