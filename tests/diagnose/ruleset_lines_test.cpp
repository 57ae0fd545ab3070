#include <gtest/gtest.h>

#include <vethwork/diagnose/ruleset_lines.hpp>

namespace vethwork::diagnose {
namespace {

constexpr char text[] = R"(# what branch lets pass
define web = { 80, 443 }
table inet fw {
  set friends {
    type ipv4_addr
    elements = { 10.0.0.1,
                 10.0.0.2 }
  }
  chain forward {
    type filter hook forward priority 0; policy drop;
    ct state established,related accept
    tcp dport $web accept comment "the {web}"; udp dport {
      53, 67 } accept
    ip saddr @friends counter drop
  }
  chain input {
    type filter hook input priority 0
    policy drop
    icmp type echo-request drop
  }
}
add rule inet fw input tcp dport 22 accept
insert rule inet fw input iifname lo accept
add chain ip nat post { type nat hook postrouting priority 100; }
add rule nat post oifname "eth0" masquerade
)";

std::vector<std::string> const forward = {
    "ct state established,related accept", R"(tcp dport { 80, 443 } accept comment "the {web}")",
    "udp dport { 53, 67 } accept", "ip saddr @friends counter packets 7 bytes 588 drop"};

std::uint32_t line(RulePlace const& rule) {
    auto const found = line_of_rule(text, rule);
    return !found ? 0 : found->is_missing ? 1000 + found->line : found->line;
}

TEST(LineOfRule, IsFoundInBlocksThatTheKernelWritesItsOwnWay) {
    EXPECT_EQ(line({"inet fw forward", forward, 0}), 11u);
    EXPECT_EQ(line({"inet fw forward", forward, 1}), 12u);
    EXPECT_EQ(line({"inet fw forward", forward, 2}), 12u);
    EXPECT_EQ(line({"inet fw forward", forward, 3}), 14u);
}

TEST(LineOfRule, OfAPolicyIsWhereThatIsTold) {
    EXPECT_EQ(line({"inet fw forward", forward, {}}), 10u);
    EXPECT_EQ(line({"inet fw input",
                    {"iifname \"lo\" accept", "icmp type echo-request drop", "tcp dport 22 accept"},
                    {}}),
              18u);
}

TEST(LineOfRule, IsFoundInCommands) {
    std::vector<std::string> const input = {"iifname \"lo\" accept", "icmp type echo-request drop",
                                            "tcp dport 22 accept"};
    EXPECT_EQ(line({"inet fw input", input, 0}), 23u);
    EXPECT_EQ(line({"inet fw input", input, 1}), 19u);
    EXPECT_EQ(line({"inet fw input", input, 2}), 22u);
    EXPECT_EQ(line({"ip nat post", {"oifname \"eth0\" masquerade"}, 0}), 25u);
}

TEST(LineOfRule, IsNoneOfARuleThatNobodyAskedFor) {
    auto more = forward;
    more.insert(more.begin(), "ip daddr 10.9.9.9 drop");
    EXPECT_EQ(line({"inet fw forward", more, 0}), 0u);
    EXPECT_EQ(line({"inet fw forward", more, 4}), 14u) << "the others are found all the same";
    EXPECT_EQ(line({"inet fw other", forward, 0}), 0u);
}

TEST(LineOfRule, IsThatOfARuleThatWasTakenAway) {
    auto less = forward;
    less.erase(less.begin() + 2);
    EXPECT_EQ(line({"inet fw forward", less, {}}), 1012u);
    EXPECT_EQ(line({"inet fw forward", less, 1}), 12u) << "what is missing comes later";
}

}  // namespace
}  // namespace vethwork::diagnose
