// Reading capture files: pcap in both byte orders and both resolutions (pcap-savefile(5)), and pcapng
// (draft-ietf-opsawg-pcapng). A file is foreign: everything in it is checked before it is used.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <vethwork/base/fd.hpp>
#include <vethwork/base/result.hpp>
#include <vethwork/observe/packet.hpp>

namespace vethwork::observe {

/// An interface that a file describes. pcap describes one, without a name.
struct CaptureInterface {
    LinkType link = LinkType::ethernet;
    std::uint32_t snapshot_length = 0;
    std::string name;
    std::uint64_t units_per_second = 1'000'000;  ///< of its time stamps
    std::int64_t offset_seconds = 0;             ///< to be added to them
};

/// Reads packets from front to back, from a pipe too.
class CaptureFile {
public:
    /// Fills the span from its front: how many octets there were, 0 at the end.
    using Source = std::function<Result<std::size_t>(std::span<std::uint8_t>)>;

    /// "-" is standard input. Fault::malformed where it is no capture file.
    [[nodiscard]] static Result<CaptureFile> open(std::string const& path);
    [[nodiscard]] static Result<CaptureFile> open(Source source);

    /// The next packet, or nothing at the end. Errors of the file tell the offset.
    [[nodiscard]] Result<std::optional<Frame>> next();
    /// In pcapng they may grow with every packet read. Frame::interface is a place in this list.
    [[nodiscard]] std::vector<CaptureInterface> const& interfaces() const { return interfaces_; }
    /// Of the first interface; Ethernet where there is none yet.
    [[nodiscard]] LinkType link_type() const;

private:
    explicit CaptureFile(Source source) : source_(std::move(source)) {}
    enum class Order { little, big };

    [[nodiscard]] Result<> read_head();
    [[nodiscard]] Result<> read_pcap_head(std::uint32_t magic);
    [[nodiscard]] Result<std::optional<Frame>> next_record();
    [[nodiscard]] Result<std::optional<Frame>> next_block();
    [[nodiscard]] Result<> read_section(Bytes type_and_length);
    [[nodiscard]] Result<> read_interface(Bytes body);
    [[nodiscard]] Result<std::optional<Frame>> read_enhanced(Bytes body) const;
    [[nodiscard]] Result<std::optional<Frame>> read_simple(Bytes body) const;
    /// Exactly `size` octets, or none at the end of the file.
    [[nodiscard]] Result<std::vector<std::uint8_t>> take(std::size_t size, std::string_view what);
    [[nodiscard]] Error complaint(std::string what) const;
    [[nodiscard]] std::uint16_t u16(ByteReader& in) const;
    [[nodiscard]] std::uint32_t u32(ByteReader& in) const;

    Source source_;
    std::uint64_t offset_ = 0;       ///< of the next octet
    std::uint64_t item_offset_ = 0;  ///< of the record or block being read
    Order order_ = Order::little;
    bool next_generation_ = false;  ///< pcapng
    std::vector<CaptureInterface> interfaces_;
    std::size_t section_start_ = 0;  ///< interfaces of earlier sections come before it
};

}  // namespace vethwork::observe
