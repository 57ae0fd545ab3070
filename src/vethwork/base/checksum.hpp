// The Internet checksum (RFC 1071): ones' complement sum of 16-bit words.
#pragma once

#include <cstdint>

#include <vethwork/base/bytes.hpp>

namespace vethwork {

/// Sums parts one after another; only the last part may have an odd length.
class InternetChecksum {
public:
    void add(Bytes bytes);
    void add16(std::uint16_t number) { sum_ += number; }
    void add32(std::uint32_t number) { sum_ += (number >> 16) + (number & 0xffff); }
    /// The sum folded to 16 bits: 0xffff over data that includes its right checksum.
    [[nodiscard]] std::uint16_t sum() const;
    /// What belongs into a checksum field that was summed as zero.
    [[nodiscard]] std::uint16_t value() const { return static_cast<std::uint16_t>(~sum()); }

private:
    std::uint64_t sum_ = 0;
};

}  // namespace vethwork
