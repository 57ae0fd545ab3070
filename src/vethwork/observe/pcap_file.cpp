#include <vethwork/observe/pcap_file.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <memory>

#include <fmt/format.h>

namespace vethwork::observe {

namespace {

constexpr std::uint32_t pcapng_magic = 0x0a0d0d0a;
constexpr std::uint32_t largest_block = 16 << 20;
constexpr std::uint32_t longest_packet = 262144;

__extension__ using Wide = __int128;

/// Nanoseconds since 1970 of a time stamp; the nearest representable moment where it is out of reach.
std::int64_t nanoseconds(std::uint64_t stamp, CaptureInterface const& interface) {
    Wide const time = static_cast<Wide>(stamp) * 1'000'000'000 / interface.units_per_second +
                      static_cast<Wide>(interface.offset_seconds) * 1'000'000'000;
    Wide const last = std::numeric_limits<std::int64_t>::max();
    return static_cast<std::int64_t>(std::clamp<Wide>(time, 0, last));
}

/// if_tsresol: a negative power of ten, or of two where the highest bit is set; nothing where it is too
/// small.
std::optional<std::uint64_t> units_of(std::uint8_t resolution) {
    unsigned const power = resolution & 0x7fu;
    if (resolution & 0x80u) return power < 64 ? std::optional(std::uint64_t{1} << power) : std::nullopt;
    if (power > 19) return {};
    std::uint64_t units = 1;
    for (unsigned i = 0; i < power; ++i) units *= 10;
    return units;
}

Result<std::size_t> read_some(int fd, std::span<std::uint8_t> to) {
    for (;;) {
        ssize_t const got = ::read(fd, to.data(), to.size());
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR) return system_error("read a capture file");
    }
}

}  // namespace

Result<CaptureFile> CaptureFile::open(std::string const& path) {
    if (path == "-") return open([](std::span<std::uint8_t> to) { return read_some(STDIN_FILENO, to); });
    auto const fd = std::make_shared<Fd>(TRY(open_file(path, O_RDONLY)));
    return open([fd](std::span<std::uint8_t> to) { return read_some(fd->get(), to); });
}

Result<CaptureFile> CaptureFile::open(Source source) {
    // One system call for many small reads.
    struct Buffer {
        Source source;
        std::vector<std::uint8_t> octets = std::vector<std::uint8_t>(65536);
        std::size_t begin = 0, end = 0;
    };
    auto const buffer = std::make_shared<Buffer>();
    buffer->source = std::move(source);
    CaptureFile file([buffer](std::span<std::uint8_t> to) -> Result<std::size_t> {
        if (buffer->begin == buffer->end) {
            buffer->begin = 0;
            buffer->end = TRY(buffer->source(buffer->octets));
        }
        std::size_t const size = std::min(to.size(), buffer->end - buffer->begin);
        std::copy_n(buffer->octets.begin() + static_cast<std::ptrdiff_t>(buffer->begin), size, to.begin());
        buffer->begin += size;
        return size;
    });
    TRY(file.read_head());
    return file;
}

LinkType CaptureFile::link_type() const {
    return interfaces_.empty() ? LinkType::ethernet : interfaces_[0].link;
}

Error CaptureFile::complaint(std::string what) const {
    return malformed_error(fmt::format("capture file, at offset {}: {}", item_offset_, what));
}

std::uint16_t CaptureFile::u16(ByteReader& in) const {
    std::uint16_t const number = in.u16();
    return order_ == Order::big ? number : __builtin_bswap16(number);
}

std::uint32_t CaptureFile::u32(ByteReader& in) const {
    std::uint32_t const number = in.u32();
    return order_ == Order::big ? number : __builtin_bswap32(number);
}

Result<std::vector<std::uint8_t>> CaptureFile::take(std::size_t size, std::string_view what) {
    std::vector<std::uint8_t> octets(size);
    std::size_t have = 0;
    while (have < size) {
        std::size_t const got = TRY(source_(std::span(octets).subspan(have)));
        if (got == 0) break;
        have += got;
    }
    offset_ += have;
    if (have == 0) octets.clear();
    if (have > 0 && have < size)
        return complaint(fmt::format("the file ends inside {}: {} of {} octets", what, have, size));
    return octets;
}

Result<> CaptureFile::read_head() {
    auto const head = TRY(take(4, "its magic number"));
    if (head.empty()) return complaint("the file is empty");
    ByteReader reader(head);
    std::uint32_t const magic = reader.u32();
    if (magic != pcapng_magic) return read_pcap_head(magic);
    next_generation_ = true;
    auto const length = TRY(take(4, "a section header"));
    return read_section(length);
}

Result<> CaptureFile::read_pcap_head(std::uint32_t magic) {
    struct Magic {
        std::uint32_t number;
        Order order;
        std::uint64_t units;
    };
    constexpr Magic known[] = {
        {0xa1b2c3d4, Order::big, 1'000'000},
        {0xd4c3b2a1, Order::little, 1'000'000},
        {0xa1b23c4d, Order::big, 1'000'000'000},
        {0x4d3cb2a1, Order::little, 1'000'000'000},
    };
    auto const* const row =
        std::find_if(std::begin(known), std::end(known), [&](Magic const& m) { return m.number == magic; });
    if (row == std::end(known))
        return complaint(
            fmt::format("0x{:08x} is no magic number of a capture file (pcap or pcapng)", magic));
    order_ = row->order;
    auto const rest = TRY(take(20, "the file's header"));
    if (rest.empty()) return complaint("the file ends inside its header");
    ByteReader reader(rest);
    if (std::uint16_t const major = u16(reader); major != 2)
        return complaint(fmt::format("version {} of the format: expected 2", major));
    reader.skip(10);
    CaptureInterface interface { .units_per_second = row->units };
    interface.snapshot_length = u32(reader);
    interface.link = static_cast<LinkType>(u32(reader) & 0x03ffffff);
    if (interface.link == static_cast<LinkType>(12))
        interface.link = LinkType::raw;  // DLT_RAW of old writers
    interfaces_.push_back(interface);
    return {};
}

Result<std::optional<Frame>> CaptureFile::next() {
    item_offset_ = offset_;
    if (!next_generation_) return next_record();
    for (;;) {
        item_offset_ = offset_;
        std::uint64_t const before = offset_;
        auto frame = TRY(next_block());
        if (frame || offset_ == before) return frame;
    }
}

Result<std::optional<Frame>> CaptureFile::next_record() {
    auto const head = TRY(take(16, "the header of a packet"));
    if (head.empty()) return std::optional<Frame>{};
    ByteReader reader(head);
    std::uint64_t const seconds = u32(reader), fraction = u32(reader);
    std::uint32_t const captured = u32(reader), length = u32(reader);
    if (captured > longest_packet)
        return complaint(
            fmt::format("a packet of {} captured octets: more than {}", captured, longest_packet));
    CaptureInterface const& interface = interfaces_[0];
    Frame frame{.link = interface.link, .length = std::max(length, captured)};
    frame.time = nanoseconds(seconds * interface.units_per_second + fraction, interface);
    frame.bytes = TRY(take(captured, "a packet"));
    if (frame.bytes.size() < captured)
        return complaint(fmt::format("the file ends before a packet of {} octets", captured));
    return std::optional(std::move(frame));
}

Result<> CaptureFile::read_section(Bytes length_octets) {
    auto const magic = TRY(take(4, "a section header"));
    if (length_octets.empty() || magic.empty()) return complaint("the file ends inside a section header");
    ByteReader order_reader(magic), length_reader(length_octets);
    std::uint32_t const order = order_reader.u32();
    if (order != 0x1a2b3c4d && order != 0x4d3c2b1a)
        return complaint(fmt::format("0x{:08x} is no byte-order magic of a section", order));
    order_ = order == 0x1a2b3c4d ? Order::big : Order::little;
    std::uint32_t const length = u32(length_reader);
    if (length < 28 || length % 4 != 0 || length > largest_block)
        return complaint(fmt::format("a section header of {} octets: expected 28 or more, in fours", length));
    auto const rest = TRY(take(length - 12, "a section header"));
    ByteReader reader(rest);
    std::uint16_t const major = u16(reader);
    if (reader.failed()) return complaint("the file ends inside a section header");
    if (major != 1) return complaint(fmt::format("version {} of pcapng: expected 1", major));
    section_start_ = interfaces_.size();
    return {};
}

Result<> CaptureFile::read_interface(Bytes body) {
    ByteReader reader(body);
    CaptureInterface interface;
    interface.link = static_cast<LinkType>(u16(reader));
    reader.skip(2);
    interface.snapshot_length = u32(reader);
    if (reader.failed()) return complaint("an interface description of less than 8 octets");
    while (reader.left() >= 4) {
        std::uint16_t const code = u16(reader), size = u16(reader);
        Bytes const value = reader.take(size);
        reader.skip(std::min<std::size_t>((4 - size % 4u) % 4u, reader.left()));
        if (reader.failed())
            return complaint(fmt::format("option {} of an interface is longer than its block", code));
        if (code == 0) break;
        ByteReader inside(value);
        if (code == 2) interface.name = as_text(value);
        if (code == 9 && size == 1) {
            auto const units = units_of(value[0]);
            if (!units) return complaint(fmt::format("a time resolution of 0x{:02x} is too fine", value[0]));
            interface.units_per_second = *units;
        }
        if (code == 14 && size == 8) {
            std::uint64_t const number = inside.u64();
            interface.offset_seconds =
                static_cast<std::int64_t>(order_ == Order::big ? number : __builtin_bswap64(number));
        }
    }
    interfaces_.push_back(std::move(interface));
    return {};
}

Result<std::optional<Frame>> CaptureFile::read_enhanced(Bytes body) const {
    ByteReader reader(body);
    std::uint32_t const number = u32(reader);
    std::uint64_t const high = u32(reader), low = u32(reader);
    std::uint32_t const captured = u32(reader), length = u32(reader);
    Bytes const bytes = reader.take(captured);
    if (reader.failed())
        return complaint(fmt::format("a packet of {} captured octets is longer than its block", captured));
    if (captured > longest_packet)
        return complaint(
            fmt::format("a packet of {} captured octets: more than {}", captured, longest_packet));
    std::size_t const place = section_start_ + number;
    if (place >= interfaces_.size())
        return complaint(fmt::format("a packet of interface {}, which no block describes", number));
    CaptureInterface const& interface = interfaces_[place];
    Frame frame{.link = interface.link,
                .length = std::max(length, captured),
                .interface = static_cast<std::uint32_t>(place)};
    frame.time = nanoseconds(high << 32 | low, interface);
    frame.bytes.assign(bytes.begin(), bytes.end());
    return std::optional(std::move(frame));
}

Result<std::optional<Frame>> CaptureFile::read_simple(Bytes body) const {
    ByteReader reader(body);
    std::uint32_t const length = u32(reader);
    if (reader.failed() || section_start_ >= interfaces_.size())
        return complaint("a simple packet without an interface");
    CaptureInterface const& interface = interfaces_[section_start_];
    std::uint32_t captured = std::min<std::uint32_t>(length, static_cast<std::uint32_t>(reader.left()));
    if (interface.snapshot_length != 0) captured = std::min(captured, interface.snapshot_length);
    captured = std::min(captured, longest_packet);
    Bytes const bytes = reader.take(captured);
    Frame frame{
        .link = interface.link, .length = length, .interface = static_cast<std::uint32_t>(section_start_)};
    frame.bytes.assign(bytes.begin(), bytes.end());
    return std::optional(std::move(frame));
}

Result<std::optional<Frame>> CaptureFile::next_block() {
    constexpr std::uint32_t interface_block = 1, simple_packet = 3, enhanced_packet = 6;
    auto const head = TRY(take(8, "the head of a block"));
    if (head.empty()) return std::optional<Frame>{};
    ByteReader reader(head);
    std::uint32_t const type = u32(reader);
    if (type == pcapng_magic) {
        TRY(read_section(Bytes(head).subspan(4)));
        return std::optional<Frame>{};
    }
    std::uint32_t const length = u32(reader);
    if (length < 12 || length % 4 != 0 || length > largest_block)
        return complaint(
            fmt::format("a block of {} octets: expected 12 to {}, in fours", length, largest_block));
    auto const rest = TRY(take(length - 8, "a block"));
    if (rest.empty())
        return complaint(fmt::format("the file ends before the body of a block of {} octets", length));
    ByteReader end(Bytes(rest).subspan(rest.size() - 4));
    if (std::uint32_t const again = u32(end); again != length)
        return complaint(fmt::format("a block of {} octets that ends as one of {}", length, again));
    Bytes const body = Bytes(rest).first(rest.size() - 4);
    if (type == enhanced_packet) return read_enhanced(body);
    if (type == simple_packet) return read_simple(body);
    if (type == interface_block) TRY(read_interface(body));
    return std::optional<Frame>{};
}

}  // namespace vethwork::observe
