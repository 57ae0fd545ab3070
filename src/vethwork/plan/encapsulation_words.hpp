// The words behind `encap`: how a route wraps its packets. Source: ip-route(8).
#pragma once

#include <vethwork/plan/routing_words.hpp>
#include <vethwork/topology/encapsulation.hpp>

namespace vethwork::plan {

/// Reads TYPE and its settings, up to the first word that is none of them.
[[nodiscard]] Result<topology::Encapsulation> parse_encapsulation(WordReader& words,
                                                                  RoutingContext const& context);
/// Appends `encap TYPE …`; nothing for types known only by number.
void print_encapsulation(topology::Encapsulation const& encapsulation, std::vector<std::string>& words);

/// VALUE of `geneve_opts`, `vxlan_opts`, `erspan_opts`: fields between colons, options between commas.
[[nodiscard]] std::optional<topology::TunnelOptions> read_tunnel_options(std::string_view keyword,
                                                                         std::string_view value);
/// KEYWORD and VALUE; nothing where there are no options.
void print_tunnel_options(topology::TunnelOptions const& options, std::vector<std::string>& words);

}  // namespace vethwork::plan
