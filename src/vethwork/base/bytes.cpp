#include <vethwork/base/bytes.hpp>

namespace vethwork {

Bytes ByteReader::take(std::size_t size) {
    if (failed_ || size > rest_.size()) {
        failed_ = true;
        rest_ = {};
        return {};
    }
    Bytes const taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
}

std::uint64_t ByteReader::big(std::size_t size) {
    std::uint64_t value = 0;
    for (std::uint8_t const byte : take(size)) value = value << 8 | byte;
    return value;
}

void ByteWriter::big(std::uint64_t value, int size) {
    for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) u8(static_cast<std::uint8_t>(value >> shift));
}

}  // namespace vethwork
