#include <vethwork/base/bytes.hpp>

namespace vethwork {

std::uint64_t ByteReader::big(std::size_t size) {
    std::uint64_t value = 0;
    for (std::uint8_t const byte : take(size)) value = value << 8 | byte;
    return value;
}

void ByteWriter::big(std::uint64_t value, int size) {
    for (int shift = (size - 1) * 8; shift >= 0; shift -= 8) u8(static_cast<std::uint8_t>(value >> shift));
}

}  // namespace vethwork
