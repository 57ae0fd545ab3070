// `ip route`, `ip rule` and `ip nexthop` beside iproute2's own: the same lines in two fresh namespaces must
// give the same output, complaints and exit statuses.
#include <algorithm>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/text.hpp>

#include "support/sandbox.hpp"
#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

/// Routes and next hops of all sorts, on a cable whose ends are both here.
constexpr char const filling[] = R"(
route add 10.1/16 via 192.0.2.2
route add 10.2.0.0/255.255.0.0 dev d0 src 192.0.2.1 metric 7 proto static
route add default via 192.0.2.2 mtu lock 1400 advmss 1300 hoplimit 9 rtt 100ms rttvar 2s rto_min 1500ms window 9 cwnd 3 initcwnd 4 initrwnd 5 ssthresh 6 reordering 7 features ecn quickack 1 congctl cubic fastopen_no_cookie 1
route add 10.3.0.0/16 nexthop via 192.0.2.2 weight 256 nexthop dev d1 weight 3 onlink
route add 10.4.0.0/16 nexthop via 192.0.2.3 dev d0 realms 3/4 nexthop via inet6 fe80::5 dev d0
route add 10.5.0.0/16 via 198.51.100.1 dev d0 onlink table 100 realms 3/4
route add local 10.6.0.1 dev lo
route add broadcast 10.6.0.255 dev d0
route add throw 10.7.0.0/16
route add unreachable 10.8.0.0/16 metric 4278198272
route add prohibit 10.9.0.0/16 tos 0x10
route add blackhole 10.10.0.0/16 dsfield AF11
route add nat 10.11.0.0/16 via 192.0.2.1
route add anycast 10.12.0.0/16 dev d0
route add multicast 239.0.0.0/8 dev d0
route add 10.13.0.0/16 encap ip id 7 dst 192.0.2.9 ttl 5 tos 4 key csum seq via 192.0.2.2
route add 10.14.0.0/16 encap mpls 100/200 ttl 9 via 192.0.2.2
-6 route add 2001:db8:2::/48 via 2001:db8:1::2 metric 5 pref high
-6 route add 2001:db8:3::/48 dev d0 mtu 1400 expires 100000
-6 route add 2001:db8:4::/48 nexthop via 2001:db8:1::2 nexthop via 2001:db8:1::3 weight 4
-6 route add default via fe80::1 dev d0 src 2001:db8:1::1
-6 route add 2001:db8:5::/48 encap seg6 mode encap segs fc00::1,fc00::2 dev d0
-6 route add 2001:db8:6::/48 encap seg6 mode inline segs fc00::1 dev d0
-6 route add 2001:db8:7::/48 encap ip6 id 9 dst fc00::1 hoplimit 4 tc 8 dev d0
-6 route add 2001:db8:8::/48 from 2001:db8:9::/64 dev d0
-6 route add local 2001:db8:a::1 dev lo
-6 route add anycast 2001:db8:b::1 dev d0
-6 route add blackhole 2001:db8:c::/48 table 99
-6 route add throw 2001:db8:d::/48
nexthop add id 1 via 192.0.2.2 dev d0
nexthop add id 2 via 192.0.2.3 dev d0 onlink protocol static
nexthop add id 3 blackhole
nexthop add id 10 group 1,2/2
nexthop add id 11 group 1/2 type resilient buckets 4 idle_timer 60 unbalanced_timer 300
nexthop add id 12 via 192.0.2.9 fdb
nexthop add id 13 group 12 fdb
-6 nexthop add id 4 via 2001:db8:1::2 dev d0
nexthop add id 5 dev d0
nexthop add id 6 encap ip id 7 dst 192.0.2.9 via 192.0.2.2 dev d0
route add 10.20.0.0/16 nhid 10
route add 10.21.0.0/16 nhid 1
route add 10.22.0.0/16 nhid 3
-6 route add 2001:db8:20::/48 nhid 4
route append 10.1.0.0/16 via 192.0.2.3
route prepend 10.1.0.0/16 via 192.0.2.4
route change 10.2.0.0/16 dev d0 metric 7 mtu 1300
route replace 10.3.0.0/16 dev d1
route test 10.1.0.0/16 via 192.0.2.2
route test 10.99.0.0/16 via 192.0.2.2
route chg 10.77.0.0/16 dev d0
)";

constexpr char const routes[] = R"(
route
-d route
-j route
-j -p -d route
-o route
-N route
-N -d -j route
-s route
-6 route
-6 -d route
-6 -j route
-6 -j -p -d route
-6 -o route
-d -6 route show table all
route show table all
-j route show table all
-4 route show table local
-4 -j route show table 100
-6 route show table local
-6 route show table 99
route show root 10/8
route show match 10.1.2.3
route show exact 10.1.0.0/16
route show 10.1.0.0/16
route show to root 10.0.0.0/8 proto static
route show default
route show all
-4 route show all
route show dev d0
route show dev d1
-j route show dev d0
route show via 192.0.2.2
route show via 192.0.2.0/24
route show via inet6 fe80::5
route show src 192.0.2.1
route show proto kernel
-j route show proto kernel
route show scope link
route show scope global
route show scope all
route show type blackhole
route show type unicast
route show type 6 table all
route show tos 0x10
route show metric 7
route show realms 3/4 table 100
route show realms 4 table all
route show realms 3/ table all
route show realms /4 table all
route show table cache
route show cached
-6 route show from 2001:db8:9::/64
-6 route show from root 2001:db8::/32
-6 route show root 2001:db8::/46
-6 route show 2001:db8:3::/48
-6 route show dev d0
route show iif d0
route show mark 5
route show 2001:db8::/32
route del 10.1.0.0/16 via 192.0.2.3
route del 10.1/16
route del 10.1/16
route del 10.1/16
route del 10.1/16
route del 10.3.0.0/16 dev nosuch
route del blackhole 10.10.0.0/16
route del 10.10.0.0/16 tos AF11
-6 route del 2001:db8:4::/48
-6 route del 2001:db8:4::/48 via 2001:db8:1::3
route add 10.30.0.0/16 nexthop dev nosuch
route add 10.30.0.0/16 nexthop via 192.0.2.2 foo
route add 10.30.0.0/16 nexthop
route add 10.30.0.0/16 nexthop via 192.0.2.2 weight 257
route add 10.30.0.0/16 nexthop via 198.51.100.1
route add 10.30.0.0/16 via 198.51.100.1
route add 10.30.0.0/16 dev nosuch
route add 10.30.0.0/16 metric x
route add 10.30.0.0/16 table x
route add 10.30.0.0/16 proto x
route add 10.30.0.0/16 scope x
route add 10.30.0.0/16 tos x
route add 10.30.0.0/16 mtu x
route add 10.30.0.0/16 hoplimit 256
route add 10.30.0.0/16 advmss x
route add 10.30.0.0/16 rtt x
route add 10.30.0.0/16 rtt 5y
route add 10.30.0.0/16 features x
route add 10.30.0.0/16 quickack 2
route add 10.30.0.0/16 quickack x
route add 10.30.0.0/16 congctl nosuchalgo dev d0
route add 10.30.0.0/16 realms x
route add 10.30.0.0/16 nhid x
route add 10.30.0.0/16 nhid 99
route add 10.30.0.0/16 nhid 1 dev d0
route add 10.30.0.0/16 vrf d0
route add 10.30.0.0/16 pref x
route add 10.30.0.0/16 ttl-propagate x
route add 10.30.0.0/16 encap frob x y
route add 10.30.0.0/16 encap mpls
route add 10.30.0.0/16 encap mpls 5
route add 10.30.0.0/16 encap mpls x dev d0
route add 10.30.0.0/16 encap ip id x dev d0
route add 10.30.0.0/16 encap ip id 1 id 2 dev d0
route add 10.30.0.0/16 encap ip dst fe80::1 dev d0
route add 10.30.0.0/16 encap seg6 segs fc00::1 dev d0
route add 10.30.0.0/16 encap seg6 mode x segs fc00::1 dev d0
route add 10.30.0.0/16 via 192.0.2.2 via 192.0.2.3
route add 10.30.0.0/16 10.31.0.0/16
route add 10.30.0.0/16 src 10.0.0.1 dev d0
route add 10.30.0.0/16 src x
route add 10.30.0.1/16 dev d0
route add dev d0
route add
route add help
route frob
route help
route show table
route show proto x
route show scope x
route show type x
route show dev nosuch
route show iif nosuch
route show metric x
route show realms x
route show vrf d0
route show via x
route show tos x
route show mark x
route show table all
route
-6 route
)";

constexpr char const ways[] = R"(
route get 10.1.2.3
-j route get 10.1.2.3
-d route get 10.1.2.3
route get 10.3.0.5
route get 10.20.1.1
route get fibmatch 10.20.1.1
route get fibmatch 10.4.1.1
route get fibmatch 8.8.8.8
-d route get fibmatch 8.8.8.8
route get 8.8.8.8
route get 127.0.0.1
-j -p route get 127.0.0.1
route get 192.0.2.255
route get 239.1.1.1
route get 192.0.2.1
route get 10.7.1.1
route get 10.8.1.1
route get 10.9.1.1 tos 0x10
route get 10.10.1.1
route get 10.1.2.3 mark 7
route get 10.1.2.3 mark 0x17
route get 10.1.2.3 uid 1000
route get 10.1.2.3 oif d1
route get 10.1.2.3 dev d0
route get 10.1.2.3 from 192.0.2.1
route get 10.1.2.3 from 192.0.2.9 iif d0
route get 10.1.2.3 connected
route get 10.1.2.3/24
route get to 10.1.2.3 ipproto udp sport 5 dport 6
route get 10.1.2.3 ipproto frob
route get 10.1.2.3 sport 70000
route get 10.13.1.1
route get 2001:db8:2::1
-j route get 2001:db8:2::1
-d route get 2001:db8:2::1
route get 2001:db8:2::1/64
route get 2001:db8:4::1
route get fibmatch 2001:db8:4::1
route get 2001:db8:5::1
route get ::1
route get ff02::1 oif d0
route get 2001:db8:c::1
route get 2001:db8:3::1
route get default
route get
route get 10.1.2.3 oif nosuch
route get 10.1.2.3 vrf d0
route get fe80::1 dev d0
)";

constexpr char const nexthops[] = R"(
nexthop
-d nexthop
-j nexthop
-j -p -d nexthop
-6 nexthop
nexthop show dev d0
nexthop show groups
nexthop show fdb
nexthop show proto 4
nexthop show id 10
nexthop get id 11
-j nexthop get id 11
nexthop get id 99
nexthop get
nexthop get id x
nexthop show id
nexthop show dev nosuch
nexthop show vrf d0
nexthop show master d0
nexthop frob
nexthop add id 20 dev nosuch
nexthop add id 20 dev d0 via fe80::1
nexthop add id 20 via 2001:db8:1::2 dev d0
nexthop add id 1 via 192.0.2.2 dev d0
nexthop add id 21
nexthop add id 21 group 1,0
nexthop add id 21 group 1,300
nexthop add id 21 group x
nexthop add id 21 group 1/99
nexthop add id 21 group 1 type frob
nexthop add id 21 frob
nexthop add dev d0
nexthop replace id 2 via 192.0.2.7 dev d0
nexthop del id 99
nexthop del
nexthop flush id 99
nexthop flush proto 4
nexthop help
nexthop
)";

constexpr char const rules[] = R"(
rule add from 10.1.0.0/16 lookup 100 pref 10
rule add not from 10.1.0.0/16 to 10.2.0.1 tos 0x10 fwmark 5/0xff lookup 70000 pref 11
rule add iif lo oif d0 uidrange 0-1000 ipproto tcp sport 80 dport 1000-2000 lookup 7 pref 12
rule add goto 500 pref 13
rule add pref 500 nop
rule add blackhole from 10.3.0.0/16
rule add type unreachable to 10.3.0.0/16 pref 15
rule add prohibit iif nosuch pref 16
rule add l3mdev pref 1000 protocol kernel
rule add lookup main suppress_prefixlength 0 pref 17
rule add lookup main suppress_ifgroup 5 pref 18
rule add from 10/8 realms 3/4 lookup 7 pref 19 protocol static
rule add from 10/8 realms 4 lookup 7 pref 20
rule add tun_id 77 lookup 5 pref 21
rule add fwmark 0 lookup 5 pref 22
rule add fwmark 5 lookup local pref 23 ipproto 200
rule add goto 100000 pref 24
rule add from 2001:db8::/32 lookup 5 pref 25
-6 rule add from 2001:db8::/32 to ::1 lookup 5 pref 25
-6 rule add from all lookup 7
rule add from default lookup 7 pref 26
rule add to any lookup 8 pref 27
rule add nat 1.2.3.4 pref 28
rule
-d rule
-j rule
-j -p -d rule
-N rule
-6 rule
-6 -j rule
rule show from 10.1.0.0/16
rule show from 10.1.2.0/24
rule show from 10/8
rule show pref 12
rule show not
rule show tos 0x10
rule show fwmark 5
rule show fwmark 5/0xff
rule show iif lo
rule show oif d0
rule show l3mdev
rule show uidrange 0-1000
rule show table 7
rule show lookup main
rule show ipproto tcp
rule show sport 80
rule show dport 1000-2000
rule show tun_id 77
rule show to 10.2.0.1
rule show 10.2.0.1
rule show protocol static
rule show iif toolonginterfacename
rule add
rule del
rule add l3mdev table 5
rule add sport x
rule add uidrange 5
rule add suppress_prefixlength -1
rule add from 10.0.0.0/33
rule add iif a/b
rule add goto x
rule add goto 5 pref 10
rule add pref 10 from 10.1.0.0/16 lookup 100
rule add protocol 300
rule add fwmark
rule frob
rule help
rule add help
rule save x
rule del pref 10
rule del pref 9999
rule del from 10.3.0.0/16
rule del fwmark 5 lookup local
rule flush protocol static
rule
rule flush table 7
rule
rule flush
rule
-j rule flush
-6 rule flush
-6 rule
)";

constexpr char const flushes[] = R"(
route flush
route flush table 999
route flush table 100
-s route flush table 100
-s -s route flush proto static
route flush 10.6.0.1
-6 route flush table 99
route show table all
)";

struct Said {
    std::string line;
    Outcome outcome;
};

/// A usage text is the program's own; of it only the first word counts. Ages differ.
std::string comparable(std::string text) {
    if (text.starts_with("Usage:")) return "Usage:";
    for (std::size_t at = text.find("expires"); at != std::string::npos; at = text.find("expires", at + 1)) {
        auto const digits = text.find_first_of("0123456789", at);
        auto const end = text.find_first_not_of("0123456789", digits);
        text.erase(digits, end - digits);
    }
    return text;
}

std::vector<std::string> words_of(std::string_view line, std::string const& ip) {
    std::vector<std::string> words{ip};
    for (auto const word : split_words(line)) words.emplace_back(word);
    return words;
}

/// Whether d1's own IPv6 routes stand before d0's, as they mostly do: the kernel adds them when it hears of
/// the carriers, in an order that is not ours to choose. Waits until all of them are there.
bool routes_stand_in_order() {
    for (int round = 0; round < 200; ++round) {
        auto const table = shell("ip -6 route show table all").out;
        auto const local_0 = table.find("fe80::/64 dev d0"), local_1 = table.find("fe80::/64 dev d1");
        auto const group_0 = table.find("multicast ff00::/8 dev d0"),
                   group_1 = table.find("multicast ff00::/8 dev d1");
        if (std::max({local_0, local_1, group_0, group_1}) != std::string::npos)
            return local_1 < local_0 && group_1 < group_0;
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return false;
}

bool make_two_links() {
    EXPECT_TRUE(new_network_namespace());
    (void)write_file("/proc/sys/net/ipv6/conf/default/accept_dad", "0");
    EXPECT_EQ(shell("ip link set lo up && ip link add d0 address 02:00:00:00:00:0a type veth "
                    "peer name d1 address 02:00:00:00:00:0b && ip link set d0 up && ip link set d1 up")
                  .status,
              0);
    return routes_stand_in_order();
}

/// The lines in a namespace of their own, each by `ip`.
std::vector<Said> say(std::string const& ip, std::string_view lines) {
    bool in_order = false;
    for (int round = 0; round < 20 && !in_order; ++round) in_order = make_two_links();
    EXPECT_TRUE(in_order);
    EXPECT_EQ(shell("ip addr add 192.0.2.1/24 dev d0 && ip addr add 2001:db8:1::1/64 dev d0 nodad").status,
              0);
    std::vector<Said> said;
    for (auto const line : split(lines, '\n'))
        if (!line.empty()) said.push_back({std::string(line), run(words_of(line, ip))});
    return said;
}

void compare(std::string_view lines) {
    if (!has_program("ip")) GTEST_SKIP() << "iproute2's ip is not here";
    auto const real = say("ip", lines), ours = say(as_ip(), lines);
    for (std::size_t i = 0; i < real.size(); ++i) {
        SCOPED_TRACE("ip " + real[i].line);
        EXPECT_EQ(ours[i].outcome.status, real[i].outcome.status);
        EXPECT_EQ(comparable(ours[i].outcome.out), comparable(real[i].outcome.out));
        EXPECT_EQ(comparable(ours[i].outcome.err), comparable(real[i].outcome.err));
    }
}

TEST(Routing, ShowsRoutes) { compare(std::string(filling) + routes); }
TEST(Routing, FindsWays) { compare(std::string(filling) + ways); }
TEST(Routing, ShowsNexthops) { compare(std::string(filling) + nexthops); }
TEST(Routing, ShowsRules) { compare(rules); }
TEST(Routing, Flushes) { compare(std::string(filling) + flushes); }

// Long lists go out in pieces, while names of links are still asked for.
TEST(Routing, ListsAThousandRoutes) {
    if (!has_program("ip")) GTEST_SKIP() << "iproute2's ip is not here";
    (void)as_ip();
    ASSERT_TRUE(make_two_links());
    ASSERT_EQ(shell("ip addr add 192.0.2.1/24 dev d0 && for i in $(seq 0 999); do "
                    "echo route add 198.18.$((i / 250)).$((i % 250))/32 dev d$((i % 2)); done | ip -batch -")
                  .status,
              0);
    for (std::string const options : {"", "-j ", "-j -p ", "-o "}) {
        auto const real = shell("ip " + options + "route show");
        EXPECT_GT(split(real.out, options == "-j " ? '{' : '\n').size(), 1000u);
        EXPECT_EQ(shell("/run/ip " + options + "route show").out, real.out);
    }
}

TEST(Routing, FlushesWhatNextHopObjectsCarry) {
    auto const said =
        say(as_ip(),
            "nexthop add id 1 via 192.0.2.2 dev d0\nroute add 10.1.0.0/16 nhid 1\n"
            "nexthop add id 3 blackhole\nroute add 10.2.0.0/16 nhid 3\nroute flush root 10.0.0.0/8\nroute");
    EXPECT_EQ(said[4].outcome.err, "");
    EXPECT_EQ(said[5].outcome.out, "192.0.2.0/24 dev d0 proto kernel scope link src 192.0.2.1 \n");
}

TEST(Routing, SavesAndRestores) {
    (void)say(as_ip(), "route add 10.1.0.0/16 via 192.0.2.2\nrule add from 10.1.0.0/16 lookup 100 pref 10");
    EXPECT_EQ(shell("/run/ip route save proto boot > /run/saved && /run/ip route flush proto boot && "
                    "/run/ip route restore < /run/saved && /run/ip route show proto boot && "
                    "/run/ip route showdump < /run/saved")
                  .out,
              "10.1.0.0/16 via 192.0.2.2 dev d0 \n10.1.0.0/16 via 192.0.2.2 dev d0 \n");
    EXPECT_EQ(shell("/run/ip rule save > /run/rules && /run/ip rule del pref 10 && "
                    "/run/ip rule restore < /run/rules 2> /dev/null; /run/ip rule show pref 10")
                  .out,
              "10:\tfrom 10.1.0.0/16 lookup 100\n");
    EXPECT_EQ(shell("/run/ip route restore < /run/rules 2>&1").out,
              "Magic mismatch (1 elems, 71706986 magic)\n");
}

}  // namespace
}  // namespace vethwork::test
