#include <vethwork/plan/nexthop_operation.hpp>
#include <vethwork/plan/route_operation.hpp>

#include <gtest/gtest.h>

namespace vethwork::plan {
namespace {

using namespace topology;

struct Reader {
    Names names{Names::Loader{}};
    RoutingContext context{.family = {},
                           .names = &names,
                           .vrf_table = [](std::string const& name) -> std::optional<std::uint32_t> {
                               if (name == "red") return 1000;
                               return {};
                           },
                           .ip_protocol = {},
                           .warnings = {}};

    std::vector<std::string> words(std::string_view line) {
        std::vector<std::string> list;
        for (auto const word : split_words(line)) list.emplace_back(word);
        return list;
    }
    Result<PutRoute> put(std::string_view line, RoutePutMode mode = RoutePutMode::add) {
        auto const list = words(line);
        WordReader reader(list);
        return parse_route_put(reader, mode, context);
    }
    Result<DeleteRoute> remove(std::string_view line) {
        auto const list = words(line);
        WordReader reader(list);
        return parse_route_delete(reader, context);
    }
    Result<PutNexthop> nexthop(std::string_view line) {
        auto const list = words(line);
        WordReader reader(list);
        return parse_nexthop_put(reader, NexthopMode::add, context);
    }
};

Route route(std::string_view line) { return Reader{}.put(line).value().route; }
std::string complaint(std::string_view line) {
    auto const read = Reader{}.put(line);
    return read ? "taken" : read.error().attempt;
}

TEST(RouteWords, FillInWhatIsUsual) {
    EXPECT_EQ(route("10.1/16 dev d0").scope, link_scope);
    EXPECT_EQ(route("10.1/16 via 192.0.2.1").scope, global_scope);
    EXPECT_EQ(route("10.1/16 nexthop dev a nexthop dev b").scope, global_scope);
    EXPECT_EQ(route("10.1/16 nhid 5").scope, global_scope);
    EXPECT_EQ(route("local 10.1.2.3 dev lo").scope, host_scope);
    EXPECT_EQ(route("local 10.1.2.3 dev lo").table, local_table);
    EXPECT_EQ(route("broadcast 10.1.2.3 dev lo").scope, link_scope);
    EXPECT_EQ(route("blackhole 10.1.2.3").scope, global_scope);
    EXPECT_EQ(route("2001:db8::/32 dev d0").scope, global_scope);
    EXPECT_EQ(route("10.1/16 dev d0").protocol, boot_protocol);
    auto const found = Reader{}.remove("10.1/16").value().route;
    EXPECT_EQ(found.scope, nowhere_scope);
    EXPECT_EQ(found.type, RouteType::unspecified);
    EXPECT_EQ(found.protocol, unspecified_protocol);
}

TEST(RouteWords, TakeAbbreviationsInTheirOrder) {
    auto const one = route("10.0.0.0/8 via 192.0.2.1 m 5 t 100 pro static reo 3 rea 4 w 9 dsf 10");
    EXPECT_EQ(one.priority, 5u);
    EXPECT_EQ(one.table, 100u);
    EXPECT_EQ(one.protocol, static_protocol);
    EXPECT_EQ(one.metrics[RouteMetric::reordering], 3u);
    EXPECT_EQ(one.realms, 4u);
    EXPECT_EQ(one.metrics[RouteMetric::window], 9u);
    EXPECT_EQ(one.tos, 0x10);
    EXPECT_EQ(route("un 10.0.0.0/8").type, RouteType::unreachable);
    EXPECT_EQ(route("10/8 vrf red dev x").table, 1000u);
}

TEST(RouteWords, FamiliesFollowTheFirstThatTells) {
    EXPECT_EQ(route("default via fe80::1 dev d0").family, Family::ipv6);
    EXPECT_EQ(route("default dev d0").family, Family::ipv4);
    auto const mixed = route("10.0.0.0/8 via inet6 fe80::1 dev d0");
    EXPECT_EQ(mixed.family, Family::ipv4);
    EXPECT_EQ(mixed.via->family, Family::ipv6);
    EXPECT_EQ(complaint("10.0.0.0/8 via fe80::1"),
              "Error: inet address is expected rather than \"fe80::1\".");
}

TEST(RouteWords, Times) {
    EXPECT_EQ(route("default dev d rtt 100").metrics[RouteMetric::rtt], 100u);
    EXPECT_EQ(route("default dev d rtt 100ms").metrics[RouteMetric::rtt], 800u);
    EXPECT_EQ(route("default dev d rttvar 0.5s").metrics[RouteMetric::rttvar], 2000u);
    EXPECT_EQ(route("default dev d rto_min 2SECS").metrics[RouteMetric::rto_min], 2000u);
    EXPECT_TRUE(route("default dev d rto_min 2").metrics.is_locked(RouteMetric::rto_min));
    EXPECT_EQ(complaint("default dev d rtt 5h"),
              "Error: argument \"5h\" is wrong: \"rtt\" value is invalid\n");
}

TEST(RouteWords, ComplainAsIproute2) {
    EXPECT_EQ(complaint("10.0.0.0/8 10.0.0.0/8"),
              "Error: either \"to\" is duplicate, or \"10.0.0.0/8\" is a garbage.");
    EXPECT_EQ(complaint("10.0.0.0/8 metric x"),
              "Error: argument \"x\" is wrong: \"metric\" value is invalid\n");
    EXPECT_EQ(complaint("10.0.0.0/8 via 1.1.1.1 via 1.1.1.2"),
              "Error: argument \"via\" is wrong: use nexthop syntax to specify multiple via\n");
    EXPECT_EQ(complaint("10.0.0.0/8 nexthop via 1.1.1.1 weight 0"),
              "Error: argument \"0\" is wrong: \"weight\" is invalid\n");
    EXPECT_EQ(complaint("10.0.0.0/8 nexthop"), "Error: unexpected end of line after \"nexthop\"");
    EXPECT_EQ(complaint("10.0.0.0/8 nexthop via 1.1.1.1 dev d0 foo"),
              "Error: \"nexthop\" or end of line is expected instead of \"foo\"");
    EXPECT_EQ(complaint("10.0.0.0/8 dev"), incomplete_line().attempt);
    EXPECT_EQ(complaint("10.0.0.0/8 encap mpls 100"), "Error: unexpected end of line after \"encap\"");
    EXPECT_EQ(complaint("10.0.0.0/8 vrf blue dev x"), "Error: argument \"blue\" is wrong: Invalid VRF\n");
    EXPECT_TRUE(complaint("dev d0").starts_with("Usage: ip route"));
    EXPECT_TRUE(complaint("help").starts_with("Usage: ip route"));
}

/// Everything the grammar has, written and read back.
TEST(RouteWords, ReadBack) {
    for (auto const* const line :
         {"default via 192.0.2.1",
          "::/0 dev d0",
          "10.1.0.0/16 dev d0",
          "10.1/16 via inet6 fe80::1 dev d0",
          "unreachable 10.0.0.0/8 metric 4000",
          "local 10.1.1.1 dev lo table main scope global",
          "blackhole 2001:db8::/32",
          "throw 10.2.0.0/16 table 100",
          "nat 10.2.0.0/16 via 1.1.1.1",
          "multicast 239.0.0.0/8 dev d0",
          "anycast 10.3.0.0/16 dev d0",
          "10.0.0.0/8 via 192.0.2.1 src 192.0.2.9 proto static scope site tos 0x10 table 70000 realms 3/4 "
          "onlink dev d0",
          "10.0.0.0/8 nhid 7 proto 99",
          "2001:db8::/32 from 2001:db8:1::/48 via fe80::1 dev d0 pref high expires 60",
          "10.0.0.0/8 dev d0 mtu lock 1400 advmss 1300 hoplimit 5 rtt lock 100ms rttvar 7 rto_min 50ms "
          "window 9 "
          "cwnd 3 initcwnd 4 initrwnd 5 ssthresh 6 reordering 7 features ecn quickack 1 congctl lock cubic "
          "fastopen_no_cookie 0 ttl-propagate disabled",
          "10.0.0.0/8 nexthop via 192.0.2.1 dev d0 weight 256 onlink realms 5 nexthop via inet6 fe80::1 dev "
          "d1 "
          "nexthop encap mpls 100/200 ttl 5 dev d2",
          "10.0.0.0/8 encap ip id 7 src 1.1.1.1 dst 2.2.2.2 ttl 5 tos 0x10 key csum seq dev d0",
          "10.0.0.0/8 encap ip6 id 7 dst fe80::1 hoplimit 5 tc 4 dev d0",
          "10.0.0.0/8 encap ip id 7 geneve_opts 1:2:0a0b0c0d,3:4:01020304 dev d0",
          "10.0.0.0/8 encap ip id 7 vxlan_opts 456 dev d0",
          "10.0.0.0/8 encap ip id 7 erspan_opts 1:55:: dev d0",
          "2001:db8::/32 encap seg6 mode encap segs fc00::1,fc00::2 hmac 5 dev d0",
          "2001:db8::/32 encap seg6 mode inline segs fc00::1 dev d0",
          "10.0.0.0/8 encap xfrm if_id 5 dev d0",
          "10.0.0.0/8 as to 11.0.0.1 dev d0"}) {
        Reader reader;
        for (auto const mode : {RoutePutMode::add, RoutePutMode::append, RoutePutMode::prepend,
                                RoutePutMode::change, RoutePutMode::replace, RoutePutMode::test}) {
            auto const first = reader.put(line, mode);
            ASSERT_TRUE(first) << line << ": " << first.error().attempt;
            auto const words = first->words();
            auto const again = reader.put(join(std::span(words).subspan(2), " "), mode);
            ASSERT_TRUE(again) << join(words, " ") << ": " << again.error().attempt;
            EXPECT_EQ(*again, *first) << join(words, " ");
        }
        auto const first = reader.remove(line).value();
        auto const words = first.words();
        EXPECT_EQ(reader.remove(join(std::span(words).subspan(2), " ")).value(), first) << join(words, " ");
    }
}

TEST(PutRoute, HasAnInverseWhereItIsExact) {
    auto const put = Reader{}.put("10.0.0.0/8 via 192.0.2.1").value();
    ASSERT_TRUE(put.inverse());
    EXPECT_EQ(join(put.inverse()->words(), " "),
              "route delete unicast 10.0.0.0/8 via 192.0.2.1 proto boot scope global");
    EXPECT_FALSE(Reader{}.put("10.0.0.0/8 dev d0", RoutePutMode::replace).value().inverse());
}

TEST(NexthopWords, ReadBack) {
    for (auto const* const line :
         {"id 1 via 192.0.2.1 dev d0", "id 2 blackhole", "id 3 group 1/2,3", "id 3 group 1/2,256 fdb",
          "id 4 group 1 type resilient buckets 8 idle_timer 60 unbalanced_timer 9", "id 5 via 1.1.1.1 fdb",
          "id 6 encap mpls 100 via 1.1.1.1 dev d0 onlink protocol static"}) {
        auto const first = Reader{}.nexthop(line);
        ASSERT_TRUE(first) << line << first.error().attempt;
        auto const words = first->words();
        EXPECT_EQ(Reader{}.nexthop(join(std::span(words).subspan(2), " ")).value(), *first)
            << join(words, " ");
    }
}

TEST(NexthopWords, Complain) {
    auto const said = [](std::string_view line) { return Reader{}.nexthop(line).error().attempt; };
    EXPECT_EQ(said("id x"), "Error: argument \"x\" is wrong: invalid id value");
    EXPECT_EQ(said("id 1 group 1/x/3"), "Error: argument \"1\" is wrong: \"group\" value is invalid\n");
    EXPECT_EQ(said("id 1 group 1,0"), "Error: argument \"0\" is wrong: \"weight\" is invalid\n");
    EXPECT_EQ(said("id 1 frob"), "Error: argument \"frob\" is wrong: ");
    EXPECT_EQ(said("id 1 group 1 type frob"),
              "Error: argument \"frob\" is wrong: \"type\" value is invalid\n");
}

}  // namespace
}  // namespace vethwork::plan
