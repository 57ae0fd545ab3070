// A network of our own, for what explains networks.
#pragma once

#include <initializer_list>

#include <gtest/gtest.h>

#include "support/command.hpp"

namespace vethwork::test {

/// a - r - switch s with z and o behind it, IPv4 and IPv6.
inline constexpr char small_network[] = R"(
set -e
for n in a r s z o; do ip netns add $n; ip -n $n link set lo up
  ip netns exec $n sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv4.ip_forward=0 net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
done
cable() { ip -n $1 link add $2 type veth peer name $4 netns $3; ip -n $1 link set $2 up; ip -n $3 link set $4 up; }
ip -n s link add sw0 type bridge; ip -n s link set sw0 up
cable a eth0 r lan; cable r wan s p1; cable z eth0 s p2; cable o eth0 s p3
for p in p1 p2 p3; do ip -n s link set $p master sw0; done
ip -n a addr add 10.1.0.2/24 dev eth0; ip -n r addr add 10.1.0.1/24 dev lan; ip -n r addr add 10.2.0.1/24 dev wan
ip -n z addr add 10.2.0.9/24 dev eth0; ip -n o addr add 10.2.0.7/24 dev eth0
ip -n a addr add fd01::2/64 dev eth0 nodad; ip -n r addr add fd01::1/64 dev lan nodad; ip -n r addr add fd02::1/64 dev wan nodad
ip -n z addr add fd02::9/64 dev eth0 nodad
ip netns exec r sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
ip -n a route add default via 10.1.0.1; ip -n z route add default via 10.2.0.1; ip -n o route add default via 10.2.0.1
ip -n a -6 route add default via fd01::1; ip -n z -6 route add default via fd02::1
)";

/// As the last thing of a SetUp(): makes it, unless one of the tools that the tests want is missing.
inline void make_small_network(std::initializer_list<char const*> tools) {
    for (auto const* const tool : tools)
        if (!has_program(tool)) GTEST_SKIP() << tool << " is not installed";
    auto const made = shell(small_network);
    ASSERT_EQ(made.status, 0) << made.err;
}

}  // namespace vethwork::test
