// A packet that the kernel dropped, as one line or as one JSON object.
#pragma once

#include <string>
#include <string_view>

#include <vethwork/observe/drops.hpp>
#include <vethwork/report/packet_text.hpp>

namespace vethwork::report {

/// What is known of a drop besides what the kernel tells.
struct DropPlace {
    std::string_view time;      ///< the first word of the line
    std::string_view node;      ///< whose namespace it is
    std::string_view function;  ///< of the kernel, that dropped it; empty: not known
};

/// "NETFILTER_DROP"; "reason 77" where the kernel has no name for it; "dropped" before Linux 5.17.
[[nodiscard]] std::string drop_reason(observe::Drop const& drop);

/// Renders the drops of one run in their order: TCP's numbers are relative to those before.
class DropLines {
public:
    DropLines();
    /// `12:00:01.123456  r             wan       NETFILTER_DROP  nft_do_chain  IP 10.1.0.2 > …`
    [[nodiscard]] std::string line(DropPlace const& place, observe::Drop const& drop);
    /// The same with the keys time, node, device, reason, function, packet.
    [[nodiscard]] std::string json(DropPlace const& place, observe::Drop const& drop);

private:
    [[nodiscard]] std::string packet(observe::Drop const& drop);

    PacketText text_;
};

}  // namespace vethwork::report
