#include <vethwork/plan/link_kinds.hpp>
#include <vethwork/plan/link_operation.hpp>
#include <vethwork/plan/operation.hpp>

#include <linux/if.h>

#include <gtest/gtest.h>

namespace vethwork::plan {
namespace {

using Words = std::vector<std::string>;

Words words_in(std::string_view line) {
    Words words;
    for (auto const word : split_words(line)) words.emplace_back(word);
    return words;
}

/// Reads a line behind `ip link`, prints it, reads that, and wants the same value.
void expect_round_trip(std::string const& line) {
    auto const words = words_in(line);
    auto const verb = words.front();
    auto const read = [&verb](Words const& all, std::size_t skip) -> Result<Operation> {
        Words const rest(all.begin() + static_cast<std::ptrdiff_t>(skip), all.end());
        WordReader reader(rest);
        if (verb == "add") return Operation(TRY(parse_link_add(reader)));
        if (verb == "set") return Operation(TRY(parse_link_set(reader)));
        return Operation(TRY(parse_link_delete(reader)));
    };
    auto const first = read(words, 1);
    ASSERT_TRUE(first) << line << ": " << first.error().describe();
    auto const printed = words_of(*first);
    auto const second = read(printed, 2);
    ASSERT_TRUE(second) << join(printed, " ") << ": " << second.error().describe();
    EXPECT_EQ(*first, *second) << line << "\n" << join(printed, " ");
}

TEST(LinkWords, PrintWhatReadsBack) {
    for (auto const* const line : {
             "add v0 type veth peer name v1 address 02:00:00:00:00:01 netns a mtu 1300",
             "add type veth",
             "set dev v0 mtu -1400 txqueuelen -1",
             "set dev v0 type veth peer dev v1 name v2",
             "set dev v0 vrf red nomaster",
             "add name v0 index 7 address 02:00:00:00:00:09 txqueuelen 5 numtxqueues 2 group 3 type veth",
             "add br0 type bridge stp_state 1 priority 100 group_address 01:80:c2:00:00:00 fdb_flush "
             "no_linklocal_learn 1 mcast_vlan_snooping 0 vlan_protocol 802.1ad",
             "add vx type vxlan id 5 dstport 4789 local 192.0.2.1 remote 192.0.2.2 ttl inherit tos 10 df set "
             "nolearning l2miss srcport 1000 2000 flowlabel 0x10",
             "add vx type vxlan external vnifilter dstport 4789",
             "add link d0 name m type macvlan mode passthru nopromisc",
             "add link d0 name m type macvtap mode source macaddr set 02:00:00:00:00:01 02:00:00:00:00:02",
             "add link d0 name i type ipvlan mode l3s vepa",
             "add link d0 name d0.5 type vlan protocol 802.1ad id 5 gvrp on reorder_hdr off "
             "ingress-qos-map 1:2 3:4 egress-qos-map 5:6",
             "add r type vrf table 10",
             "add bo0 type bond mode 802.3ad miimon 100 arp_ip_target 192.0.2.1,192.0.2.2 lacp_rate fast "
             "primary d0",
             "add g type gre remote 192.0.2.1 local 192.0.2.2 key 5 iseq csum ttl 7 tos 10 nopmtudisc dev d0",
             "add g type gretap remote 192.0.2.1 external",
             "add g type ip6gre remote 2001:db8::1 local 2001:db8::2 okey 1.2.3.4 tclass 10 flowlabel "
             "inherit",
             "add tn0 type ip6tnl mode ipip6 remote 2001:db8::1 encaplimit none dscp inherit fwmark 7",
             "add tn0 type ipip remote 192.0.2.1 encap gue encap-sport auto encap-dport 5555 encap-csum",
             "add s type sit mode any isatap 6rd-prefix 2001:db8::/32",
             "add v type vti remote 192.0.2.1 key 7",
             "add x type xfrm if_id 7 dev d0",
             "add g type geneve id 5 remote 2001:db8::1 ttl auto udpcsum",
             "add du0 type dummy",
             "set v0 up mtu 1400 alias words arp off promisc on master br0 addrgenmode none",
             "set dev v0 name v9 netns 1",
             "set v0 nomaster protodown on protodown_reason 3 on txqlen 9 state down mode dormant xdp off",
             "set group 5 up",
             "set v0 group 5",
             "set v0 vrf red link-netnsid 3",
             "set v0 type bridge_slave cost 10 guard on backup_port v1",
             "set v0 type bridge_slave nobackup_port",
             "set v0 type bond_slave queue_id 3 prio -5",
             "delete dev v0",
             "delete group 5",
             "delete v0 type veth",
         })
        expect_round_trip(line);
}

TEST(LinkWords, AnAbbreviationIsAKeywordBeforeItIsADevice) {
    Words const words{"a", "02:00:00:00:00:07", "dev", "v0"};
    WordReader reader(words);
    auto const change = parse_link_set(reader).value();
    EXPECT_EQ(change.changes.name, "v0");
    EXPECT_EQ(change.changes.address, LinkAddress::parse("02:00:00:00:00:07"));
}

std::string complaint(std::string_view line) {
    auto const words = words_in(line);
    WordReader reader(words);
    auto const result = parse_link_add(reader);
    return result ? "none" : result.error().attempt;
}

TEST(LinkWords, Complain) {
    EXPECT_EQ(complaint("x0"), "Not enough information: \"type\" argument is required");
    EXPECT_EQ(complaint("x0 type"), "Command line is not complete. Try option \"help\"");
    EXPECT_EQ(complaint("x0 mtu 1 mtu 2 type dummy"), "Error: duplicate \"mtu\": \"2\" is the second value.");
    EXPECT_EQ(complaint("x0 x1 type dummy"), "Error: either \"dev\" is duplicate, or \"x1\" is a garbage.");
    EXPECT_EQ(complaint("x0 type vxlan dstport 1"), "vxlan: missing virtual network identifier");
    EXPECT_EQ(complaint("x0 type vxlan id 1 id 2"),
              "Error: either \"id\" is duplicate, or \"2\" is a garbage.");
    EXPECT_EQ(complaint("x0 type bridge priority x"), "Error: argument \"x\" is wrong: invalid priority");
}

TEST(LinkWords, EveryKindHasHelp) {
    for (auto const* const row : link_kind_words())
        EXPECT_TRUE(link_kind_usage(row->name).starts_with("Usage:")) << row->name;
    EXPECT_TRUE(link_kind_usage("bridge_slave").starts_with("Usage:"));
    EXPECT_EQ(link_kind_usage("nosuch"), "");
}

}  // namespace
}  // namespace vethwork::plan
