#include <vethwork/report/pcap_writer.hpp>

#include <algorithm>

namespace vethwork::report {

namespace {

constexpr std::int64_t second = 1'000'000'000;

// All numbers are in the byte order of this machine; the magic number tells the reader (pcap-savefile(5)).
void put16(ByteWriter& out, std::uint16_t number) { out.native(number); }
void put32(ByteWriter& out, std::uint32_t number) { out.native(number); }

void put_padded(ByteWriter& out, Bytes bytes) {
    out.raw(bytes);
    out.zeros((4 - bytes.size() % 4) % 4);
}

/// A block of pcapng: type, length, body, length again (draft-ietf-opsawg-pcapng 3.1).
void put_block(ByteWriter& out, std::uint32_t type, ByteWriter const& body) {
    auto const length = static_cast<std::uint32_t>(body.bytes().size() + 12);
    put32(out, type);
    put32(out, length);
    out.raw(body.bytes());
    put32(out, length);
}

void put_option(ByteWriter& out, std::uint16_t code, Bytes value) {
    put16(out, code);
    put16(out, static_cast<std::uint16_t>(value.size()));
    put_padded(out, value);
}

ByteWriter section_body() {
    ByteWriter body;
    put32(body, 0x1a2b3c4d);
    put16(body, 1);
    put16(body, 0);
    body.native(std::int64_t{-1});
    return body;
}

ByteWriter interface_body(PcapInterface const& interface) {
    constexpr std::uint16_t end = 0, name = 2, time_resolution = 9;
    std::uint8_t const nanoseconds = 9;
    ByteWriter body;
    put16(body, static_cast<std::uint16_t>(interface.link));
    put16(body, 0);
    put32(body, interface.snapshot_length);
    put_option(body, name, as_bytes(interface.name));
    put_option(body, time_resolution, Bytes(&nanoseconds, 1));
    put_option(body, end, {});
    return body;
}

void put_pcap_header(ByteWriter& out, PcapInterface const& interface) {
    put32(out, 0xa1b2c3d4);
    put16(out, 2);
    put16(out, 4);
    put32(out, 0);
    put32(out, 0);
    put32(out, interface.snapshot_length);
    put32(out, static_cast<std::uint32_t>(interface.link));
}

void put_pcap_record(ByteWriter& out, observe::Frame const& frame) {
    auto const size = static_cast<std::uint32_t>(frame.bytes.size());
    put32(out, static_cast<std::uint32_t>(frame.time / second));
    put32(out, static_cast<std::uint32_t>(frame.time % second / 1000));
    put32(out, size);
    put32(out, std::max(size, frame.length));
    out.raw(frame.bytes);
}

ByteWriter enhanced_packet_body(observe::Frame const& frame, std::uint32_t interface) {
    auto const size = static_cast<std::uint32_t>(frame.bytes.size());
    auto const time = static_cast<std::uint64_t>(frame.time);
    ByteWriter body;
    put32(body, interface);
    put32(body, static_cast<std::uint32_t>(time >> 32));
    put32(body, static_cast<std::uint32_t>(time));
    put32(body, size);
    put32(body, std::max(size, frame.length));
    put_padded(body, frame.bytes);
    return body;
}

}  // namespace

std::vector<std::uint8_t> pcap_header(PcapFormat format, PcapInterface const& interface) {
    ByteWriter out;
    if (format == PcapFormat::pcap)
        put_pcap_header(out, interface);
    else
        put_block(out, 0x0a0d0d0a, section_body());
    return std::move(out).take();
}

std::vector<std::uint8_t> pcapng_interface(PcapInterface const& interface) {
    ByteWriter out;
    put_block(out, 1, interface_body(interface));
    return std::move(out).take();
}

std::vector<std::uint8_t> pcap_record(PcapFormat format, observe::Frame const& frame,
                                      std::uint32_t interface) {
    ByteWriter out;
    if (format == PcapFormat::pcap)
        put_pcap_record(out, frame);
    else
        put_block(out, 6, enhanced_packet_body(frame, interface));
    return std::move(out).take();
}

}  // namespace vethwork::report
