// `vethwork why` and the many ways to break a network: each in a network of its own, made of a few cables,
// is named and placed, and what is printed mends it.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/vethwork.hpp"

namespace vethwork::test {
namespace {

using nlohmann::json;

/// `ns`, `cable`, `chain` (a - r1 - … - rK - z), `lan` (hosts at a switch): what networks are made of.
constexpr char const tools[] = R"(
set -e
ns() { for n in "$@"; do ip netns add $n; ip -n $n link set lo up
  ip netns exec $n sysctl -qw net.ipv4.ip_forward=0 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0 net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0
  ip netns exec $n sysctl -qw net.bridge.bridge-nf-call-iptables=0 2>/dev/null || :; done; }
cable() { ip -n $1 link add $2 type veth peer name $4 netns $3; ip -n $1 link set $2 up; ip -n $3 link set $4 up; }
adr() { case $3 in *:*) ip -n $1 addr add $3 dev $2 nodad;; *) ip -n $1 addr add $3 dev $2;; esac; }
on() { n=$1; shift; ip netns exec $n "$@"; }
router() { on $1 sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1; }
serve() { on $1 setsid -f $VETHWORK serve $2 $3 --echo >/dev/null 2>&1 </dev/null; for i in $(seq 200); do on $1 ss -Hlntu | grep -q "$3 " && return; sleep 0.01; done; return 1; }
chain() { k=$1; ns a z
  for j in $(seq $k); do ns r$j; router r$j; done
  cable a eth0 r1 in; for j in $(seq 2 $k); do cable r$((j-1)) out r$j in; done; cable r$k out z eth0
  adr a eth0 10.1.0.2/24; adr a eth0 fd01::2/64; adr r1 in 10.1.0.1/24; adr r1 in fd01::1/64
  adr z eth0 10.9.0.2/24; adr z eth0 fd09::2/64; adr r$k out 10.9.0.1/24; adr r$k out fd09::1/64
  for j in $(seq 2 $k); do adr r$((j-1)) out 10.5.$j.1/24; adr r$j in 10.5.$j.2/24
    ip -n r$((j-1)) route add 10.9.0.0/24 via 10.5.$j.2; ip -n r$j route add 10.1.0.0/24 via 10.5.$j.1; done
  ip -n a route add default via 10.1.0.1; ip -n z route add default via 10.9.0.1
  ip -n a -6 route add default via fd01::1; ip -n z -6 route add default via fd09::1; }
lan() { ns sw; ip -n sw link add br0 type bridge; ip -n sw link set br0 up; k=0
  for h in "$@"; do k=$((k+1)); ns $h; cable $h eth0 sw p$k; ip -n sw link set p$k master br0; adr $h eth0 10.0.0.$k/24; adr $h eth0 fd00::$k/64; done; }
trunk() { for s in s1 s2; do ns $s; ip -n $s link add br0 type bridge vlan_filtering 1; ip -n $s link set br0 up; done
  cable s1 t1 s2 t2; k=0; for h in a z; do k=$((k+1)); ns $h; cable $h eth0 s$k p$k; adr $h eth0 10.0.0.$k/24; adr $h eth0 fd00::$k/64; done
  for k in 1 2; do for d in t$k p$k; do ip -n s$k link set $d master br0; done; done
  for k in 1 2; do member s$k p$k "vid 10 pvid untagged"; done; }
member() { bridge -n $1 vlan del dev $2 vid 1 2>/dev/null || :; bridge -n $1 vlan add dev $2 $3; }
stick() { ns a z sw r; router r; ip -n sw link add br0 type bridge vlan_filtering 1; ip -n sw link set br0 up; cable sw t1 r eth0; ip -n sw link set t1 master br0
  k=0; for h in a z; do k=$((k+1)); cable $h eth0 sw p$k; ip -n sw link set p$k master br0; member sw p$k "vid ${k}0 pvid untagged"
    adr $h eth0 10.$k.0.2/24; ip -n $h route add default via 10.$k.0.1; member sw t1 "vid ${k}0"
    ip -n r link add link eth0 name v${k}0 type vlan id ${k}0; ip -n r link set v${k}0 up; adr r v${k}0 10.$k.0.1/24; done; }
in_vrf() { ip -n $1 link add red type vrf table 10; ip -n $1 link set red up; n=$1; shift; for d in "$@"; do ip -n $n link set $d master red; done; }
red_chain() { ns a z r1 r2; router r1; router r2; cable a eth0 r1 in; cable r1 out r2 in; cable r2 out z eth0; in_vrf r1 in out
  adr a eth0 10.1.0.2/24; adr r1 in 10.1.0.1/24; adr r1 out 10.5.0.1/24; adr r2 in 10.5.0.2/24; adr r2 out 10.9.0.1/24; adr z eth0 10.9.0.2/24
  ip -n a route add default via 10.1.0.1; ip -n z route add default via 10.9.0.1; ip -n r2 route add 10.1.0.0/24 via 10.5.0.1; }
dead_end() { ns b; router b; cable $1 spare b in; adr $1 spare 10.8.0.1/24; adr b in 10.8.0.2/24; }
)";

struct Case {
    char const* name;
    char const* network;
    char const* question;
    char const* cause;
    char const* netns;
    char const* needs = "";  ///< a command that fails where the kernel or the machine cannot do it
};

void PrintTo(Case const& one, std::ostream* to) { *to << one.name; }

constexpr char const can_vxlan[] = "ip link add probe type vxlan id 1 dstport 4789";
constexpr char const can_macvlan[] = "ip link add low type veth && ip link add link low probe type macvlan";
constexpr char const can_vlan[] =
    "ip link add probe type bridge vlan_filtering 1 && ip link add link probe name probe.7 type vlan id 7";
constexpr char const can_netem[] = "tc qdisc add dev lo root netem loss 1%";
constexpr char const can_queue[] = "tc qdisc add dev lo root tbf rate 1mbit burst 50 limit 3000";
constexpr char const can_vrf[] = "ip link add probe type vrf table 10";
constexpr char const can_tun[] = "ip tuntap add probe mode tun";

constexpr Case cases[] = {
    {"LinkDownWithFallback", "chain 2; ip -n r2 route add default via 10.5.2.1; ip -n r2 link set out down",
     "a 10.9.0.2", "link-down", "r2"},
    {"ProxyArpOff",
     "ns a r z; router r; cable a eth0 r in; cable z eth0 r out; adr a eth0 10.0.0.2/16; adr z eth0 "
     "10.0.1.2/16; adr r in 10.0.0.1/24; adr r out 10.0.1.1/24; on r sysctl -qw "
     "net.ipv4.conf.out.proxy_arp=1",
     "a 10.0.1.2", "proxy-arp-off", "r"},
    {"ArpFilter",
     "ns a z b; cable a eth0 z eth1; cable z eth0 b eth0; adr a eth0 10.0.0.1/24; adr z eth0 10.0.1.2/24; "
     "adr b eth0 10.0.1.1/24; adr z eth1 10.0.0.3/24; on z sysctl -qw net.ipv4.conf.all.arp_filter=1; ip -n "
     "z rule add to 10.0.0.1 lookup 7 pref 5; ip -n z route add 10.0.0.1/32 via 10.0.1.1 table 7",
     "a 10.0.0.3", "arp-ignore", "z"},
    {"NeighbourDiscoveryDropped",
     "lan a z; on z nft 'table inet f { chain i { type filter hook input priority 0; policy drop; ct state "
     "established,related accept; icmpv6 type echo-request accept; }; }'",
     "a fd00::2", "nft-drop-nd", "z"},
    {"NeighbourAnswerDropped",
     "lan a z; on a nft 'table ip6 f { chain i { type filter hook input priority 0; policy drop; ct state "
     "established,related accept; }; }'",
     "a fd00::2", "nft-drop-nd", "a"},
    {"ArpDroppedInBridge",
     "lan a z; on sw nft 'table bridge f { chain i { type filter hook forward priority 0; ether type arp "
     "drop; }; }'",
     "a 10.0.0.2", "nft-drop-bridge", "sw"},
    {"PermanentForwardingEntry",
     "lan a z; ip -n z link set eth0 address 02:00:00:00:00:99; bridge -n sw fdb replace 02:00:00:00:00:99 "
     "dev "
     "p2 master",
     "a 10.0.0.2", "fdb-static-wrong", "sw"},
    {"SameHardwareAddress",
     "lan a z; ip -n a link set eth0 address 02:00:00:00:00:99; ip -n z link set eth0 address "
     "02:00:00:00:00:99",
     "a 10.0.0.2", "duplicate-mac", "z"},
    {"WrongBridge",
     "lan a z; ip -n sw link add br1 type bridge; ip -n sw link set br1 up; ip -n sw link set p2 master br1",
     "a 10.0.0.2", "wrong-bridge", "sw"},
    {"MacvlanAndItsHost",
     "ns h c l; cable h eno1 l eth0; adr h eno1 10.0.0.2/24; ip -n h link add mv link eno1 type macvlan mode "
     "bridge; ip -n h link set mv netns c name eth0; ip -n c link set eth0 up; adr c eth0 10.0.0.11/24",
     "h 10.0.0.11", "macvlan-host-isolation", "h", can_macvlan},
    {"NoRouteBelowVxlan",
     "chain 2; ip -n r1 route del 10.9.0.0/24; ip -n a link add vx type vxlan id 7 local 10.1.0.2 remote "
     "10.9.0.2 dstport 4789; ip -n z link add vx type vxlan id 7 local 10.9.0.2 remote 10.1.0.2 dstport "
     "4789; adr a vx 10.7.0.1/24; adr z vx 10.7.0.2/24; ip -n a link set vx up; ip -n z link set vx up",
     "a 10.7.0.2", "underlay-no-route", "r1", can_vxlan},
    {"Ipv6PacketsTooSmallAtSender", "chain 1; ip -n a link set eth0 mtu 1000", "a fd09::2",
     "ipv6-mtu-too-small", "a"},
    {"Ipv6PacketsTooSmallAtRouter", "chain 1; ip -n r1 link set out mtu 1000", "a fd09::2",
     "ipv6-mtu-too-small", "r1"},
    {"Ipv6OffAtSender", "lan a z; on a sysctl -qw net.ipv6.conf.eth0.disable_ipv6=1", "a fd00::2",
     "ipv6-disabled", "a"},
    {"ChosenSource",
     "chain 2; adr a eth0 172.20.0.5/32; ip -n a route replace default via 10.1.0.1 src 172.20.0.5",
     "a 10.9.0.2", "source-address-wrong", "a"},
    {"AnswersFromAnotherAddress",
     "chain 1; adr z eth0 10.9.0.3/24; on z setsid -f socat UDP4-RECVFROM:53,fork,reuseaddr EXEC:cat "
     "</dev/null >/dev/null 2>&1; for i in $(seq 200); do on z ss -Hlnu | grep -q ':53 ' && break; sleep "
     "0.01; "
     "done",
     "a 10.9.0.3 udp:53", "udp-wrong-source-reply", "z", "socat -V"},
    {"TunnelNobodyServes",
     "chain 1; ip -n a tuntap add tun0 mode tun; ip -n a link set tun0 up; ip -n a route add 10.9.0.0/24 dev "
     "tun0 src 10.1.0.2",
     "a 10.9.0.2", "tunnel-down", "a", can_tun},
    {"WrongMetric",
     "chain 1; dead_end a; ip -n a route del default; ip -n a route add default via 10.1.0.1 metric 100; ip "
     "-n a route add default via 10.8.0.2 metric 10",
     "a 10.9.0.2", "wrong-metric", "a"},
    {"ProhibitingRoute", "chain 2; ip -n r1 route add prohibit 10.9.0.2", "a 10.9.0.2", "prohibit-route",
     "r1"},
    {"RuleMissing",
     "chain 2; ip -n r1 route del 10.9.0.0/24; ip -n r1 route add 10.9.0.0/24 via 10.5.2.2 table 77",
     "a 10.9.0.2", "policy-rule-missing", "r1"},
    {"RuleForMarkMissing",
     "chain 1; dead_end a; ip -n a route del default; ip -n a route add default via 10.8.0.2 src 10.1.0.2; "
     "ip "
     "-n a route add default via 10.1.0.1 table 77; on a nft 'table ip m { chain o { type route hook output "
     "priority -150; ip daddr 10.9.0.0/24 meta mark set 7; }; }'",
     "a 10.9.0.2", "policy-rule-missing", "a"},
    {"RuleForAnswersMissing",
     "ns a r z; router r; cable a eth0 r in; cable r o1 z eth0; cable r o2 z eth1; adr a eth0 10.1.0.2/24; "
     "adr r in 10.1.0.1/24; adr r o1 10.2.0.1/24; adr r o2 10.3.0.1/24; adr z eth0 10.2.0.2/24; adr z eth1 "
     "10.3.0.2/24; ip -n a route add default via 10.1.0.1; ip -n z route add default via 10.2.0.1; ip -n z "
     "route add default via 10.3.0.1 table 103; on r sysctl -qw net.ipv4.conf.all.rp_filter=1 "
     "net.ipv4.conf.o1.rp_filter=1; ip -n r route add 10.2.0.2/32 dev o1",
     "a 10.3.0.2", "policy-rule-missing", "z"},
    {"RuleTooLate",
     "chain 2; dead_end r1; ip -n r1 route del 10.9.0.0/24; ip -n r1 route add default via 10.8.0.2; ip -n "
     "r1 "
     "route add 10.9.0.0/24 via 10.5.2.2 table 77; ip -n r1 rule add to 10.9.0.0/24 lookup 77 pref 40000",
     "a 10.9.0.2", "policy-rule-order", "r1"},
    {"RuleForOwnAddress",
     "chain 1; dead_end a; ip -n a rule add from 10.1.0.2 lookup 77 pref 90; ip -n a route add default via "
     "10.8.0.2 table 77; serve z tcp 10.9.0.2:80",
     "a 10.9.0.2 tcp:80", "policy-rule-wrong-table", "a"},
    {"AnswerPastTheFilterThatKnows",
     "lan a r1 r2; ns z s2; ip -n s2 link add br0 type bridge; ip -n s2 link set br0 up; k=0; for h in z r1 "
     "r2; do k=$((k+1)); cable $h out s2 q$k; ip -n s2 link set q$k master br0; adr $h out 10.9.0.$k/24; "
     "done; router r1; router r2; ip -n a route add 10.9.0.0/24 via 10.0.0.2; ip -n z route add default via "
     "10.9.0.3; serve z tcp 10.9.0.1:80; on r2 nft 'table ip f { chain f { type filter hook forward priority "
     "0; policy drop; ct state established,related accept; }; }'",
     "a 10.9.0.1 tcp:80", "asymmetric-routing", "z"},
    {"PacketsToLoopback",
     "lan a z; serve z tcp 127.0.0.1:80; on z nft 'table ip n { chain p { type nat hook prerouting priority "
     "-100; tcp dport 8080 dnat to 127.0.0.1:80; }; }'",
     "a 10.0.0.2 tcp:8080", "route-localnet-off", "z"},
    {"IpsecPolicyForAPort",
     "lan a z; serve z tcp 10.0.0.2:80; ip -n z xfrm policy add dir in src 10.0.0.0/24 dst 10.0.0.2/32 proto "
     "6 dport 80 action block",
     "a 10.0.0.2 tcp:80", "xfrm-policy-block", "z"},
    {"HopLimitOfALink",
     "chain 2; adr r1 out fd05::1/64; adr r2 in fd05::2/64; ip -n r1 -6 route add fd09::/64 via fd05::2; ip "
     "-n "
     "r2 -6 route add fd01::/64 via fd05::1; on a sysctl -qw net.ipv6.conf.eth0.hop_limit=1",
     "a fd09::2", "ttl-expired", "a"},
    {"TimeToLiveSetByARule",
     "chain 3; on r1 nft 'table ip m { chain f { type filter hook forward priority -150; ip ttl set 1; }; }'",
     "a 10.9.0.2", "ttl-expired", "r1"},
    {"DropInPrerouting",
     "chain 2; on r1 nft 'table ip f { chain p { type filter hook prerouting priority -150; ip daddr "
     "10.9.0.0/24 drop; }; }'",
     "a 10.9.0.2", "nft-drop-prerouting", "r1"},
    {"DropInAMap",
     "chain 1; serve z tcp 10.9.0.2:443; on r1 nft 'table inet f { chain f { type filter hook forward "
     "priority "
     "0; tcp dport vmap { 22 : accept, 443 : drop }; }; }'",
     "a 10.9.0.2 tcp:443", "nft-drop-forward", "r1"},
    {"UntrackedIsNotEstablished",
     "chain 1; serve z tcp 10.9.0.2:80; on r1 nft 'table ip raw { chain p { type filter hook prerouting "
     "priority -300; tcp dport 80 notrack; tcp sport 80 notrack; }; }; table inet f { chain f { type filter "
     "hook forward priority 0; policy drop; ct state established,related accept; ct state new accept; }; }'",
     "a 10.9.0.2 tcp:80", "conntrack-untracked-drop", "r1"},
    {"DropByTwoThingsAtOnce",
     "chain 1; serve z tcp 10.9.0.2:80; on r1 nft 'table inet f { set bad { type ipv4_addr . inet_service; "
     "elements = { 10.1.0.2 . 80 } }; chain f { type filter hook forward priority 0; ip saddr . tcp dport "
     "@bad drop; }; }'",
     "a 10.9.0.2 tcp:80", "nft-drop-forward", "r1"},
    {"DropBehindANamedMap",
     "chain 1; serve z tcp 10.9.0.2:80; on r1 nft 'table inet f { map m { type inet_service : verdict; "
     "elements = { 80 : jump web, 22 : accept } }; chain web { ip saddr 10.1.0.0/24 drop; }; chain f { type "
     "filter hook forward priority 0; tcp dport vmap @m; }; }'",
     "a 10.9.0.2 tcp:80", "nft-drop-forward", "r1"},
    {"RejectBehindAMapOfDevices",
     "chain 1; serve z tcp 10.9.0.2:80; on r1 nft 'table inet f { chain x { ip protocol tcp reject with tcp "
     "reset; }; chain f { type filter hook forward priority 0; iifname . oifname vmap { \"in\" . \"out\" : "
     "jump x }; }; }'",
     "a 10.9.0.2 tcp:80", "nft-reject", "r1"},
    {"DropOfAnswersByTwoThings",
     "chain 1; serve z tcp 10.9.0.2:80; on z nft 'table inet f { chain o { type filter hook output priority "
     "0; ip saddr . tcp sport { 10.9.0.2 . 80 } drop; }; }'",
     "a 10.9.0.2 tcp:80", "nft-drop-output", "z"},
    {"DropOfWhatAnotherSends",
     "ns a g z; cable a eth0 g in; cable g out z eth0; adr a eth0 192.168.1.2/24; adr g in 192.168.1.1/24; "
     "adr g out 10.9.0.1/24; adr z eth0 10.9.0.2/24; router g; ip -n a route add default via 192.168.1.1; "
     "serve z tcp 10.9.0.2:80; on g nft 'table ip n { chain p { type nat hook postrouting priority 100; "
     "oifname \"out\" masquerade random; }; }'; on z nft 'table inet f { chain i { type filter hook input "
     "priority 0; ip saddr . tcp dport { 10.9.0.1 . 80 } drop; }; }'",
     "a 10.9.0.2 tcp:80", "nft-drop-input", "z"},
    {"DropByTheWayBack",
     "chain 1; on r1 nft 'table inet f { chain p { type filter hook prerouting priority 0; fib saddr . iif "
     "oif exists drop; }; }'",
     "a 10.9.0.2", "nft-drop-prerouting", "r1"},
    {"TheSecondOfTwoGuesses",
     "chain 1; serve z tcp 10.9.0.2:80; on r1 nft 'table inet f { chain f { type filter hook forward "
     "priority 0; meta length > 1400 drop; meta hour \"00:00\"-\"23:59\" drop; }; }'",
     "a 10.9.0.2 tcp:80", "nft-drop-forward", "r1"},
    {"LimitThatIsUsedUp",
     "chain 1; serve z tcp 10.9.0.2:80; on r1 nft 'table inet f { chain f { type filter hook forward "
     "priority 0; ct state established accept; tcp dport 80 limit rate 1/hour burst 1 packets accept; tcp "
     "dport 80 drop; }; }'; $VETHWORK why a 10.9.0.2 tcp:80 --no-trial >/dev/null || :",
     "a 10.9.0.2 tcp:80", "rate-limited", "r1"},
    {"DropInABridgeByAMap",
     "lan a z; on sw nft 'table bridge f { chain i { type filter hook forward priority 0; iifname . ether "
     "type vmap { \"p1\" . ip : drop }; }; }'",
     "a 10.0.0.2", "nft-drop-bridge", "sw"},
    {"OlderTables", "chain 2; on r1 iptables-legacy -A FORWARD -d 10.9.0.0/24 -j DROP", "a 10.9.0.2",
     "iptables-legacy-drop", "r1", "iptables-legacy -L -n"},
    {"OlderTablesOfAnswers", "chain 1; on z iptables-legacy -A OUTPUT -d 10.1.0.0/24 -j DROP", "a 10.9.0.2",
     "iptables-legacy-drop", "z", "iptables-legacy -L -n"},
    {"OlderTableBeforeRouting", "chain 1; on r1 iptables-legacy -t raw -A PREROUTING -s 10.1.0.0/24 -j DROP",
     "a 10.9.0.2", "iptables-legacy-drop", "r1", "iptables-legacy -t raw -L -n"},
    {"OlderTablesWithAChain",
     "chain 1; serve z tcp 10.9.0.2:80; on z iptables-legacy -N web; on z iptables-legacy -A web -s "
     "10.99.0.0/16 -j ACCEPT; on z iptables-legacy -A web -p tcp -j REJECT; on z iptables-legacy -A INPUT -p "
     "tcp --dport 80 -j web",
     "a 10.9.0.2 tcp:80", "iptables-legacy-drop", "z",
     "iptables-legacy -A INPUT -p tcp --dport 80 -j REJECT"},
    {"OlderTables6", "chain 1; on r1 ip6tables-legacy -P FORWARD DROP", "a fd09::2", "iptables-legacy-drop",
     "r1", "ip6tables-legacy -L -n"},
    {"SourceTranslatedWrongly",
     "ns a g z; cable a eth0 g in; cable g out z eth0; adr a eth0 192.168.1.2/24; adr g in 192.168.1.1/24; "
     "adr "
     "g out 10.9.0.1/24; adr z eth0 10.9.0.2/24; router g; ip -n a route add default via 192.168.1.1; on g "
     "nft 'table ip n { chain p { type nat hook postrouting priority 100; oifname \"out\" snat to 10.9.0.99; "
     "}; }'",
     "a 10.9.0.2", "snat-wrong", "g"},
    {"AnswerStraightToTheSender",
     "lan a z g; ns i; cable g wan i eth0; adr g wan 10.9.0.1/24; adr i eth0 10.9.0.2/24; router g; for n in "
     "a z; do ip -n $n route add default via 10.0.0.3; done; serve z tcp 10.0.0.2:80; on g nft 'table ip n { "
     "chain p { type nat hook prerouting priority -100; ip daddr 10.9.0.1 tcp dport 8080 dnat to "
     "10.0.0.2:80; }; }'",
     "a 10.9.0.1 tcp:8080", "hairpin-snat-missing", "g"},
    {"TranslatedToAPortOfNobody",
     "chain 1; serve z tcp 10.9.0.2:80; on r1 nft 'table ip n { chain p { type nat hook prerouting priority "
     "-100; tcp dport 8080 dnat to 10.9.0.2:8000; }; }'",
     "a 10.1.0.1 tcp:8080", "dnat-wrong", "r1"},
    {"BoundToAnotherDevice",
     "lan a z; on z setsid -f socat TCP4-LISTEN:81,fork,reuseaddr,so-bindtodevice=lo "
     "EXEC:cat </dev/null >/dev/null 2>&1; for i in $(seq 200); do on z ss -Hlnt | grep -q ':81 ' && break; "
     "sleep 0.01; done",
     "a 10.0.0.2 tcp:81", "listening-wrong-device", "z", "socat -V"},
    {"TrunkWithoutTheVlanAtItsFarEnd", "trunk; member s1 t1 'vid 10'", "a 10.0.0.2", "bridge-vlan-mismatch",
     "s2", can_vlan},
    {"TrunkWithoutTheVlanAtItsNearEnd", "trunk; member s2 t2 'vid 10'", "a fd00::2", "bridge-vlan-mismatch",
     "s1", can_vlan},
    {"TrunkThatTakesOffTheTag",
     "trunk; member s1 t1 'vid 10 pvid untagged'; bridge -n s2 vlan add dev t2 vid 10", "a 10.0.0.2",
     "bridge-vlan-mismatch", "s1", can_vlan},
    {"TagForAHostWithoutVlans",
     "trunk; member s1 t1 'vid 10'; member s2 t2 'vid 10'; bridge -n s2 vlan add dev p2 vid 10 pvid",
     "a 10.0.0.2", "bridge-vlan-mismatch", "s2", can_vlan},
    {"TagForTheSender",
     "trunk; member s1 t1 'vid 10'; member s2 t2 'vid 10'; bridge -n s1 vlan add dev p1 vid 10 pvid",
     "a fd00::2", "bridge-vlan-mismatch", "s1", can_vlan},
    {"NoVlanForUntaggedFrames",
     "trunk; member s1 t1 'vid 10'; member s2 t2 'vid 10'; bridge -n s2 vlan add dev p2 vid 10 untagged",
     "a 10.0.0.2", "bridge-vlan-mismatch", "s2", can_vlan},
    {"BridgeItselfWithoutTheVlan",
     "trunk; ip -n s1 link add link br0 name br0.10 type vlan id 10; ip -n s1 link set br0.10 up; adr s1 "
     "br0.10 10.0.0.9/24",
     "a 10.0.0.9", "bridge-vlan-mismatch", "s1", can_vlan},
    {"RouterOnAStickWithoutAVlan", "stick; bridge -n sw vlan del dev t1 vid 20", "a 10.2.0.2",
     "bridge-vlan-mismatch", "sw", can_vlan},
    {"RouterOnAStickGetsNoTag", "stick; bridge -n sw vlan add dev t1 vid 20 pvid untagged", "a 10.2.0.2",
     "bridge-vlan-mismatch", "sw", can_vlan},
    {"VlanOfARouterDown", "stick; ip -n r link set v20 down", "a 10.2.0.2", "link-down", "r", can_vlan},
    {"NoRouteInVrf", "red_chain", "a 10.9.0.2", "no-route-forward", "r1", can_vrf},
    {"NoRouteBackInVrf", "red_chain; ip -n r1 route add 10.9.0.0/24 via 10.5.0.2 vrf red; in_vrf r2 in out",
     "a 10.9.0.2", "no-route-return", "r2", can_vrf},
    {"LastResortOfAVrf", "red_chain; ip -n r1 route add unreachable default metric 4278198272 vrf red",
     "a 10.9.0.2", "no-route-forward", "r1", can_vrf},
    {"NoRuleForVrfs",
     "red_chain; ip -n r1 route add 10.9.0.0/24 via 10.5.0.2 vrf red; ip -n r1 rule del l3mdev pref 1000",
     "a 10.9.0.2", "policy-rule-missing", "r1", can_vrf},
    {"RuleAboutAVrf",
     "red_chain; ip -n r1 route add 10.9.0.0/24 via 10.5.0.2 vrf red; on r1 nft 'table ip f { chain c { type "
     "filter hook forward priority 0; iifname \"red\" drop; }; }'",
     "a 10.9.0.2", "nft-drop-forward", "r1", can_vrf},
    {"ListenerOutsideOfTheVrf", "lan a z; in_vrf z eth0; serve z tcp 0.0.0.0:80", "a 10.0.0.2 tcp:80",
     "listening-wrong-device", "z", can_vrf},
    {"EmulatorThatLosesAll", "chain 1; tc -n r1 qdisc add dev out root netem loss 100%", "a 10.9.0.2",
     "tc-drop", "r1", can_netem},
    {"EmulatorBehindARedirect",
     "chain 1; ip -n r1 link add ifb0 type ifb; ip -n r1 link set ifb0 up; tc -n r1 qdisc add dev in "
     "ingress; "
     "tc -n r1 filter add dev in parent ffff: matchall action mirred egress redirect dev ifb0; tc -n r1 "
     "qdisc "
     "add dev ifb0 root netem loss 100%",
     "a 10.9.0.2", "tc-drop", "r1", can_netem},
    {"QueueOfASwitch", "lan a z; tc -n sw qdisc add dev p2 root tbf rate 1mbit burst 50 limit 3000",
     "a 10.0.0.2", "tc-drop", "sw", can_queue},
};

struct Healthy {
    char const* name;
    char const* network;
    char const* question;
};

void PrintTo(Healthy const& one, std::ostream* to) { *to << one.name; }

constexpr Healthy healthy[] = {
    {"ProxyArp",
     "ns a r z; router r; cable a eth0 r in; cable z eth0 r out; adr a eth0 10.0.0.2/16; adr z eth0 "
     "10.0.1.2/16; adr r in 10.0.0.1/24; adr r out 10.0.1.1/24; on r sysctl -qw "
     "net.ipv4.conf.all.proxy_arp=1 "
     "net.ipv4.neigh.in.proxy_delay=0 net.ipv4.neigh.out.proxy_delay=0",
     "a 10.0.1.2"},
    {"LooseLimits",
     "chain 1; on r1 nft 'table ip f { chain f { type filter hook forward priority 0; icmp type echo-request "
     "limit rate over 100/second drop; ct count over 100 drop; }; }'",
     "a 10.9.0.2"},
    {"SpareTable", "chain 1; ip -n z route add blackhole default table 55", "a 10.9.0.2"},
    {"DeadTunnelAside",
     "chain 1; ip -n a tuntap add tun0 mode tun; ip -n a link set tun0 up; ip -n a route add 10.9.0.0/24 dev "
     "tun0 metric 500; ip -n a route add 10.9.0.0/24 via 10.1.0.1 metric 50",
     "a 10.9.0.2"},
};

class Network : public testing::Test {
protected:
    void SetUp() override {
        for (auto const* const tool : {"ip", "bridge", "nft", "sysctl", "ss"})
            if (!has_program(tool)) GTEST_SKIP() << tool << " is not installed";
    }

    /// False: it could not be made, which is a failure.
    static bool make(std::string const& network) {
        auto const made = shell("VETHWORK=" + program + "\n" + tools + network);
        EXPECT_EQ(made.status, 0) << network << made.err;
        return made.status == 0;
    }

    static json ask(std::string const& question) {
        auto const outcome = run({"/bin/sh", "-c", program + " why " + question + " --json"});
        auto answer = json::parse(outcome.out, nullptr, false);
        EXPECT_FALSE(answer.is_discarded()) << outcome.out << outcome.err;
        return answer.is_discarded() ? json::object() : answer;
    }

    static void mend(json const& answer) {
        // The program under test is the one that repairs name.
        std::string commands = "PATH=" + program.substr(0, program.rfind('/')) + ":$PATH\n";
        for (auto const& command : answer["repair"]) commands += command.get<std::string>() + "\n";
        auto const done = shell(commands);
        EXPECT_EQ(done.status, 0) << commands << done.err;
    }

    void TearDown() override {
        (void)shell("for n in $(ls /run/netns); do for p in $(ip netns pids $n); do kill $p; done; done");
    }
};

class Broken : public Network, public testing::WithParamInterface<Case> {};

TEST_P(Broken, IsNamedPlacedAndMended) {
    auto const& one = GetParam();
    if (std::string const needs = one.needs; !needs.empty() && shell(needs).status != 0)
        GTEST_SKIP() << "not possible here: " << needs;
    if (!make(one.network)) return;
    auto found = ask(one.question);
    EXPECT_EQ(found.value("verdict", ""), "unreachable") << found;
    EXPECT_EQ(found.value("cause", ""), one.cause) << found;
    EXPECT_EQ(found.value("namespace", ""), one.netns) << found;
    for (int round = 0; round < 3 && found.value("verdict", "") != "reachable"; ++round) {
        mend(found);
        found = ask(one.question);
    }
    EXPECT_EQ(found.value("verdict", ""), "reachable") << found;
    EXPECT_EQ(found.value("cause", ""), "none") << found;
}

INSTANTIATE_TEST_SUITE_P(Networks, Broken, testing::ValuesIn(cases),
                         [](auto const& one) { return one.param.name; });

/// What the tunnel says it takes is more than the network below carries, and may not be cut in pieces.
TEST_F(Network, HasATunnelOfTooLargePackets) {
    if (shell(can_vxlan).status != 0) GTEST_SKIP() << "not possible here: " << can_vxlan;
    if (!make(
            "chain 1; ip -n r1 link set out mtu 1400; ip -n z link set eth0 mtu 1400; for n in "
            "a:1.0.2:9.0.2:1 "
            "z:9.0.2:1.0.2:2; do IFS=: read -r m own far k <<END\n$n\nEND\nip -n $m link add vx mtu 1450 "
            "type "
            "vxlan id 7 local 10.$own remote 10.$far dstport 4789 df set; ip -n $m link set vx up; adr $m vx "
            "10.7.0.$k/24; done"))
        return;
    auto const found = ask("a 10.7.0.2");
    EXPECT_EQ(found.value("verdict", ""), "degraded") << found;
    EXPECT_EQ(found.value("cause", ""), "vxlan-mtu") << found;
    EXPECT_EQ(found.value("namespace", ""), "a") << found;
    EXPECT_TRUE(found.value("repair_works", false)) << found;
    mend(found);
    EXPECT_EQ(ask("a 10.7.0.2").value("verdict", ""), "reachable");
}

/// A router with two ways, one of which leads to a gateway that nobody is.
TEST_F(Network, HasADeadWayAmongTwo) {
    if (!make("ns a r z p q sw; for n in r p q; do router $n; done; cable a eth0 r in; cable r o1 p in; "
              "cable r o2 q "
              "in; adr a eth0 10.1.0.2/24; adr r in 10.1.0.1/24; adr r o1 10.2.0.1/24; adr p in 10.2.0.2/24; "
              "adr "
              "r o2 10.3.0.1/24; adr q in 10.3.0.2/24; ip -n sw link add br0 type bridge; ip -n sw link set "
              "br0 "
              "up; k=0; for h in z p q; do k=$((k+1)); cable $h out sw p$k; ip -n sw link set p$k master "
              "br0; adr "
              "$h out 10.9.0.$k/24; done; ip -n a route add default via 10.1.0.1; ip -n p route add "
              "10.1.0.0/24 "
              "via 10.2.0.1; ip -n q route add 10.1.0.0/24 via 10.3.0.1; ip -n z route add default via "
              "10.9.0.2; "
              "ip -n r route add 10.9.0.0/24 nexthop via 10.2.0.2 nexthop via 10.3.0.77; serve z tcp "
              "10.9.0.1:80; on r sysctl -qw net.ipv4.fib_multipath_hash_policy=1"))
        return;
    json found = json::object();
    // Which flows take which way is chance: all of one question may take the good one.
    for (int round = 0; round < 8 && found.value("cause", "none") == "none"; ++round)
        found = ask("a 10.9.0.1 tcp:80");
    EXPECT_EQ(found.value("cause", ""), "ecmp-leg-dead") << found;
    EXPECT_EQ(found.value("namespace", ""), "r") << found;
    mend(found);
    for (int round = 0; round < 3; ++round)
        EXPECT_EQ(ask("a 10.9.0.1 tcp:80").value("verdict", ""), "reachable") << found;
}

/// A third host that talks has the target's hardware address: bridges send frames to whom they heard last.
TEST_F(Network, HasTwoOfOneHardwareAddress) {
    if (!has_program("ping")) GTEST_SKIP() << "ping is not installed";
    if (!make(
            "lan a z o; for n in z o; do ip -n $n link set eth0 address 02:00:00:00:00:99; done; adr a eth0 "
            "10.0.0.9/24; on a ping -c 1 -W 1 10.0.0.2 >/dev/null; on o setsid -f sh -c 'while :; do ping -c "
            "9 "
            "-i 0.02 -W 0.05 10.0.0.9; done' >/dev/null 2>&1 </dev/null; for i in $(seq 200); do bridge -n "
            "sw "
            "fdb show br br0 | grep -q '00:99 dev p3' && break; sleep 0.01; done"))
        return;
    json found = json::object();
    // Now and then the target is the one heard last.
    for (int round = 0; round < 8 && found.value("cause", "none") == "none"; ++round)
        found = ask("a 10.0.0.2");
    EXPECT_EQ(found.value("cause", ""), "duplicate-mac") << found;
    EXPECT_EQ(found.value("namespace", ""), "o") << found;
    mend(found);
    EXPECT_EQ(ask("a 10.0.0.2").value("verdict", ""), "reachable") << "the bridge knows it at once";
}

class Odd : public Network, public testing::WithParamInterface<Healthy> {};

TEST_P(Odd, RaisesNoAlarm) {
    if (!make(GetParam().network)) return;
    auto const answer = ask(GetParam().question);
    EXPECT_EQ(answer.value("verdict", ""), "reachable") << answer;
    EXPECT_EQ(answer.value("cause", ""), "none") << answer;
}

INSTANTIATE_TEST_SUITE_P(Networks, Odd, testing::ValuesIn(healthy),
                         [](auto const& one) { return one.param.name; });

}  // namespace
}  // namespace vethwork::test
