#include <vethwork/report/drop_line.hpp>

#include <fmt/format.h>

#include <vethwork/base/bytes.hpp>
#include <vethwork/report/json_writer.hpp>
#include <vethwork/report/text_columns.hpp>

namespace vethwork::report {

namespace {

constexpr std::size_t ethernet_addresses = 12, ethernet_header = 14, ipv6_header = 40;

/// How long the packet is by its own header: the kernel hands out its beginning only.
std::size_t length_of(observe::Drop const& drop) {
    ByteReader reader(Bytes(drop.bytes));
    std::size_t length = 0;
    if (drop.protocol == observe::ethertype::ipv4) {
        reader.skip(2);
        length = reader.u16();
    } else if (drop.protocol == observe::ethertype::ipv6) {
        reader.skip(4);
        length = ipv6_header + reader.u16();
    }
    return reader.failed() ? drop.bytes.size() : std::max(length, drop.bytes.size());
}

}  // namespace

std::string drop_reason(observe::Drop const& drop) {
    if (!drop.reason) return "dropped";
    return drop.reason_name.empty() ? fmt::format("reason {}", *drop.reason) : drop.reason_name;
}

DropLines::DropLines() : text_({.time = TimeStyle::none}) {}

/// The packet begins behind its link layer, so it is read as one whose link layer says nothing else.
std::string DropLines::packet(observe::Drop const& drop) {
    if (drop.bytes.empty()) return {};
    observe::Frame frame;
    ByteWriter out;
    out.zeros(ethernet_addresses);
    out.u16(drop.protocol);
    out.raw(Bytes(drop.bytes));
    frame.bytes = std::move(out).take();
    frame.length = static_cast<std::uint32_t>(ethernet_header + length_of(drop));
    return text_.line(frame, observe::decode_packet(frame));
}

std::string DropLines::line(DropPlace const& place, observe::Drop const& drop) {
    auto const line = fmt::format("{}  {:<12}  {:<8}  {}{}{}  {}", place.time, place.node,
                                  drop.device.empty() ? "-" : drop.device, drop_reason(drop),
                                  place.function.empty() ? "" : " in ", place.function, packet(drop));
    return std::string(trim_end(line)) + "\n";
}

std::string DropLines::json(DropPlace const& place, observe::Drop const& drop) {
    JsonWriter json;
    json.open_object().field("time", place.time).field("node", place.node).field("device", drop.device);
    json.field("reason", drop_reason(drop));
    if (!place.function.empty()) json.field("function", place.function);
    json.field("packet", packet(drop)).close_object();
    return json.text() + "\n";
}

}  // namespace vethwork::report
