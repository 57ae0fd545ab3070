// Packets of any bytes: decoded, then shown as text and as JSON. The first octet chooses the link type, the
// second how much more was on the wire than was captured, and how verbose the text is.
#include <algorithm>
#include <array>
#include <cstdlib>

#include <vethwork/report/packet_json.hpp>
#include <vethwork/report/packet_text.hpp>

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size);

namespace {

using namespace vethwork;
using observe::LinkType;

constexpr std::array links{LinkType::ethernet, LinkType::raw,       LinkType::null,      LinkType::ipv4,
                           LinkType::ipv6,     LinkType::linux_sll, LinkType::linux_sll2};

/// Two packets of one capture: the second finds the conversation that the first began.
void show(report::PacketText& text, observe::Frame const& frame, observe::Packet const& packet) {
    for (int i = 0; i < 2; ++i)
        if (text.line(frame, packet).find('\0') != std::string::npos) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    if (size < 2 || size > 70'000) return 0;
    observe::Frame const frame{.time = 1'700'000'000'123'456'789,
                               .link = links[data[0] % links.size()],
                               .length = static_cast<std::uint32_t>(size - 2 + (data[1] >> 4) * 100u),
                               .bytes = {data + 2, data + size}};
    observe::Packet const packet = observe::decode_packet(frame);
    report::PacketText text({.verbosity = data[1] & 3,
                             .link_level = (data[1] & 4) != 0,
                             .quiet = (data[1] & 8) != 0,
                             .hex = report::HexStyle::hex_ascii});
    show(text, frame, packet);
    report::PacketText dumped({.verbosity = 3, .time = report::TimeStyle::delta});
    show(dumped, frame, packet);
    if (report::packet_json(frame, packet, "veth0").find('\n') != std::string::npos) std::abort();
    return 0;
}
