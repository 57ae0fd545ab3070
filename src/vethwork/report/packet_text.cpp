#include <vethwork/report/packet_text.hpp>

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include <vethwork/report/packet_line.hpp>

namespace vethwork::report {

namespace {

using namespace observe;

constexpr std::int64_t second = 1'000'000'000;

/// HH:MM:SS.micros of nanoseconds since some midnight.
std::string clock_text(std::int64_t time) {
    std::int64_t const seconds = time / second;
    return fmt::format("{:02}:{:02}:{:02}.{:06}", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60,
                       time % second / 1000);
}

std::string date_text(std::int64_t seconds) {
    auto const day =
        std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(seconds)));
    std::chrono::year_month_day const date(day);
    return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::size_t link_header_length(Packet const& packet) {
    if (packet.layers.empty()) return 0;
    if (auto const* ethernet = std::get_if<Ethernet>(&packet.layers[0])) return ethernet->header_length;
    if (auto const* cooked = std::get_if<CookedLink>(&packet.layers[0])) return cooked->header_length;
    return std::holds_alternative<NullLink>(packet.layers[0]) ? 4 : 0;
}

std::string hex_text(HexStyle style, Bytes bytes, std::size_t link_header) {
    bool const with_link = style == HexStyle::hex_link || style == HexStyle::hex_ascii_link;
    if (!with_link) bytes = bytes.subspan(std::min(link_header, bytes.size()));
    bool const ascii = style == HexStyle::hex_ascii || style == HexStyle::hex_ascii_link;
    return hex_dump(bytes, ascii ? HexColumns::hex_and_ascii : HexColumns::hex);
}

}  // namespace

std::string hex_dump(Bytes bytes, HexColumns columns) {
    std::string out;
    for (std::size_t start = 0; start < bytes.size(); start += 16) {
        Bytes const row = bytes.subspan(start, std::min<std::size_t>(16, bytes.size() - start));
        std::string hex, ascii;
        for (std::size_t i = 0; i < row.size(); ++i) {
            hex += fmt::format("{}{:02x}", i % 2 == 0 ? " " : "", row[i]);
            ascii += row[i] > 0x20 && row[i] < 0x7f ? static_cast<char>(row[i]) : '.';
        }
        if (columns == HexColumns::hex)
            out += fmt::format("\n\t0x{:04x}: {}", start, hex);
        else
            out += fmt::format("\n\t0x{:04x}: {:<40}  {}", start, hex, ascii);
    }
    return out;
}

std::string PacketText::time_text(std::int64_t time) {
    time = std::max<std::int64_t>(time, 0);
    std::int64_t const past = reference_.value_or(time);
    std::int64_t const local = time + (options_.zone ? options_.zone(time / second) * second : 0);
    switch (options_.time) {
        case TimeStyle::clock:
            return clock_text(local) + ' ';
        case TimeStyle::none:
            return {};
        case TimeStyle::seconds:
            return fmt::format("{}.{:06} ", time / second, time % second / 1000);
        case TimeStyle::date:
            return date_text(local / second) + ' ' + clock_text(local) + ' ';
        case TimeStyle::delta:
            reference_ = time;
            break;
        case TimeStyle::since_first:
            reference_ = past;
            break;
    }
    // Both times are cut to microseconds first, so that the differences add up.
    std::int64_t const difference = (time / 1000 - past / 1000) * 1000;
    return (difference < 0 ? '-' : ' ') + clock_text(std::abs(difference)) + ' ';
}

std::string PacketText::line(observe::Frame const& frame, observe::Packet const& packet) {
    std::string out = time_text(frame.time);
    if (frame.bytes.empty()) return out + "[Invalid header: caplen==0]";
    out += lines::PacketLine(options_, conversations_, packet).text();
    if (options_.hex != HexStyle::none)
        out += hex_text(options_.hex, frame.bytes, link_header_length(packet));
    return out;
}

}  // namespace vethwork::report
