// How the names of sysctls are spelled. Dots part their words, so that a dot of a link's name is written as a
// slash: "net.ipv4.conf.eth0/7.forwarding". Source: sysctl(8).
#pragma once

#include <string>
#include <string_view>

#include <vethwork/base/ip.hpp>

namespace vethwork::topology {

/// net.FAMILY.conf.LINK.SETTING; "all" and "default" may stand for the link.
[[nodiscard]] std::string interface_sysctl(Family family, std::string_view link, std::string_view setting);
/// "net.ipv4.conf.eth0/7.mtu" for "net.ipv4.conf.default.mtu"; empty where the name has no default.
[[nodiscard]] std::string sysctl_taken_over(std::string_view name, std::string_view link);
/// "eth0.7" of "net.ipv4.conf.eth0/7.mtu"; empty where it is a setting of no link, or of one that each
/// namespace has.
[[nodiscard]] std::string link_of_sysctl(std::string_view name);
/// Where it lies under /proc/sys: "net/ipv4/conf/eth0.7/mtu".
[[nodiscard]] std::string path_of_sysctl(std::string name);

}  // namespace vethwork::topology
