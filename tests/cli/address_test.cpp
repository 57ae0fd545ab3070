// The program called as `ip address …` and `ip neighbour …`: what it says, and that it says what the real ip
// says.
#include <gtest/gtest.h>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

/// The program under the name `ip`, so that it is a drop-in.
Outcome ip(std::string const& line) { return shell(as_ip() + " " + line); }

void expect(std::string const& line, int status, std::string const& out, std::string const& err) {
    auto const outcome = ip(line);
    EXPECT_EQ(outcome.status, status) << line;
    EXPECT_EQ(outcome.out, out) << line;
    EXPECT_EQ(outcome.err, err) << line;
}

/// Both ends of a cable with fixed addresses, up, and with nothing the kernel adds by itself.
void make_cable() {
    ASSERT_EQ(shell("echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6").status, 0);
    for (auto const* const line : {"link add v0 type veth peer name v1", "link set v0 up", "link set v1 up"})
        ASSERT_EQ(ip(line).status, 0) << line;
    ASSERT_EQ(shell("echo 0 > /proc/sys/net/ipv6/conf/v0/disable_ipv6").status, 0);
}

TEST(IpAddress, AddsShowsAndDeletes) {
    make_cable();
    expect("addr add 10.0.0.1/24 brd + dev v0", 0, "", "");
    expect("-4 -br -j addr show to 10.0.0.0/8 label v0", 0,
           "[{\"addr_info\":[{\"local\":\"10.0.0.1\",\"prefixlen\":24}]}]\n", "");
    expect("addr del 10.0.0.1 dev v0", 0, "",
           "Warning: Executing wildcard deletion to stay compatible with old scripts.\n"
           "         Explicitly specify the prefix length (10.0.0.1/32) to avoid this warning.\n"
           "         This special behaviour is likely to disappear in further releases,\n"
           "         fix your scripts!\n");
    expect("-o -4 addr", 0, "", "");
}

TEST(IpAddress, ComplainsAsIproute2Does) {
    make_cable();
    expect("addr add 10.0.0.1/24", 1, "", "Not enough information: \"dev\" argument is required.\n");
    expect("addr add 10.0.0.1/24 dev nosuch", 1, "", "Cannot find device \"nosuch\"\n");
    expect("addr add 10.0.0.1/24 dev v0 valid_lft 0", 1, "", "valid_lft is zero\n");
    expect("-6 addr add 10.0.0.1/24 dev v0", 1, "",
           "Error: inet6 prefix is expected rather than \"10.0.0.1/24\".\n");
    expect("addr add 10.0.0.1/24 dev v0 frob", 255, "",
           "Error: either \"local\" is duplicate, or \"frob\" is a garbage.\n");
    expect("addr show nosuch", 1, "", "Device \"nosuch\" does not exist.\n");
    expect("addr show vrf v0", 255, "", "Error: argument \"v0\" is wrong: Not a valid VRF name\n\n");
    expect("addr flush", 1, "", "Flush requires arguments.\n");
    expect("-0 addr flush dev v0", 1, "", "Cannot flush link addresses.\n");
    expect("addr frob", 255, "", "Command \"frob\" is unknown, try \"ip address help\".\n");
    expect("addr showdump < /dev/null", 255, "", "Magic mismatch (0 elems, 0 magic)\n");
}

TEST(IpAddress, FlushTellsItsRounds) {
    make_cable();
    ASSERT_EQ(ip("addr add 10.0.0.1/24 dev v0").status, 0);
    ASSERT_EQ(ip("addr add 10.0.0.2/24 dev v0").status, 0);
    expect("-s addr flush dev v0 to 10.0.0.0/8", 0,
           "\n*** Round 1, deleting 2 addresses ***\n*** Flush is complete after 1 round ***\n", "");
    expect("-s addr flush dev v0 to 10.0.0.0/8", 0, "Nothing to flush.\n", "");
}

TEST(IpAddress, RestoresWhatItSaved) {
    make_cable();
    ASSERT_EQ(ip("addr add 10.0.0.1 peer 10.0.0.2/24 dev v0").status, 0);
    auto const before = ip("-o -4 addr").out;
    ASSERT_FALSE(before.empty());
    ASSERT_EQ(ip("-4 addr save > /run/saved").status, 0);
    ASSERT_EQ(ip("-4 addr flush dev v0").status, 0);
    EXPECT_EQ(ip("addr restore < /run/saved").status, 0);
    EXPECT_EQ(ip("-o -4 addr").out, before);
}

TEST(IpAddress, ShowsWhatTheRealIpShows) {
    if (!has_program("ip")) GTEST_SKIP() << "no iproute2 here";
    make_cable();
    for (auto const* const line :
         {"addr add 10.0.0.1/24 brd + dev v0", "addr add 10.0.0.2/24 dev v0 label v0:x",
          "addr add 10.1.0.1 peer 10.1.0.2/30 dev v0 scope link metric 9",
          "addr add 10.2.0.1/8 dev v1 noprefixroute scope 42", "addr add 2001:db8::1/64 dev v0 nodad home",
          "addr add 2001:db8:1::1 peer 2001:db8:1::2 dev v0 nodad preferred_lft 0"})
        ASSERT_EQ(ip(line).status, 0) << line;
    for (auto const* const line :
         {"-o addr", "-o -j addr", "-o -p -j addr", "-o -4 addr", "-o -6 -j addr", "-o -c addr", "-o -N addr",
          "-o addr show scope link", "-o addr show to 10.0.0.0/24", "-o addr show label 'v0*'",
          "-o addr show deprecated", "-o addr show secondary", "-o addr show -secondary",
          "-o addr show dynamic", "-o addr show nodad dev v0", "-o addr show up",
          "-br addr show label v0:x"}) {
        auto const real = shell(std::string("ip ") + line);
        auto const ours = ip(line);
        EXPECT_EQ(ours.out, real.out) << line;
        EXPECT_EQ(ours.err, real.err) << line;
        EXPECT_EQ(ours.status, real.status) << line;
    }
}

TEST(IpNeighbour, ComplainsAsIproute2Does) {
    make_cable();
    expect("neigh add 192.0.2.1", 255, "", "Device and destination are required arguments.\n");
    expect("neigh add 192.0.2.1 lladdr zz dev v0", 1, "", "\"zz\" is invalid lladdr.\n");
    expect("neigh del 192.0.2.1 dev v0", 2, "", "RTNETLINK answers: No such file or directory\n");
    expect("neigh get 192.0.2.1", 1, "", "Device and address are required arguments.\n");
    expect("neigh show nud frob", 255, "", "Error: argument \"frob\" is wrong: nud state is bad\n");
    expect("neigh flush", 1, "", "Flush requires arguments.\n");
    expect("neigh frob", 255, "", "Command \"frob\" is unknown, try \"ip neigh help\".\n");
}

TEST(IpNeighbour, FlushSparesPermanentEntries) {
    make_cable();
    ASSERT_EQ(ip("neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev v0").status, 0);
    ASSERT_EQ(ip("neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev v0 nud stale").status, 0);
    expect("-4 neigh flush all", 0, "", "");
    expect("-4 neigh", 0, "192.0.2.1 dev v0 lladdr 02:00:00:00:00:01 PERMANENT \n", "");
}

TEST(IpNeighbour, ShowsWhatTheRealIpShows) {
    if (!has_program("ip")) GTEST_SKIP() << "no iproute2 here";
    make_cable();
    for (auto const* const line :
         {"neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev v0", "neigh add proxy 192.0.2.9 dev v0",
          "neigh add 192.0.2.2 lladdr 02:00:00:00:00:02 dev v0 nud stale protocol static",
          "neigh add 192.0.2.3 lladdr 02:00:00:00:00:03 dev v1 nud noarp",
          "neigh add 2001:db8::2 lladdr 02:00:00:00:00:04 dev v0 router"})
        ASSERT_EQ(ip(line).status, 0) << line;
    for (auto const* const line :
         {"neigh", "-j neigh", "-p -j neigh", "-br neigh", "-c neigh", "-4 neigh show dev v0",
          "-j neigh show proxy", "-4 neigh show nud all", "neigh show nud noarp dev v1 to 192.0.2.0/24",
          "neigh show protocol static", "neigh show 192.0.2.1", "neigh get 192.0.2.2 dev v0",
          "neigh get proxy 192.0.2.9 dev v0"}) {
        auto const real = shell(std::string("ip ") + line);
        auto const ours = ip(line);
        EXPECT_EQ(ours.out, real.out) << line;
        EXPECT_EQ(ours.err, real.err) << line;
        EXPECT_EQ(ours.status, real.status) << line;
    }
}

}  // namespace
}  // namespace vethwork::test
