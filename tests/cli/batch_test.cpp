// The program called as `ip -batch`: lines, errors, and what is left of a batch that stops.
#include <gtest/gtest.h>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

Outcome batch(std::string_view lines, std::vector<std::string> options = {}) {
    options.insert(options.begin(), as_ip());
    options.insert(options.end(), {"-batch", "-"});
    return run(options, lines);
}

/// Names of the links that exist besides lo, sorted.
std::string links() { return shell("ls /sys/class/net | grep -v '^lo$' | tr '\\n' ' '").out; }

TEST(Batch, ReadsCommentsQuotesAndContinuedLines) {
    auto const done =
        batch("# a lab\n\n\"link\" add 'br0' \\\n type bridge # trailing\nlink\tadd br1\ttype bridge");
    EXPECT_EQ(done.err, "");
    EXPECT_EQ(done.status, 0);
    EXPECT_EQ(links(), "br0 br1 ");
}

TEST(Batch, StopsAtTheFirstErrorAsIfTheRestHadNotBeen) {
    auto const done = batch(
        "link add br0 type bridge\nlink add br0 type bridge\nlink add br1 type bridge\nlink add br2 type "
        "bridge\n");
    EXPECT_EQ(done.status, 1);
    EXPECT_EQ(done.err, "RTNETLINK answers: File exists\nCommand failed -:2\n");
    EXPECT_EQ(links(), "br0 ");
}

TEST(Batch, TakesBackDeletionsOfWhatItMadeItself) {
    std::string const made =
        "link add v0 type veth peer name v1\nlink set v0 up\nlink set v1 up\nlink set v0 mtu 1400\n"
        "address add 192.0.2.1/24 dev v0\nroute add 198.51.100.0/24 via 192.0.2.2\n";
    auto const done = batch(made +
                            "route show 198.51.100.0/24\n"
                            "route add 198.51.100.0/24 via 192.0.2.3\n"
                            "link set v0 mtu 1300\nroute del 198.51.100.0/24 via 192.0.2.2\n"
                            "address del 192.0.2.1/24 dev v0\n");
    EXPECT_EQ(done.status, 1);
    EXPECT_EQ(done.err, "RTNETLINK answers: File exists\nCommand failed -:8\n");
    EXPECT_EQ(shell("ip -br address show v0 | grep -o '192[^ ]*'").out, "192.0.2.1/24\n");
    EXPECT_EQ(shell("ip route show 198.51.100.0/24").out, "198.51.100.0/24 via 192.0.2.2 dev v0 \n");
    EXPECT_EQ(shell("cat /sys/class/net/v0/mtu").out, "1400\n");
}

TEST(Batch, MakesAndTakesAwayAgainAndAgain) {
    std::string lines = "link add v0 type veth peer name v1\nlink set v0 up\nlink set v1 up\n";
    for (int i = 1; i < 200; ++i) {
        auto const n = std::to_string(i);
        lines += "address add 10.0.0." + n + "/32 dev v0\nroute add 10.1.0." + n +
                 "/32 dev v0\nlink set v0 mtu " + std::to_string(1300 + i) + "\nroute del 10.1.0." + n +
                 "/32 dev v0\naddress del 10.0.0." + n + "/32 dev v0\n";
    }
    auto const done = batch(lines + "route del 10.1.0.1/32 dev v0\nlink set v0 mtu 1300\n");
    EXPECT_EQ(done.err, "RTNETLINK answers: No such process\nCommand failed -:999\n");
    EXPECT_EQ(shell("ip -4 address show v0; ip -4 route show dev v0 proto boot").out, "");
    EXPECT_EQ(shell("cat /sys/class/net/v0/mtu").out, "1499\n");
}

TEST(Batch, TakesBackNamespacesToo) {
    auto const done = batch("link add br0 type bridge\nlink add br0 type bridge\nnetns add a\n");
    EXPECT_EQ(done.status, 1);
    EXPECT_EQ(shell("ls /run/netns").out, "");
}

TEST(Batch, GoesOnWithForceAndNamesEveryFailingLine) {
    auto const done = batch(
        "link add br0 type bridge\nlink del nosuch\nlink add br0 type bridge\nlink add br1 type bridge\n",
        {"-force"});
    EXPECT_EQ(done.status, 1);
    EXPECT_EQ(done.err,
              "Cannot find device \"nosuch\"\nCommand failed -:2\n"
              "RTNETLINK answers: File exists\nCommand failed -:3\n");
    EXPECT_EQ(links(), "br0 br1 ");
}

TEST(Batch, CarriesOutWhatWaitsBeforeItShows) {
    auto const done = batch("netns add a\nnetns set a 4\nnetns\nnetns del a\nnetns\n");
    EXPECT_EQ(done.err, "");
    EXPECT_EQ(done.out, "a (id: 4)\n");
}

TEST(Batch, CarriesOutWhatIsBeforeALineThatMakesNoSense) {
    auto done = batch("link add br0 type bridge\nfrob\nlink add br1 type bridge\n");
    EXPECT_EQ(done.status, 1);
    EXPECT_EQ(done.err, "Object \"frob\" is unknown, try \"ip help\".\nCommand failed -:2\n");
    EXPECT_EQ(links(), "br0 ");
    done = batch("link set br0 mtu\nlink add br1 type bridge\n", {"-force"});
    EXPECT_EQ(done.status, 255);
    EXPECT_EQ(done.err, "Command line is not complete. Try option \"help\"\n");
    EXPECT_EQ(links(), "br0 ");
}

TEST(Batch, ReportsAnErrorBeforeALaterOne) {
    auto const done = batch("link add br0 type bridge\nlink add br0 type bridge\nfrob\n");
    EXPECT_EQ(done.err, "RTNETLINK answers: File exists\nCommand failed -:2\n");
    EXPECT_EQ(links(), "br0 ");
}

TEST(Batch, FindsLinksThatStillWaitToBeMade) {
    auto const done = batch(
        "link add br0 type bridge\nlink add v0 type veth peer name v1\nlink set v0 master br0\n"
        "link set v0 name w0\nlink set w0 up\nlink add v0 type bridge\n");
    EXPECT_EQ(done.err, "");
    EXPECT_EQ(done.status, 0);
    EXPECT_EQ(links(), "br0 v0 v1 w0 ");
}

TEST(Batch, ExecutesInTheOrderOfTheLines) {
    auto const done = batch(
        "netns add a\nlink add v0 type veth peer name v1\nlink set v1 netns a\n"
        "netns exec a ls /sys/class/net\nnetns exec a false\nlink add br0 type bridge\n");
    EXPECT_EQ(done.out, "lo\nv1\n");
    EXPECT_EQ(done.err, "Command failed -:5\n");
    EXPECT_EQ(done.status, 1);
    EXPECT_EQ(links(), "v0 ");
}

TEST(Batch, SaysWhatIsWrongWithItsText) {
    auto done = batch("netns add \"a\nnetns add b\n");
    EXPECT_EQ(done.err, "Unterminated quoted string\n");
    EXPECT_EQ(done.status, 1);
    done = batch("netns \\\n");
    EXPECT_EQ(done.err, "Missing continuation line\n");
    done = run({"/run/ip", "-b", "/nonexistent"});
    EXPECT_EQ(done.err, "Cannot open file \"/nonexistent\" for reading: No such file or directory\n");
    EXPECT_EQ(done.status, 1);
}

TEST(Batch, DoesNotWaitForTheNextLineToCarryOutOne) {
    (void)as_ip();
    auto const done = shell(
        "mkfifo /run/fifo; /run/ip -b - < /run/fifo & exec 3>/run/fifo; "
        "echo 'link add br0 type bridge' >&3; i=0; "
        "until ls /sys/class/net | grep -q br0 || [ $i -gt 2000 ]; do i=$((i+1)); done; "
        "ls /sys/class/net | grep br0; exec 3>&-; wait");
    EXPECT_EQ(done.out, "br0\n");
}

TEST(Options, ComplainAsIproute2Does) {
    auto const expect = [](std::vector<std::string> words, int status, std::string const& err) {
        words.insert(words.begin(), as_ip());
        auto const done = run(words);
        EXPECT_EQ(done.err, err);
        EXPECT_EQ(done.status, status);
    };
    expect({"-frob"}, 255, "Option \"-frob\" is unknown, try \"ip -help\".\n");
    expect({"--frob"}, 255, "Option \"-frob\" is unknown, try \"ip -help\".\n");
    expect({"-4x", "link"}, 255, "Option \"-4x\" is unknown, try \"ip -help\".\n");
    expect({"-f", "frob"}, 255, "Error: argument \"frob\" is wrong: invalid protocol family\n");
    expect({"-rc", "x"}, 255, "Invalid rcvbuf size 'x'\n");
    expect({"-c=x"}, 255, "Option \"-c=x\" is unknown, try \"ip -help\".\n");
    expect({"frob"}, 1, "Object \"frob\" is unknown, try \"ip help\".\n");
    expect({"-V", "-frob"}, 0, "");
    EXPECT_EQ(run({"/run/ip", "-V"}).out.substr(0, 33), "ip utility, iproute2-6.1.0, vethw");
    EXPECT_EQ(run({"/run/ip", "help"}).status, 255);
    EXPECT_EQ(run({"/run/ip"}).err.substr(0, 6), "Usage:");
}

}  // namespace
}  // namespace vethwork::test
