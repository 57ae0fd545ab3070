// Pinging as text, word for word as iputils' ping prints it, and its outcome as JSON.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <vethwork/traffic/ping_event.hpp>

namespace vethwork::report {

struct PingLook {
    bool with_stamps = false;  ///< -D: the time in front of each line
    /// An address as it is shown: the number, or "name (number)".
    std::function<std::string(ScopedAddress const&)> name = &ScopedAddress::to_string;
};

/// The first line.
[[nodiscard]] std::string ping_start(PingStart const& start, PingLook const& look);

/// The line of an event, without its newline.
[[nodiscard]] std::string ping_event(PingEvent const& event, PingLook const& look);
/// Errors of this host's own are for stderr, behind "ping: ".
[[nodiscard]] bool is_for_stderr(PingEvent const& event);

/// The closing lines, with the empty line before them.
[[nodiscard]] std::string ping_summary(std::string_view host, PingSummary const& summary);
/// The line for SIGQUIT.
[[nodiscard]] std::string ping_status(PingSummary const& summary);
/// One object: host, address, transmitted, received, duplicates, corrupted, errors, loss_percent, time_ms,
/// and where there were times rtt_ms {min, avg, max, mdev}.
[[nodiscard]] std::string ping_json(PingStart const& start, PingSummary const& summary);

/// What an ICMP or ICMPv6 error says: "Destination Host Unreachable", "Destination unreachable: No route".
[[nodiscard]] std::string icmp_error_text(Family family, std::uint8_t type, std::uint8_t code,
                                          std::uint32_t info);

}  // namespace vethwork::report
