#include <vethwork/base/checksum.hpp>

namespace vethwork {

void InternetChecksum::add(Bytes bytes) {
    std::size_t i = 0;
    for (; i + 1 < bytes.size(); i += 2) sum_ += static_cast<std::uint32_t>(bytes[i] << 8 | bytes[i + 1]);
    if (i < bytes.size()) sum_ += static_cast<std::uint32_t>(bytes[i] << 8);
}

std::uint16_t InternetChecksum::sum() const {
    std::uint64_t folded = sum_;
    while (folded > 0xffff) folded = (folded & 0xffff) + (folded >> 16);
    return static_cast<std::uint16_t>(folded);
}

}  // namespace vethwork
