// Netlink messages as bytes: a writer that knows where each attribute stands, and readers that never pass the
// end. Source: <linux/netlink.h>, netlink(7).
#pragma once

#include <linux/netlink.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <vethwork/base/bytes.hpp>
#include <vethwork/base/result.hpp>

namespace vethwork::netlink {

/// One message of a datagram, not owning its bytes.
struct Message {
    nlmsghdr header{};
    Bytes payload;  ///< behind the header, without padding
};

/// One attribute, not owning its bytes. `type` has NLA_F_NESTED and NLA_F_NET_BYTEORDER removed.
struct Attribute {
    std::uint16_t type = 0;
    Bytes payload;
};

/// Takes the messages of a datagram one by one; failed() after a length that lies.
class MessageReader {
public:
    explicit MessageReader(Bytes datagram) : reader_(datagram) {}
    [[nodiscard]] std::optional<Message> next();
    [[nodiscard]] bool failed() const { return failed_; }

private:
    ByteReader reader_;
    bool failed_ = false;
};

/// Takes the attributes of a stream one by one; failed() after a length that lies.
class AttributeReader {
public:
    explicit AttributeReader(Bytes stream) : reader_(stream) {}
    [[nodiscard]] std::optional<Attribute> next() {
        if (failed_ || reader_.left() == 0) return {};
        auto const header = reader_.native<nlattr>();
        if (reader_.failed() || header.nla_len < sizeof header ||
            header.nla_len - sizeof header > reader_.left()) {
            failed_ = true;
            return {};
        }
        std::size_t const size = header.nla_len - sizeof header;
        Bytes const payload = reader_.take(size);
        reader_.skip(std::min((4 - size % 4) % 4, reader_.left()));
        return Attribute{static_cast<std::uint16_t>(header.nla_type & NLA_TYPE_MASK), payload};
    }
    [[nodiscard]] bool failed() const { return failed_; }

private:
    ByteReader reader_;
    bool failed_ = false;
};

/// Where an attribute begins in a message, and its name: turns the kernel's offset into a word.
struct AttributeMark {
    std::uint32_t offset = 0;
    std::string_view name;  ///< static storage
};

/// Builds one request. `what` says what it attempts, for errors: "add link \"veth0\"".
class MessageWriter {
public:
    MessageWriter(std::uint16_t type, std::uint16_t flags, std::string what);

    /// The fixed header behind nlmsghdr (ifinfomsg, rtmsg, …), padded.
    template <class T>
    void fixed(T const& value) {
        append({reinterpret_cast<std::uint8_t const*>(&value), sizeof(T)});
    }
    void attribute(std::uint16_t type, std::string_view name, Bytes payload);
    /// A text with its terminating zero.
    void text(std::uint16_t type, std::string_view name, std::string_view value);
    template <class T>
    requires std::is_trivially_copyable_v<T>
    void value(std::uint16_t type, std::string_view name, T const& number) {
        attribute(type, name, {reinterpret_cast<std::uint8_t const*>(&number), sizeof(T)});
    }
    /// Attributes written until end_nest(token) lie inside. Set NLA_F_NESTED in `type` where the kernel wants
    /// it.
    [[nodiscard]] std::size_t begin_nest(std::uint16_t type, std::string_view name);
    void end_nest(std::size_t token);
    /// Takes back a nest in which nothing has been written.
    void cancel_nest(std::size_t token);
    /// Bytes without an attribute header (rtnexthop, a second ifinfomsg inside VETH_INFO_PEER), padded.
    void append(Bytes bytes);
    /// Room in the middle to be overwritten later: gives the position of the next byte.
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }
    [[nodiscard]] std::uint8_t* at(std::size_t position) { return bytes_.data() + position; }

    /// The finished message, its length set; the sequence number is the connection's to set.
    [[nodiscard]] Bytes bytes() const;
    [[nodiscard]] nlmsghdr header() const;
    [[nodiscard]] std::string const& what() const { return what_; }
    /// The name of the innermost attribute that holds byte `offset` of the message.
    [[nodiscard]] std::string_view name_at(std::uint32_t offset) const;

    void set_sequence(std::uint32_t sequence);
    void add_flags(std::uint16_t flags);

private:
    void store_length();

    std::vector<std::uint8_t> bytes_;
    std::vector<AttributeMark> marks_;
    std::string what_;
};

}  // namespace vethwork::netlink
