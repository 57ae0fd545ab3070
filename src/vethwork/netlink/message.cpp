#include <vethwork/netlink/message.hpp>

#include <algorithm>

namespace vethwork::netlink {

namespace {

constexpr std::size_t aligned(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

}  // namespace

std::optional<Message> MessageReader::next() {
    if (failed_ || reader_.left() == 0) return {};
    auto const header = reader_.native<nlmsghdr>();
    if (reader_.failed() || header.nlmsg_len < sizeof header ||
        header.nlmsg_len - sizeof header > reader_.left()) {
        failed_ = true;
        return {};
    }
    std::size_t const size = header.nlmsg_len - sizeof header;
    Bytes const payload = reader_.take(size);
    reader_.skip(std::min(aligned(size) - size, reader_.left()));
    return Message{header, payload};
}

MessageWriter::MessageWriter(std::uint16_t type, std::uint16_t flags, std::string what)
    : what_(std::move(what)) {
    bytes_.reserve(256);
    nlmsghdr const header{.nlmsg_len = sizeof(nlmsghdr), .nlmsg_type = type, .nlmsg_flags = flags};
    append({reinterpret_cast<std::uint8_t const*>(&header), sizeof header});
}

void MessageWriter::attribute(std::uint16_t type, std::string_view name, Bytes payload) {
    marks_.push_back({static_cast<std::uint32_t>(bytes_.size()), name});
    nlattr const header{static_cast<std::uint16_t>(sizeof(nlattr) + payload.size()), type};
    auto const* const start = reinterpret_cast<std::uint8_t const*>(&header);
    bytes_.insert(bytes_.end(), start, start + sizeof header);
    append(payload);
}

void MessageWriter::text(std::uint16_t type, std::string_view name, std::string_view value) {
    std::string const terminated(value);
    attribute(type, name, as_bytes({terminated.c_str(), terminated.size() + 1}));
}

std::size_t MessageWriter::begin_nest(std::uint16_t type, std::string_view name) {
    std::size_t const token = bytes_.size();
    attribute(type, name, {});
    return token;
}

void MessageWriter::end_nest(std::size_t token) {
    auto const length = static_cast<std::uint16_t>(bytes_.size() - token);
    std::memcpy(bytes_.data() + token, &length, sizeof length);
}

void MessageWriter::cancel_nest(std::size_t token) {
    bytes_.resize(token);
    while (!marks_.empty() && marks_.back().offset >= token) marks_.pop_back();
    store_length();
}

void MessageWriter::append(Bytes bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    bytes_.resize(aligned(bytes_.size()));
    store_length();
}

void MessageWriter::store_length() {
    auto const length = static_cast<std::uint32_t>(bytes_.size());
    std::memcpy(bytes_.data(), &length, sizeof length);
}

Bytes MessageWriter::bytes() const { return bytes_; }

nlmsghdr MessageWriter::header() const {
    nlmsghdr header;
    std::memcpy(&header, bytes_.data(), sizeof header);
    return header;
}

void MessageWriter::set_sequence(std::uint32_t sequence) {
    std::memcpy(bytes_.data() + offsetof(nlmsghdr, nlmsg_seq), &sequence, sizeof sequence);
}

void MessageWriter::add_flags(std::uint16_t flags) {
    auto const all = static_cast<std::uint16_t>(header().nlmsg_flags | flags);
    std::memcpy(bytes_.data() + offsetof(nlmsghdr, nlmsg_flags), &all, sizeof all);
}

std::string_view MessageWriter::name_at(std::uint32_t offset) const {
    auto const after = std::ranges::upper_bound(marks_, offset, {}, &AttributeMark::offset);
    return after == marks_.begin() ? std::string_view{} : std::prev(after)->name;
}

}  // namespace vethwork::netlink
