// Reading and writing foreign bytes. The reader's first error sticks: read all fields, ask once at the end.
#pragma once

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace vethwork {

using Bytes = std::span<std::uint8_t const>;

/// Reads from the front. Past the end every read gives zero or nothing, and failed() stays true.
class ByteReader {
public:
    explicit ByteReader(Bytes bytes) : rest_(bytes) {}

    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] std::size_t left() const { return rest_.size(); }
    [[nodiscard]] Bytes rest() const { return rest_; }
    /// The next `size` bytes, or an empty span and failure.
    Bytes take(std::size_t size) {
        if (failed_ || size > rest_.size()) {
            failed_ = true;
            rest_ = {};
            return {};
        }
        Bytes const taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }
    void skip(std::size_t size) { take(size); }
    std::uint8_t u8() { return static_cast<std::uint8_t>(big(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(big(2)); }  ///< network byte order
    std::uint32_t u32() { return static_cast<std::uint32_t>(big(4)); }  ///< network byte order
    std::uint64_t u64() { return big(8); }                              ///< network byte order
    /// A struct in the machine's own byte order and layout.
    template <class T>
    requires std::is_trivially_copyable_v<T> T native() {
        T value{};
        if (Bytes const bytes = take(sizeof(T)); bytes.size() == sizeof(T))
            std::memcpy(&value, bytes.data(), sizeof(T));
        return value;
    }

private:
    std::uint64_t big(std::size_t size);

    Bytes rest_;
    bool failed_ = false;
};

/// Appends to a buffer of its own.
class ByteWriter {
public:
    [[nodiscard]] std::vector<std::uint8_t> const& bytes() const { return bytes_; }
    [[nodiscard]] std::vector<std::uint8_t> take() && { return std::move(bytes_); }
    void u8(std::uint8_t value) { bytes_.push_back(value); }
    void u16(std::uint16_t value) { big(value, 2); }  ///< network byte order
    void u32(std::uint32_t value) { big(value, 4); }  ///< network byte order
    void u64(std::uint64_t value) { big(value, 8); }  ///< network byte order
    void raw(Bytes bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); }
    void raw(std::string_view text) { bytes_.insert(bytes_.end(), text.begin(), text.end()); }
    void zeros(std::size_t count) { bytes_.insert(bytes_.end(), count, 0); }
    template <class T>
    requires std::is_trivially_copyable_v<T>
    void native(T const& value) { raw({reinterpret_cast<std::uint8_t const*>(&value), sizeof(T)}); }

private:
    void big(std::uint64_t value, int size);

    std::vector<std::uint8_t> bytes_;
};

inline Bytes as_bytes(std::string_view text) {
    return {reinterpret_cast<std::uint8_t const*>(text.data()), text.size()};
}
inline std::string_view as_text(Bytes bytes) {
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

}  // namespace vethwork
