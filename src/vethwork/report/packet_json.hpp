// Packets as JSON: one object a packet, on one line.
#pragma once

#include <string>
#include <string_view>

#include <vethwork/observe/packet.hpp>

namespace vethwork::report {

/// `{"time":"2023-11-14T22:13:20.123456789Z","interface":"veth0","link":"EN10MB","length":98,"captured":98,
/// "layers":[{"layer":"ethernet",…},…]}`; with `"truncated":"tcp"` where the captured bytes end in a header.
/// Numbers are as on the wire, octets are hexadecimal, checksums tell what they should be where that is
/// known. An empty `interface` is left out.
[[nodiscard]] std::string packet_json(observe::Frame const& frame, observe::Packet const& packet,
                                      std::string_view interface = {});

}  // namespace vethwork::report
