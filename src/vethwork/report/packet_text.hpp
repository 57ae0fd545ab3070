// Packets as lines of text, in the words of tcpdump(8) 4.99 with its option -n.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include <vethwork/observe/packet.hpp>

namespace vethwork::report {

enum class TimeStyle {
    clock,        ///< 12:34:56.123456, in the zone of PacketTextOptions
    none,         ///< -t
    seconds,      ///< -tt: since 1970
    delta,        ///< -ttt: since the previous packet
    date,         ///< -tttt: with the date
    since_first,  ///< -ttttt
};

enum class HexStyle {
    none,
    hex,             ///< -x: without the link layer
    hex_link,        ///< -xx: with it
    hex_ascii,       ///< -X
    hex_ascii_link,  ///< -XX
};

struct PacketTextOptions {
    int verbosity = 0;        ///< how many -v
    bool link_level = false;  ///< -e
    bool quiet = false;       ///< -q
    TimeStyle time = TimeStyle::clock;
    HexStyle hex = HexStyle::none;
    /// Seconds east of UTC at a moment in seconds since 1970; none means UTC.
    std::function<std::int64_t(std::int64_t)> zone;
    /// The name of a device by its index, for captures on every device; none means "?".
    std::function<std::string(std::uint32_t)> device_name;
};

/// Where the sequence numbers of both directions of a TCP conversation begin.
struct TcpOrigin {
    std::uint32_t low = 0;   ///< of the end with the lower port (and address)
    std::uint32_t high = 0;  ///< of the other one
};
using TcpConversations = std::map<std::tuple<IpAddress, IpAddress, std::uint16_t, std::uint16_t>, TcpOrigin>;

/// Renders the packets of one capture in their order: relative TCP numbers and time differences need the
/// past.
class PacketText {
public:
    explicit PacketText(PacketTextOptions options) : options_(std::move(options)) {}
    /// One packet; inner line breaks where verbosity or a tunnel asks for them, none at the end.
    [[nodiscard]] std::string line(observe::Frame const& frame, observe::Packet const& packet);

private:
    [[nodiscard]] std::string time_text(std::int64_t time);

    PacketTextOptions options_;
    TcpConversations conversations_;
    std::optional<std::int64_t> reference_;  ///< what differences of time are against
};

/// Lines of `0x0010:  4500 …`, each begun by a line break and a tab.
enum class HexColumns { hex, hex_and_ascii };
[[nodiscard]] std::string hex_dump(Bytes bytes, HexColumns columns);

}  // namespace vethwork::report
