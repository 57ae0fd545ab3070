#include <vethwork/plan/rule_operation.hpp>

#include <gtest/gtest.h>

namespace vethwork::plan {
namespace {

using namespace topology;

struct Reader {
    Names names{Names::Loader{}};
    RoutingContext context{.family = {},
                           .names = &names,
                           .vrf_table = {},
                           .ip_protocol = [](std::string const& name) -> std::optional<std::uint8_t> {
                               if (name == "tcp") return 6;
                               return {};
                           },
                           .warnings = {}};

    Result<PutRule> put(std::string_view line) {
        std::vector<std::string> list;
        for (auto const word : split_words(line)) list.emplace_back(word);
        WordReader reader(list);
        return parse_rule_add(reader, context);
    }
};

Rule rule(std::string_view line) { return Reader{}.put(line).value().rule; }
std::string complaint(std::string_view line) {
    auto const read = Reader{}.put(line);
    return read ? "taken" : read.error().attempt;
}

TEST(RuleWords, FillInWhatIsUsual) {
    EXPECT_EQ(rule("from 10.1/16").table, main_table);
    EXPECT_EQ(rule("from 10.1/16 lookup 100").table, 100u);
    EXPECT_EQ(rule("from 10.1/16 blackhole").table, 0u);
    EXPECT_EQ(rule("l3mdev").table, 0u);
    EXPECT_EQ(rule("not from all fwmark 5/0xff").flags, rule_flag::invert);
    EXPECT_EQ(rule("from 10.1/16 prohibit").action, RuleAction::prohibit);
    EXPECT_EQ(rule("sport 80").source_ports, (PortRange{80, 80}));
    EXPECT_EQ(rule("from 10.1/16 goto 500").target, 500u);
}

TEST(RuleWords, ReadBack) {
    for (auto const* const line :
         {"from 10.1.0.0/16 lookup 100 pref 10", "not from 10.1.0.0/16 to 10.2.0.1 tos 0x10 fwmark 0x5/0xff",
          "iif lo oif eth0 uidrange 0-1000 ipproto tcp sport 80 dport 1000-2000 lookup 7", "goto 500 pref 5",
          "pref 500 nop", "blackhole from 10.3.0.0/16", "l3mdev pref 1000 protocol kernel",
          "lookup main suppress_prefixlength 0 suppress_ifgroup 5", "from 10/8 realms 3/4 lookup 70000",
          "from 10/8 realms 1001818 lookup 70000", "from 10/8 goto 216 multicast",
          "from 10/8 nat 10.1.0.1 goto 5", "goto 5 nat 10.1.0.1", "prohibit nat 10.1.0.1", "nat 10.1.0.1",
          "goto 5 type 1 lookup 7", "tun_id 77 lookup 5", "to 10.3.0.0/16 unreachable"}) {
        Reader reader;
        auto const first = reader.put(line);
        ASSERT_TRUE(first) << line << ": " << first.error().attempt;
        auto const words = first->words();
        EXPECT_EQ(reader.put(join(std::span(words).subspan(2), " ")).value(), *first) << join(words, " ");
    }
}

TEST(RuleWords, ComplainAsIproute2) {
    EXPECT_EQ(complaint(""), "\"ip rule add\" requires arguments.");
    EXPECT_EQ(complaint("frob"), "Error: argument \"frob\" is wrong: Failed to parse rule type");
    EXPECT_EQ(complaint("fwmark xyz"), "Error: argument \"xyz\" is wrong: fwmark value is invalid\n");
    EXPECT_EQ(complaint("fwmark 1/x"), "Error: argument \"x\" is wrong: fwmask value is invalid\n");
    EXPECT_EQ(complaint("ipproto frob"), "Error: argument \"frob\" is wrong: Invalid \"ipproto\" value\n");
    EXPECT_EQ(complaint("uidrange 5"), "Error: argument \"5\" is wrong: invalid UID range\n");
    EXPECT_EQ(complaint("l3mdev table 5"), l3_table_complaint);
    EXPECT_EQ(complaint("from"), incomplete_line().attempt);
}

TEST(PutRule, SaysItsFamilyAndHasAnInverse) {
    Reader reader;
    reader.context.family = Family::ipv6;
    auto const put = reader.put("from 2001:db8::/32 lookup 100").value();
    EXPECT_EQ(join(put.words(), " "), "-6 rule add from 2001:db8::/32 lookup 100");
    EXPECT_EQ(put.inverse()->rule, put.rule);
}

}  // namespace
}  // namespace vethwork::plan
