// The counters of a namespace's protocols, by name. Those of links come with the links.
// Source: /proc/net/snmp, /proc/net/netstat, /proc/net/snmp6 (proc(5)); RFC 2011 to 2013, RFC 4293.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include <vethwork/base/result.hpp>

namespace vethwork::observe {

/// "Ip.ForwDatagrams", "TcpExt.ListenOverflows", "Ip6InNoRoutes" (snmp6 names stand as they are).
using Counters = std::map<std::string, std::int64_t, std::less<>>;

/// All counters of the network namespace that this thread is in; those of IPv6 are left out where the kernel
/// has none.
[[nodiscard]] Result<Counters> counters();

/// What moved, and by how much; a counter that only one of both knows counts from 0.
[[nodiscard]] Counters difference(Counters const& before, Counters const& after);
/// The value, 0 where there is no such counter.
[[nodiscard]] std::int64_t counter(Counters const& counters, std::string_view name);

/// Takes in pairs of lines `Ip: NAME…` and `Ip: VALUE…` (snmp, netstat).
[[nodiscard]] Result<> parse_counter_pairs(std::string_view text, Counters& into);
/// Takes in lines `NAME VALUE` (snmp6).
[[nodiscard]] Result<> parse_counter_lines(std::string_view text, Counters& into);

}  // namespace vethwork::observe
